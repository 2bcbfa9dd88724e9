//go:build cgo && !nogst

// What GStreamer's threads have to say: messages, pads that appear, pads that are idle, units that pass.
#include "_cgo_export.h"
#include "shim.h"

#include <gst/video/video.h>

static void release(gpointer handle) { goRelease((uintptr_t)handle); }

// child finds the pipeline's child that an object is, or is in. The caller unrefs it.
static GstObject *child(GstObject *object, GstObject *pipeline) {
	GstObject *at = gst_object_ref(object);
	while (at != NULL && at != pipeline) {
		GstObject *parent = gst_object_get_parent(at);
		if (parent == pipeline) {
			gst_object_unref(parent);
			return at;
		}
		gst_object_unref(at);
		at = parent;
	}
	if (at != NULL)
		gst_object_unref(at);
	return NULL;
}

typedef struct {
	GstObject *pipeline; // not ours: the bus goes before it
	uintptr_t handle;
} bus_watch;

static void bus_free(gpointer data) {
	release((gpointer)((bus_watch *)data)->handle);
	g_free(data);
}

static void tell(bus_watch *watch, GstMessage *m, sl_message *out) {
	GstObject *at = m->src ? child(m->src, watch->pipeline) : NULL;
	if (at == NULL && m->src != watch->pipeline)
		return; // it has left meanwhile: what it says is not the pipeline's
	char *name = at ? gst_object_get_name(at) : NULL;
	out->source = name;
	goMessage(watch->handle, out);
	g_free(name);
	if (at)
		gst_object_unref(at);
}

static void tell_error(bus_watch *watch, GstMessage *m, int kind) {
	GError *error = NULL;
	char *debug = NULL;
	if (kind == SL_ERROR)
		gst_message_parse_error(m, &error, &debug);
	else
		gst_message_parse_warning(m, &error, &debug);
	const GstStructure *details = NULL;
	int flow = GST_FLOW_OK;
	if (kind == SL_ERROR)
		gst_message_parse_error_details(m, &details);
	if (details != NULL)
		gst_structure_get_int(details, "flow-return", &flow);
	sl_message out = {.kind = kind, .flow = flow, .domain = g_quark_to_string(error->domain), .code = error->code, .text = error->message, .debug = debug};
	tell(watch, m, &out);
	g_error_free(error);
	g_free(debug);
}

// tell_element passes an element's own message on. What a bin forwards of one of its sinks is told as that sink's: so
// ends are known sink by sink (message-forward).
static void tell_element(bus_watch *watch, GstMessage *m) {
	const GstStructure *s = gst_message_get_structure(m);
	sl_message out = {.kind = SL_ELEMENT};
	GstMessage *inner = NULL;
	if (s == NULL)
		return;
	if (gst_structure_has_name(s, "GstBinForwarded")) {
		gst_structure_get(s, "message", GST_TYPE_MESSAGE, &inner, NULL);
		if (inner != NULL && GST_MESSAGE_TYPE(inner) == GST_MESSAGE_EOS && inner->src != watch->pipeline) {
			out.kind = SL_EOS;
			tell(watch, inner, &out);
		}
		if (inner != NULL)
			gst_message_unref(inner);
		return;
	}
	char *text = gst_structure_to_string(s);
	out.domain = gst_structure_get_name(s);
	out.text = text;
	tell(watch, m, &out);
	g_free(text);
}

// The handler runs on streaming threads; Go only takes a note. No message reaches a queue that nobody reads.
static GstBusSyncReply on_message(GstBus *bus, GstMessage *m, gpointer data) {
	(void)bus;
	bus_watch *watch = data;
	sl_message out = {0};
	switch (GST_MESSAGE_TYPE(m)) {
	case GST_MESSAGE_ERROR:
		tell_error(watch, m, SL_ERROR);
		break;
	case GST_MESSAGE_WARNING:
		tell_error(watch, m, SL_WARNING);
		break;
	case GST_MESSAGE_EOS:
		out.kind = SL_EOS;
		tell(watch, m, &out);
		break;
	case GST_MESSAGE_LATENCY:
		out.kind = SL_LATENCY;
		tell(watch, m, &out);
		break;
	case GST_MESSAGE_ELEMENT:
		tell_element(watch, m);
		break;
	default:
		break;
	}
	gst_message_unref(m);
	return GST_BUS_DROP;
}

void sl_watch(GstElement *pipeline, uintptr_t handle) {
	bus_watch *watch = g_new0(bus_watch, 1);
	watch->pipeline = GST_OBJECT(pipeline);
	watch->handle = handle;
	GstBus *bus = gst_pipeline_get_bus(GST_PIPELINE(pipeline));
	gst_bus_set_sync_handler(bus, on_message, watch, bus_free);
	gst_object_unref(bus);
}

// sl_unwatch lets go of the handle, when a message that is being told has been.
void sl_unwatch(GstElement *pipeline) {
	GstBus *bus = gst_pipeline_get_bus(GST_PIPELINE(pipeline));
	gst_bus_set_sync_handler(bus, NULL, NULL, NULL);
	gst_object_unref(bus);
}

static void on_pad(GstElement *element, GstPad *pad, gpointer handle) {
	(void)element;
	goPadAdded((uintptr_t)handle, pad);
}

static void on_no_more(GstElement *element, gpointer handle) {
	(void)element;
	goPadAdded((uintptr_t)handle, NULL);
}

static void release_closure(gpointer handle, GClosure *closure) {
	(void)closure;
	release(handle);
}

// Two closures share a handle; the one that is connected first dies with the element as the other does.
static void keep_closure(gpointer handle, GClosure *closure) { (void)handle, (void)closure; }

void sl_pad_added(GstElement *element, uintptr_t handle) {
	g_signal_connect_data(element, "pad-added", G_CALLBACK(on_pad), (gpointer)handle, release_closure, 0);
	g_signal_connect_data(element, "no-more-pads", G_CALLBACK(on_no_more), (gpointer)handle, keep_closure, 0);
}

static GstPadProbeReturn on_idle(GstPad *pad, GstPadProbeInfo *info, gpointer handle) {
	(void)pad, (void)info;
	goIdle((uintptr_t)handle);
	return GST_PAD_PROBE_REMOVE;
}

// sl_when_idle calls Go once, when nothing passes the pad: at once if that is now.
void sl_when_idle(GstPad *pad, uintptr_t handle) {
	gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_IDLE, on_idle, (gpointer)handle, release);
}

static void count_unref(sl_count *count) {
	if (g_atomic_int_dec_and_test(&count->refs))
		g_free(count);
}

static void count_gone(gpointer data) {
	sl_count *count = data;
	release((gpointer)count->handle);
	count_unref(count);
}

void sl_count_free(sl_count *count) { count_unref(count); }

// running gives a time of a buffer in running time; -1 if there is none.
static gint64 running(GstPad *pad, GstClockTime t) {
	if (!GST_CLOCK_TIME_IS_VALID(t))
		return -1;
	GstEvent *event = gst_pad_get_sticky_event(pad, GST_EVENT_SEGMENT, 0);
	if (event == NULL)
		return t;
	const GstSegment *segment;
	gst_event_parse_segment(event, &segment);
	gint64 out = -1;
	if (segment->format == GST_FORMAT_TIME) {
		guint64 r;
		int sign = gst_segment_to_running_time_full(segment, GST_FORMAT_TIME, t, &r);
		out = sign > 0 ? (gint64)r : sign < 0 ? -(gint64)r : -1;
	}
	gst_event_unref(event);
	return out;
}

#define PUT(field, value) __atomic_store_n(&count->field, (value), __ATOMIC_RELAXED)
#define ADD(field, n) __atomic_add_fetch(&count->field, (n), __ATOMIC_RELAXED)

static void count_buffer(sl_count *count, GstBuffer *b) {
	gboolean first = ADD(units, 1) == 1;
	ADD(bytes, (gint64)gst_buffer_get_size(b));
	if (!GST_BUFFER_FLAG_IS_SET(b, GST_BUFFER_FLAG_DELTA_UNIT))
		ADD(keys, 1);
	PUT(at, g_get_monotonic_time() * 1000);
	if (GST_BUFFER_PTS_IS_VALID(b) && count->segment.format == GST_FORMAT_TIME) {
		// Not the time stamp as it is: x264enc's begin at 1000 hours.
		guint64 end = GST_BUFFER_PTS(b) + (GST_BUFFER_DURATION_IS_VALID(b) ? GST_BUFFER_DURATION(b) : 0);
		guint64 r = gst_segment_to_running_time(&count->segment, GST_FORMAT_TIME, end);
		if (GST_CLOCK_TIME_IS_VALID(r))
			PUT(last, (gint64)r);
	}
	if (first)
		goSeen(count->handle, FALSE);
}

static void count_event(sl_count *count, GstEvent *event) {
	if (GST_EVENT_TYPE(event) == GST_EVENT_SEGMENT) {
		gst_event_copy_segment(event, &count->segment);
	} else if (GST_EVENT_TYPE(event) == GST_EVENT_EOS) {
		PUT(ended, 1);
		goSeen(count->handle, TRUE);
	}
}

static GstPadProbeReturn on_count(GstPad *pad, GstPadProbeInfo *info, gpointer data) {
	(void)pad;
	sl_count *count = data;
	if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
		count_buffer(count, GST_PAD_PROBE_INFO_BUFFER(info));
	} else if (info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST) {
		GstBufferList *list = GST_PAD_PROBE_INFO_BUFFER_LIST(info);
		for (guint i = 0; i < gst_buffer_list_length(list); i++)
			count_buffer(count, gst_buffer_list_get(list, i));
	} else {
		count_event(count, GST_PAD_PROBE_INFO_EVENT(info));
	}
	return GST_PAD_PROBE_OK;
}

// sl_count_pad counts what passes. The caller frees the count; the pad has its own share of it.
sl_count *sl_count_pad(GstPad *pad, uintptr_t handle) {
	sl_count *count = g_new0(sl_count, 1);
	count->refs = 2;
	count->handle = handle;
	count->last = -1;
	gst_segment_init(&count->segment, GST_FORMAT_UNDEFINED);
	GstEvent *segment = gst_pad_get_sticky_event(pad, GST_EVENT_SEGMENT, 0);
	if (segment != NULL) {
		gst_event_copy_segment(segment, &count->segment);
		gst_event_unref(segment);
	}
	GstPadProbeType type = GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM;
	gst_pad_add_probe(pad, type, on_count, count, count_gone);
	return count;
}

static guint flags_of(GstBuffer *b) {
	guint f = 0;
	if (!GST_BUFFER_FLAG_IS_SET(b, GST_BUFFER_FLAG_DELTA_UNIT))
		f |= SL_KEY;
	if (GST_BUFFER_FLAG_IS_SET(b, GST_BUFFER_FLAG_HEADER))
		f |= SL_HEADER;
	if (GST_BUFFER_FLAG_IS_SET(b, GST_BUFFER_FLAG_DISCONT))
		f |= SL_DISCONT;
	return f;
}

// describe fills in what is told of a buffer, but for its data.
static sl_buffer describe(GstPad *pad, GstBuffer *b) {
	sl_buffer out = {.pts = running(pad, GST_BUFFER_PTS(b)), .dts = running(pad, GST_BUFFER_DTS(b)), .flags = flags_of(b)};
	out.duration = GST_BUFFER_DURATION_IS_VALID(b) ? (gint64)GST_BUFFER_DURATION(b) : -1;
	return out;
}

// plain gives a picture whose rows or planes lie otherwise than its format's do by default a copy that lies so.
static GstBuffer *plain(GstBuffer *b, GstCaps *caps) {
	GstVideoInfo info;
	GstVideoMeta *meta = gst_buffer_get_video_meta(b);
	if (meta == NULL || caps == NULL || !gst_video_info_from_caps(&info, caps))
		return gst_buffer_ref(b);
	gboolean same = TRUE;
	for (guint i = 0; i < meta->n_planes; i++)
		same = same && meta->offset[i] == info.offset[i] && meta->stride[i] == info.stride[i];
	GstVideoFrame from, to;
	if (same || !gst_video_frame_map(&from, &info, b, GST_MAP_READ))
		return gst_buffer_ref(b);
	GstBuffer *copy = gst_buffer_new_allocate(NULL, info.size, NULL);
	gst_buffer_copy_into(copy, b, GST_BUFFER_COPY_FLAGS | GST_BUFFER_COPY_TIMESTAMPS, 0, -1);
	if (gst_video_frame_map(&to, &info, copy, GST_MAP_WRITE)) {
		gst_video_frame_copy(&to, &from);
		gst_video_frame_unmap(&to);
	}
	gst_video_frame_unmap(&from);
	return copy;
}

static void tap_buffer(GstPad *pad, GstBuffer *passed, uintptr_t handle) {
	GstMapInfo map;
	GstCaps *caps = gst_pad_get_current_caps(pad);
	GstBuffer *b = plain(passed, caps);
	if (!gst_buffer_map(b, &map, GST_MAP_READ)) {
		gst_buffer_unref(b);
		if (caps)
			gst_caps_unref(caps);
		return;
	}
	sl_buffer out = describe(pad, b);
	out.data = map.data;
	out.size = map.size;
	out.caps = caps;
	goTap(handle, &out);
	gst_buffer_unmap(b, &map);
	gst_buffer_unref(b);
	if (caps)
		gst_caps_unref(caps);
}

static GstPadProbeReturn on_tap(GstPad *pad, GstPadProbeInfo *info, gpointer data) {
	uintptr_t handle = (uintptr_t)data;
	if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
		tap_buffer(pad, GST_PAD_PROBE_INFO_BUFFER(info), handle);
	} else if (info->type & GST_PAD_PROBE_TYPE_BUFFER_LIST) {
		GstBufferList *list = GST_PAD_PROBE_INFO_BUFFER_LIST(info);
		for (guint i = 0; i < gst_buffer_list_length(list); i++)
			tap_buffer(pad, gst_buffer_list_get(list, i), handle);
	} else if (GST_EVENT_TYPE(GST_PAD_PROBE_INFO_EVENT(info)) == GST_EVENT_EOS) {
		sl_buffer out = {.flags = SL_END};
		goTap(handle, &out);
	}
	return GST_PAD_PROBE_OK;
}

void sl_tap(GstPad *pad, uintptr_t handle) {
	GstPadProbeType type = GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM;
	gst_pad_add_probe(pad, type, on_tap, (gpointer)handle, release);
}

static GstPadProbeReturn on_discard(GstPad *pad, GstPadProbeInfo *info, gpointer unused) {
	(void)pad, (void)info, (void)unused;
	return GST_PAD_PROBE_DROP;
}

// sl_discard lets nothing out of a pad that is not linked, and its element think that all is well. A sink behind it would hold
// up the element until the pipeline plays, and with it the other pads that this waits for.
void sl_discard(GstPad *pad) {
	GstPadProbeType type = GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST;
	gst_pad_add_probe(pad, type, on_discard, NULL, NULL);
}

static GstPadProbeReturn on_upstream(GstPad *pad, GstPadProbeInfo *info, gpointer handle) {
	(void)pad;
	GstEvent *event = GST_PAD_PROBE_INFO_EVENT(info);
	if (GST_EVENT_TYPE(event) == GST_EVENT_CUSTOM_UPSTREAM && gst_event_has_name(event, "GstForceKeyUnit"))
		goSeen((uintptr_t)handle, FALSE);
	return GST_PAD_PROBE_OK;
}

// sl_feed_watch tells Go when something behind an appsrc wants a key frame.
void sl_feed_watch(GstElement *appsrc, uintptr_t handle) {
	GstPad *pad = gst_element_get_static_pad(appsrc, "src");
	gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_upstream, (gpointer)handle, release);
	gst_object_unref(pad);
}

static GstFlowReturn on_sample(GstAppSink *sink, gpointer handle) {
	GstSample *sample = gst_app_sink_try_pull_sample(sink, 0);
	if (sample == NULL)
		return GST_FLOW_OK;
	GstBuffer *b = gst_sample_get_buffer(sample);
	GstMapInfo map;
	if (b != NULL && gst_buffer_map(b, &map, GST_MAP_READ)) {
		GstPad *pad = GST_BASE_SINK_PAD(sink);
		sl_buffer out = describe(pad, b);
		out.data = map.data;
		out.size = map.size;
		out.caps = gst_sample_get_caps(sample);
		goSample((uintptr_t)handle, &out);
		gst_buffer_unmap(b, &map);
	}
	gst_sample_unref(sample);
	return GST_FLOW_OK;
}

static void on_eos(GstAppSink *sink, gpointer handle) {
	(void)sink;
	sl_buffer out = {.flags = SL_END};
	goSample((uintptr_t)handle, &out);
}

// sl_drain hands everything that reaches an appsink to Go, on the streaming thread.
void sl_drain(GstElement *appsink, uintptr_t handle) {
	GstAppSinkCallbacks callbacks = {.eos = on_eos, .new_sample = on_sample};
	gst_app_sink_set_callbacks(GST_APP_SINK(appsink), &callbacks, (gpointer)handle, release);
}
