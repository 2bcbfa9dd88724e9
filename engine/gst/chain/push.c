//go:build cgo && !nogst

/* What goes into a chain. Each call gives a GstFlowReturn, and leaves in the chain what came out within it. */
#include "take.h"

static int answer(sl_chain *c, gboolean ok) { return c->wrong || c->flood ? GST_FLOW_ERROR : ok ? GST_FLOW_OK : GST_FLOW_NOT_NEGOTIATED; }

/* segment announces that times follow, counted from zero. */
static gboolean segment(sl_chain *c) {
  GstSegment s;
  gst_segment_init(&s, GST_FORMAT_TIME);
  c->flowing = TRUE;
  return gst_pad_push_event(c->in, gst_event_new_segment(&s));
}

/* sl_chain_describe says what follows; GST_FLOW_NOT_SUPPORTED if the text is no caps. */
int sl_chain_describe(sl_chain *c, const char *text) {
  sl_chain_forget(c);
  GstCaps *caps = gst_caps_from_string(text);
  if (caps == NULL) return GST_FLOW_NOT_SUPPORTED;
  gboolean ok = gst_caps_is_fixed(caps);
  if (ok && !c->begun) {
    c->begun = TRUE;
    char *id = g_strdup_printf("chain-%p", (void *)c);
    gst_pad_push_event(c->in, gst_event_new_stream_start(id));
    g_free(id);
  }
  ok = ok && gst_pad_push_event(c->in, gst_event_new_caps(caps));
  gst_caps_unref(caps);
  if (ok && !c->flowing) ok = segment(c);
  return answer(c, ok);
}

int sl_chain_push(sl_chain *c, const void *data, gsize size, gint64 pts, gint64 duration) {
  sl_chain_forget(c);
  GstBuffer *b = gst_buffer_new_allocate(NULL, size, NULL);
  if (b == NULL) return GST_FLOW_ERROR;
  gst_buffer_fill(b, 0, data, size);
  if (pts >= 0) GST_BUFFER_PTS(b) = GST_BUFFER_DTS(b) = (GstClockTime)pts;
  if (duration > 0) GST_BUFFER_DURATION(b) = (GstClockTime)duration;
  GstFlowReturn flow = gst_pad_push(c->in, b);
  return c->wrong || c->flood ? GST_FLOW_ERROR : flow;
}

/* sl_chain_gap says that nothing comes for a while: decoders that can conceal it do. */
int sl_chain_gap(sl_chain *c, gint64 from, gint64 length) {
  sl_chain_forget(c);
  gst_pad_push_event(c->in, gst_event_new_gap((GstClockTime)from, (GstClockTime)length));
  return answer(c, TRUE); /* who cannot use the news says no, which is no harm */
}

/* sl_chain_end lets everything out that is still held. Only a flush opens the chain again. */
int sl_chain_end(sl_chain *c) {
  sl_chain_forget(c);
  gst_pad_push_event(c->in, gst_event_new_eos());
  return answer(c, TRUE);
}

/* sl_chain_flush makes all elements forget what they hold. */
int sl_chain_flush(sl_chain *c) {
  sl_chain_forget(c);
  if (!c->flowing) return GST_FLOW_OK;
  gst_pad_push_event(c->in, gst_event_new_flush_start());
  gst_pad_push_event(c->in, gst_event_new_flush_stop(TRUE));
  gboolean ok = segment(c);
  c->count = 0;
  return answer(c, ok);
}
