//go:build cgo && !nogst

// What GStreamer's threads have to say: messages, pads that appear, first buffers.
#include "_cgo_export.h"
#include "shim.h"

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

static GstPadProbeReturn on_first(GstPad *pad, GstPadProbeInfo *info, gpointer handle) {
	(void)pad, (void)info;
	goCall((uintptr_t)handle);
	return GST_PAD_PROBE_REMOVE;
}

// sl_onset calls Go once, before the first buffer passes the pad.
void sl_onset(GstPad *pad, uintptr_t handle) {
	gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, on_first, (gpointer)handle, release);
}
