//go:build cgo && !nogst

// Media in and out.
#include "shim.h"

#include <string.h>

// sl_feed_push copies one access unit into a buffer of its own and hands it over. It never waits.
int sl_feed_push(GstElement *appsrc, const void *data, gsize size, gint64 pts, gint64 dts, guint flags) {
	void *copy = g_malloc(size);
	memcpy(copy, data, size);
	GstBuffer *b = gst_buffer_new_wrapped(copy, size);
	GST_BUFFER_PTS(b) = pts < 0 ? GST_CLOCK_TIME_NONE : (GstClockTime)pts;
	GST_BUFFER_DTS(b) = dts < 0 ? GST_CLOCK_TIME_NONE : (GstClockTime)dts;
	if (!(flags & SL_KEY))
		GST_BUFFER_FLAG_SET(b, GST_BUFFER_FLAG_DELTA_UNIT);
	if (flags & SL_DISCONT)
		GST_BUFFER_FLAG_SET(b, GST_BUFFER_FLAG_DISCONT);
	if (flags & SL_HEADER)
		GST_BUFFER_FLAG_SET(b, GST_BUFFER_FLAG_HEADER);
	return gst_app_src_push_buffer(GST_APP_SRC(appsrc), b);
}

// sl_feed_caps says what follows. NULL, or what is wrong, to be freed.
char *sl_feed_caps(GstElement *appsrc, const char *text) {
	GstCaps *caps = gst_caps_from_string(text);
	if (caps == NULL)
		return g_strdup_printf("%s are no caps", text);
	gst_app_src_set_caps(GST_APP_SRC(appsrc), caps);
	gst_caps_unref(caps);
	return NULL;
}

// sl_feed_gap says that nothing comes for a while, in order with the units: decoders conceal it.
void sl_feed_gap(GstElement *appsrc, gint64 pts, gint64 length) {
	gst_element_send_event(appsrc, gst_event_new_gap(pts, length));
}

void sl_feed_end(GstElement *appsrc) { gst_app_src_end_of_stream(GST_APP_SRC(appsrc)); }

// sl_feed_flush forgets what is queued in and behind the appsrc; running time goes on.
void sl_feed_flush(GstElement *appsrc) {
	gst_element_send_event(appsrc, gst_event_new_flush_start());
	gst_element_send_event(appsrc, gst_event_new_flush_stop(FALSE));
}

// sl_drain_key asks what feeds an appsink for a key frame with its headers.
void sl_drain_key(GstElement *appsink) {
	GstStructure *s = gst_structure_new("GstForceKeyUnit", "running-time", GST_TYPE_CLOCK_TIME, GST_CLOCK_TIME_NONE, "all-headers",
		G_TYPE_BOOLEAN, TRUE, "count", G_TYPE_UINT, 0, NULL);
	gst_pad_push_event(GST_BASE_SINK_PAD(appsink), gst_event_new_custom(GST_EVENT_CUSTOM_UPSTREAM, s));
}

// sl_pull waits for the next buffer of an appsink that nobody drains. 1 and what to free, 0 if none came, -1 at the end.
int sl_pull(GstElement *appsink, gint64 wait, void **out, gsize *size, char **caps) {
	GstSample *sample = gst_app_sink_try_pull_sample(GST_APP_SINK(appsink), wait);
	if (sample == NULL)
		return gst_app_sink_is_eos(GST_APP_SINK(appsink)) ? -1 : 0;
	GstBuffer *b = gst_sample_get_buffer(sample);
	GstCaps *format = gst_sample_get_caps(sample);
	if (b != NULL && format != NULL) {
		gst_buffer_extract_dup(b, 0, -1, out, size);
		*caps = gst_caps_to_string(format);
	}
	gst_sample_unref(sample);
	return b != NULL && format != NULL;
}
