//go:build cgo && !nogst

// Objects: their values, states and times.
#include "shim.h"

// sl_crops tells whether it is the ratio of an aspectratiocrop.
static gboolean sl_crops(gpointer object, const char *name) {
	return g_strcmp0(G_OBJECT_TYPE_NAME(object), "GstAspectRatioCrop") == 0 && g_strcmp0(name, "aspect-ratio") == 0;
}

// waits_at names the pad at whose next picture a property is set, in the thread that brings it; NULL if it is set at once.
// When its ratio is set, aspectratiocrop keeps the form of the pictures for the next one, and puts that in force then, also if pictures of
// another form have come between (1.22.0, measured: it then took pictures of 640 by 360 for some of 180 by 320, until they changed again).
// textoverlay loses a text that is set while it draws the one before: it notes that nothing is to be drawn when it is done (1.22.0).
static const char *waits_at(gpointer object, const char *name) {
	if (sl_crops(object, name))
		return "sink";
	if (g_strcmp0(G_OBJECT_TYPE_NAME(object), "GstTextOverlay") == 0 && g_strcmp0(name, "text") == 0)
		return "video_sink";
	return NULL;
}

static void forget(gpointer data) {
	g_value_unset(data);
	g_free(data);
}

// next puts the value that is to be in force with the next picture, NULL for none, in the place of the one before, to be forgotten.
static GValue *next(GstElement *element, GValue *value) {
	static const char *const key = "sluice-next";
	GST_OBJECT_LOCK(element);
	GValue *before = g_object_steal_data(G_OBJECT(element), key);
	if (value != NULL)
		g_object_set_data_full(G_OBJECT(element), key, value, forget);
	GST_OBJECT_UNLOCK(element);
	return before;
}

// set_next is where the next picture comes. An element has one property at most that waits for it.
static GstPadProbeReturn set_next(GstPad *pad, GstPadProbeInfo *info, gpointer name) {
	(void)info;
	GstElement *element = gst_pad_get_parent_element(pad);
	if (element == NULL)
		return GST_PAD_PROBE_REMOVE;
	GValue *value = next(element, NULL);
	if (value != NULL) {
		g_object_set_property(G_OBJECT(element), name, value);
		forget(value);
	}
	gst_object_unref(element);
	return GST_PAD_PROBE_REMOVE;
}

// sl_later gives a property another value with the next picture. While none comes, the last of several is kept, and one probe for all.
static void sl_later(gpointer object, const char *at, const char *name, const GValue *value) {
	GValue *later = g_new0(GValue, 1);
	g_value_init(later, G_VALUE_TYPE(value));
	g_value_copy(value, later);
	GValue *before = next(GST_ELEMENT(object), later);
	if (before != NULL) { // its probe takes this one
		forget(before);
		return;
	}
	GstPad *sink = gst_element_get_static_pad(GST_ELEMENT(object), at);
	gst_pad_add_probe(sink, GST_PAD_PROBE_TYPE_BUFFER, set_next, (gpointer)g_intern_string(name), NULL);
	gst_object_unref(sink);
}

// sl_set gives a property a value; the text is what the graph language writes. NULL, or what is wrong, to be freed.
char *sl_set(gpointer object, const char *name, const char *text, gboolean playing) {
	GParamSpec *spec = g_object_class_find_property(G_OBJECT_GET_CLASS(object), name);
	if (spec == NULL)
		return g_strdup_printf("has no property \"%s\"", name);
	if (!(spec->flags & G_PARAM_WRITABLE))
		return g_strdup_printf("property \"%s\" cannot be set", name);
	if (playing && !sl_playable(object, name))
		return g_strdup_printf("property \"%s\" cannot be changed while playing", name);
	GValue value = G_VALUE_INIT;
	g_value_init(&value, spec->value_type);
	char *problem = NULL;
	// With the type of its items known, an array is read from < a, b >.
	if (!gst_value_deserialize_with_pspec(&value, text, spec)) {
		problem = g_strdup_printf("property \"%s\" cannot be %s", name, text);
	} else if (playing && waits_at(object, name) != NULL) {
		sl_later(object, waits_at(object, name), name, &value);
	} else {
		GstControlBinding *ramp = playing ? gst_object_get_control_binding(GST_OBJECT(object), name) : NULL;
		if (ramp != NULL) { // it would set another value with the next buffer
			gst_object_remove_control_binding(GST_OBJECT(object), ramp);
			gst_object_unref(ramp);
		}
		g_object_set_property(object, name, &value);
	}
	g_value_unset(&value);
	return problem;
}

// sl_playable tells whether a property may change while media flows. aspectratiocrop does not say that its only one may: it takes
// the new ratio under a lock, and crops by it from the next frame on (1.22.0, measured).
gboolean sl_playable(gpointer object, const char *name) {
	if (sl_crops(object, name))
		return TRUE;
	GParamSpec *spec = g_object_class_find_property(G_OBJECT_GET_CLASS(object), name);
	return spec != NULL && (spec->flags & (GST_PARAM_MUTABLE_PLAYING | GST_PARAM_CONTROLLABLE)) != 0;
}

// sl_get reads a property as text, to be freed; NULL if there is none.
char *sl_get(gpointer object, const char *name) {
	GParamSpec *spec = g_object_class_find_property(G_OBJECT_GET_CLASS(object), name);
	if (spec == NULL || !(spec->flags & G_PARAM_READABLE))
		return NULL;
	GValue value = G_VALUE_INIT;
	g_value_init(&value, spec->value_type);
	g_object_get_property(object, name, &value);
	char *text = gst_value_serialize(&value);
	g_value_unset(&value);
	return text;
}

int sl_state(GstElement *element, int state) { return gst_element_set_state(element, state); }

// sl_state_return says how the last change of state went, or goes. A timed gst_element_get_state would say so too, but one that
// is woken early, as by the signals of Go's scheduler, answers FAILURE (1.22).
int sl_state_return(GstElement *element) {
	GST_OBJECT_LOCK(element);
	int how = GST_STATE_RETURN(element);
	GST_OBJECT_UNLOCK(element);
	return how;
}

void sl_lock_state(GstElement *element, gboolean locked) { gst_element_set_locked_state(element, locked); }

gboolean sl_sync(GstElement *element) { return gst_element_sync_state_with_parent(element); }

void sl_latency(GstElement *pipeline) { gst_bin_recalculate_latency(GST_BIN(pipeline)); }

// sl_now is the time of the clock that all our pipelines use: CLOCK_MONOTONIC in nanoseconds.
gint64 sl_now(void) {
	GstClock *clock = gst_system_clock_obtain();
	gint64 now = gst_clock_get_time(clock);
	gst_object_unref(clock);
	return now;
}

// sl_keep_time makes running time count from base on the system clock, whenever the pipeline is started.
void sl_keep_time(GstElement *pipeline, gint64 base) {
	GstClock *clock = gst_system_clock_obtain();
	gst_pipeline_use_clock(GST_PIPELINE(pipeline), clock);
	gst_object_unref(clock);
	gst_element_set_start_time(pipeline, GST_CLOCK_TIME_NONE); // or going to PLAYING would set the base time
	gst_element_set_base_time(pipeline, base);
}

void sl_end(GstElement *element) { gst_element_send_event(element, gst_event_new_eos()); }

// sl_end_pad ends what follows a sink pad. It must not be called from a streaming thread.
gboolean sl_end_pad(GstPad *pad) { return gst_pad_send_event(pad, gst_event_new_eos()); }

gint64 sl_duration(GstPad *pad) {
	gint64 d = -1;
	return gst_pad_query_duration(pad, GST_FORMAT_TIME, &d) ? d : -1;
}

// sl_caps gives the caps of a pad as text, to be freed: those in force, or else those it can do.
char *sl_caps(GstPad *pad) {
	GstCaps *caps = gst_pad_get_current_caps(pad);
	if (caps == NULL)
		caps = gst_pad_query_caps(pad, NULL);
	char *text = gst_caps_to_string(caps);
	gst_caps_unref(caps);
	return text;
}

// sl_caps_text prints caps, to be freed.
char *sl_caps_text(void *caps) { return caps ? gst_caps_to_string(caps) : g_strdup(""); }

char *sl_name(gpointer object) { return gst_object_get_name(object); }

int sl_direction(GstPad *pad) { return gst_pad_get_direction(pad); }

gboolean sl_is_source(GstElement *element) { return GST_OBJECT_FLAG_IS_SET(element, GST_ELEMENT_FLAG_SOURCE); }

gboolean sl_is_sink(GstElement *element) { return GST_OBJECT_FLAG_IS_SET(element, GST_ELEMENT_FLAG_SINK); }

gboolean sl_requested(GstPad *pad) {
	GstPadTemplate *t = gst_pad_get_pad_template(pad);
	if (t == NULL)
		return FALSE;
	gboolean yes = GST_PAD_TEMPLATE_PRESENCE(t) == GST_PAD_REQUEST;
	gst_object_unref(t);
	return yes;
}

// free_pad finds a pad of a direction that is not linked.
static GstPad *free_pad(GstElement *element, GstPadDirection direction) {
	GstPad *found = NULL;
	GST_OBJECT_LOCK(element);
	for (GList *l = element->pads; l != NULL && found == NULL; l = l->next) {
		GstPad *pad = l->data;
		if (gst_pad_get_direction(pad) == direction && !gst_pad_is_linked(pad))
			found = gst_object_ref(pad);
	}
	GST_OBJECT_UNLOCK(element);
	return found;
}

// request_any asks for a pad by the first template that has pads on request in that direction.
static GstPad *request_any(GstElement *element, GstPadDirection direction) {
	for (const GList *l = gst_element_class_get_pad_template_list(GST_ELEMENT_GET_CLASS(element)); l != NULL; l = l->next) {
		GstPadTemplate *t = l->data;
		if (GST_PAD_TEMPLATE_PRESENCE(t) == GST_PAD_REQUEST && GST_PAD_TEMPLATE_DIRECTION(t) == direction)
			return gst_element_request_pad(element, t, NULL, NULL);
	}
	return NULL;
}

// sl_pick finds or requests the pad that a link means: by its name, by the name of its template, or one that fits. The
// caller unrefs it. NULL if there is none.
GstPad *sl_pick(GstElement *element, const char *name, gboolean gives, GstPad *peer) {
	GstPadDirection direction = gives ? GST_PAD_SRC : GST_PAD_SINK;
	if (name[0] != 0) {
		GstPad *pad = gst_element_get_static_pad(element, name);
		return pad ? pad : gst_element_request_pad_simple(element, name);
	}
	if (peer != NULL)
		return gst_element_get_compatible_pad(element, peer, NULL);
	GstPad *pad = free_pad(element, direction);
	return pad ? pad : request_any(element, direction);
}

// sl_unlink_source unlinks what a pad feeds, and gives it to the caller to unref; NULL if it feeds nothing.
GstPad *sl_unlink_source(GstPad *src) {
	GstPad *peer = gst_pad_get_peer(src);
	if (peer != NULL)
		gst_pad_unlink(src, peer);
	return peer;
}

// Whoever wants a pad unlinked, and the probe that does it, share one.
typedef struct {
	GMutex lock;
	GCond cond;
	gboolean done;
	GstPad *peer;
	gint refs;
} parting;

static void parting_unref(gpointer data) {
	parting *p = data;
	if (!g_atomic_int_dec_and_test(&p->refs))
		return;
	g_mutex_clear(&p->lock);
	g_cond_clear(&p->cond);
	g_free(p);
}

static GstPadProbeReturn on_idle(GstPad *src, GstPadProbeInfo *info, gpointer data) {
	(void)info;
	parting *p = data;
	g_mutex_lock(&p->lock);
	if (!p->done)
		p->peer = sl_unlink_source(src);
	p->done = TRUE;
	g_cond_signal(&p->cond);
	g_mutex_unlock(&p->lock);
	return GST_PAD_PROBE_REMOVE;
}

// sl_unlink_idle is sl_unlink_source when nothing passes the pad, and waits for that. It is the pad's own thread that finds it so, and
// Go is not called from there.
GstPad *sl_unlink_idle(GstPad *src) {
	parting *p = g_new0(parting, 1);
	g_mutex_init(&p->lock);
	g_cond_init(&p->cond);
	p->refs = 2;
	gst_pad_add_probe(src, GST_PAD_PROBE_TYPE_IDLE, on_idle, p, parting_unref);
	g_mutex_lock(&p->lock);
	while (!p->done)
		g_cond_wait(&p->cond, &p->lock);
	GstPad *peer = p->peer;
	g_mutex_unlock(&p->lock);
	parting_unref(p);
	return peer;
}

// sl_unlink_sink unlinks what feeds a pad.
void sl_unlink_sink(GstPad *sink) {
	GstPad *peer = gst_pad_get_peer(sink);
	if (peer == NULL)
		return;
	gst_pad_unlink(peer, sink);
	gst_object_unref(peer);
}

gboolean sl_has_format(GstPad *pad) { return gst_pad_has_current_caps(pad); }

// sl_changing tells whether an element is at work on a change of state. It takes no lock that a hanging element holds.
gboolean sl_changing(GstElement *element) { return GST_STATE_NEXT(element) != GST_STATE_VOID_PENDING; }

// sl_klass says what an element is for, in GStreamer's words.
const char *sl_klass(GstElement *element) {
	const char *klass = gst_element_get_metadata(element, GST_ELEMENT_METADATA_KLASS);
	return klass ? klass : "";
}
