//go:build cgo && !nogst

// What passes a pad is counted, on the thread that pushes it.
#include "_cgo_export.h"
#include "shim.h"

static void tell(sl_count *count, int what) {
	if (count->told[what] != 0)
		goCall(count->told[what]);
}

static void count_unref(sl_count *count) {
	if (g_atomic_int_dec_and_test(&count->refs))
		g_free(count);
}

static void count_gone(gpointer data) {
	sl_count *count = data;
	for (int what = 0; what < SL_TOLD; what++)
		if (count->told[what] != 0)
			goRelease(count->told[what]);
	count_unref(count);
}

void sl_count_free(sl_count *count) { count_unref(count); }

// sl_running gives a time of a buffer in running time; -1 if there is none.
gint64 sl_running(GstPad *pad, GstClockTime t) {
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
		tell(count, SL_FIRST);
}

static void count_event(sl_count *count, GstEvent *event) {
	if (GST_EVENT_TYPE(event) == GST_EVENT_SEGMENT) {
		gst_event_copy_segment(event, &count->segment);
	} else if (GST_EVENT_TYPE(event) == GST_EVENT_EOS) {
		PUT(ended, 1);
		tell(count, SL_ENDED);
		if (count->units == 0)
			tell(count, SL_EMPTY);
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

// sl_count_pad counts what passes. The caller frees the count; the pad has its own share of it. Handles may be 0.
sl_count *sl_count_pad(GstPad *pad, uintptr_t first, uintptr_t ended, uintptr_t empty) {
	sl_count *count = g_new0(sl_count, 1);
	count->refs = 2;
	count->told[SL_FIRST] = first;
	count->told[SL_ENDED] = ended;
	count->told[SL_EMPTY] = empty;
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
