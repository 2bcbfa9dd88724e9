//go:build cgo && !nogst

// Encoders that put samples of their own before the sound, and time the first of these as the first of the sound.
#include "shim.h"

// begins is the running segment's start: what is timed before it, muxers and sinks drop or cannot tell from zero.
static GstClockTime begins(GstPad *pad) {
	GstClockTime start = 0;
	GstEvent *event = gst_pad_get_sticky_event(pad, GST_EVENT_SEGMENT, 0);
	if (event == NULL)
		return start;
	const GstSegment *s = NULL;
	gst_event_parse_segment(event, &s);
	if (s->format == GST_FORMAT_TIME && GST_CLOCK_TIME_IS_VALID(s->start))
		start = s->start;
	gst_event_unref(event);
	return start;
}

static int rate_of(GstPad *pad) {
	int rate = 0;
	GstCaps *caps = gst_pad_get_current_caps(pad);
	if (caps == NULL)
		return rate;
	gst_structure_get_int(gst_caps_get_structure(caps, 0), "rate", &rate);
	gst_caps_unref(caps);
	return rate;
}

static GstPadProbeReturn on_primed(GstPad *pad, GstPadProbeInfo *info, gpointer samples) {
	GstBuffer *b = GST_PAD_PROBE_INFO_BUFFER(info);
	int rate = rate_of(pad);
	if (rate <= 0 || !GST_BUFFER_PTS_IS_VALID(b))
		return GST_PAD_PROBE_OK;
	GstClockTime early = gst_util_uint64_scale_int(GST_SECOND, GPOINTER_TO_INT(samples), rate);
	if (GST_BUFFER_PTS(b) < begins(pad) + early)
		return GST_PAD_PROBE_DROP;
	b = gst_buffer_make_writable(b);
	GST_BUFFER_PTS(b) -= early;
	if (GST_BUFFER_DTS_IS_VALID(b))
		GST_BUFFER_DTS(b) -= MIN(early, GST_BUFFER_DTS(b));
	GST_PAD_PROBE_INFO_DATA(info) = b;
	return GST_PAD_PROBE_OK;
}

// sl_prime times what an encoder gives so many samples earlier, and drops what would begin before the stream does.
void sl_prime(GstElement *encoder, int samples) {
	GstPad *pad = gst_element_get_static_pad(encoder, "src");
	if (pad == NULL)
		return;
	gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, on_primed, GINT_TO_POINTER(samples), NULL);
	gst_object_unref(pad);
}
