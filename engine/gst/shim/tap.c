//go:build cgo && !nogst

// What passes a pad, or reaches an appsink, is shown to Go.
#include "_cgo_export.h"
#include "shim.h"

#include <dlfcn.h>
#include <gst/video/video.h>

static void release(gpointer handle) { goRelease((uintptr_t)handle); }

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
	sl_buffer out = {.pts = sl_running(pad, GST_BUFFER_PTS(b)), .dts = sl_running(pad, GST_BUFFER_DTS(b)), .flags = flags_of(b)};
	out.duration = GST_BUFFER_DURATION_IS_VALID(b) ? (gint64)GST_BUFFER_DURATION(b) : -1;
	return out;
}

// What is used of GStreamer's library for video. It is not linked, as every worker would load it for the few that have pictures:
// whoever lays one out otherwise has loaded it.
typedef struct {
	GstVideoMeta *(*meta)(GstBuffer *);
	gboolean (*info)(GstVideoInfo *, const GstCaps *);
	gboolean (*map)(GstVideoFrame *, const GstVideoInfo *, GstBuffer *, GstMapFlags);
	gboolean (*copy)(GstVideoFrame *, const GstVideoFrame *);
	void (*unmap)(GstVideoFrame *);
} Video;

// video finds the library if something in this process has loaded it.
static gboolean video(Video *v) {
	void *library = dlopen("libgstvideo-1.0.so.0", RTLD_LAZY | RTLD_NOLOAD);
	if (library == NULL)
		return FALSE;
	v->meta = (GstVideoMeta * (*)(GstBuffer *)) dlsym(library, "gst_buffer_get_video_meta");
	v->info = (gboolean(*)(GstVideoInfo *, const GstCaps *))dlsym(library, "gst_video_info_from_caps");
	v->map =
		(gboolean(*)(GstVideoFrame *, const GstVideoInfo *, GstBuffer *, GstMapFlags))dlsym(library, "gst_video_frame_map");
	v->copy = (gboolean(*)(GstVideoFrame *, const GstVideoFrame *))dlsym(library, "gst_video_frame_copy");
	v->unmap = (void (*)(GstVideoFrame *))dlsym(library, "gst_video_frame_unmap");
	dlclose(library); // GStreamer never unloads what a plugin has brought
	return v->meta != NULL && v->info != NULL && v->map != NULL && v->copy != NULL && v->unmap != NULL;
}

// plain gives a picture whose rows or planes lie otherwise than its format's do by default a copy that lies so.
static GstBuffer *plain(GstBuffer *b, GstCaps *caps) {
	Video v;
	GstVideoInfo info;
	GstVideoMeta *meta = video(&v) ? v.meta(b) : NULL;
	if (meta == NULL || caps == NULL || !v.info(&info, caps))
		return gst_buffer_ref(b);
	gboolean same = TRUE;
	for (guint i = 0; i < meta->n_planes; i++)
		same = same && meta->offset[i] == info.offset[i] && meta->stride[i] == info.stride[i];
	GstVideoFrame from, to;
	if (same || !v.map(&from, &info, b, GST_MAP_READ))
		return gst_buffer_ref(b);
	GstBuffer *copy = gst_buffer_new_allocate(NULL, info.size, NULL);
	gst_buffer_copy_into(copy, b, GST_BUFFER_COPY_FLAGS | GST_BUFFER_COPY_TIMESTAMPS, 0, -1);
	if (v.map(&to, &info, copy, GST_MAP_WRITE)) {
		v.copy(&to, &from);
		v.unmap(&to);
	}
	v.unmap(&from);
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

static GstPadProbeReturn on_early_end(GstPad *pad, GstPadProbeInfo *info, gpointer unused) {
	(void)unused;
	GstEvent *event = GST_PAD_PROBE_INFO_EVENT(info);
	if (GST_EVENT_TYPE(event) != GST_EVENT_EOS || gst_pad_has_current_caps(pad))
		return GST_PAD_PROBE_OK;
	GstElement *element = gst_pad_get_parent_element(pad);
	GstPad *src = element == NULL ? NULL : gst_element_get_static_pad(element, "src");
	gst_clear_object(&element);
	if (src == NULL)
		return GST_PAD_PROBE_OK;
	gst_pad_push_event(src, gst_event_ref(event));
	gst_object_unref(src);
	return GST_PAD_PROBE_DROP;
}

// sl_early_end leads the end of a stream past an element if nothing came before: level divides by the rate that it does not
// know then (1.22.0).
void sl_early_end(GstElement *element) {
	GstPad *pad = gst_element_get_static_pad(element, "sink");
	if (pad == NULL)
		return;
	gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, on_early_end, NULL, NULL);
	gst_object_unref(pad);
}

static GstPadProbeReturn on_upstream(GstPad *pad, GstPadProbeInfo *info, gpointer handle) {
	(void)pad;
	GstEvent *event = GST_PAD_PROBE_INFO_EVENT(info);
	if (GST_EVENT_TYPE(event) == GST_EVENT_CUSTOM_UPSTREAM && gst_event_has_name(event, "GstForceKeyUnit"))
		goCall((uintptr_t)handle);
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
