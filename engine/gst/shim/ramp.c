//go:build cgo && !nogst

// Numbers that reach their new values in a while, in step with the media and not with this machine's clock.
#include <gst/controller/controller.h>

#include "shim.h"

// sl_position is how far an element has come with what leaves it; -1 if it does not say.
gint64 sl_position(GstElement *element) {
	GstPad *src = gst_element_get_static_pad(element, "src");
	if (src == NULL)
		return -1;
	gint64 at = -1;
	if (!gst_pad_query_position(src, GST_FORMAT_TIME, &at))
		at = -1;
	gst_object_unref(src);
	return at;
}

// number reads a value of any type of numbers; FALSE if it is none.
static gboolean number(const GValue *from, gdouble *to) {
	GValue as = G_VALUE_INIT;
	g_value_init(&as, G_TYPE_DOUBLE);
	gboolean is = g_value_transform(from, &as);
	*to = g_value_get_double(&as);
	g_value_unset(&as);
	return is;
}

// ends finds out from where to where a property goes; FALSE if it is no number that may change, or text is none.
static gboolean ends(GObject *object, const char *name, const char *text, gdouble *from, gdouble *to) {
	GParamSpec *spec = g_object_class_find_property(G_OBJECT_GET_CLASS(object), name);
	if (spec == NULL || !(spec->flags & GST_PARAM_CONTROLLABLE))
		return FALSE;
	GValue now = G_VALUE_INIT, then = G_VALUE_INIT;
	g_value_init(&now, spec->value_type);
	g_value_init(&then, spec->value_type);
	g_object_get_property(object, name, &now);
	gboolean are = gst_value_deserialize_with_pspec(&then, text, spec) && number(&now, from) && number(&then, to);
	g_value_unset(&now);
	g_value_unset(&then);
	return are;
}

// sl_ramp lets a property of an element, or of one of its pads, go to a value in a while, from what comes next on. It gives what
// sl_ramp_end takes, and in end where in the element's media it is over; NULL if that cannot be done.
void *sl_ramp(GObject *object, GstElement *of, const char *name, const char *text, gint64 over, gint64 *end) {
	gdouble from, to;
	gint64 at = sl_position(of);
	if (at < 0 || !ends(object, name, text, &from, &to))
		return NULL;
	// What is being made now has its value already, and is not to be jumped over: a frame, or a buffer of sound.
	at += GST_IS_ELEMENT(object) ? 60 * GST_MSECOND : 40 * GST_MSECOND;
	if (GST_IS_ELEMENT(object)) {
		// The element "volume" lets buffers through that begin at exactly 1, though it changes within them (1.22.0, measured).
		if (from == 1)
			from = 0.99999;
	}
	GstControlSource *source = gst_interpolation_control_source_new();
	g_object_set(source, "mode", GST_INTERPOLATION_MODE_LINEAR, NULL);
	GstTimedValueControlSource *timed = GST_TIMED_VALUE_CONTROL_SOURCE(source);
	if (at > 0)
		gst_timed_value_control_source_set(timed, 0, from);
	gst_timed_value_control_source_set(timed, at, from);
	gst_timed_value_control_source_set(timed, at + over, to);
	GstControlBinding *ramp = gst_direct_control_binding_new_absolute(GST_OBJECT(object), name, source);
	gst_object_unref(source);
	gst_object_ref_sink(ramp);
	gst_object_add_control_binding(GST_OBJECT(object), ramp);
	*end = at + over;
	return ramp;
}

// sl_ramp_end ends a ramp, if no other has begun: the property has its last value then, whether or not that has been reached.
void sl_ramp_end(GObject *object, const char *name, const char *text, void *ramp) {
	GstControlBinding *now = gst_object_get_control_binding(GST_OBJECT(object), name);
	if (now == ramp) {
		gst_object_remove_control_binding(GST_OBJECT(object), now);
		g_free(sl_set(object, name, text, FALSE));
	}
	if (now != NULL)
		gst_object_unref(now);
	gst_object_unref(ramp);
}
