//go:build cgo && !nogst

/* What comes out of a chain: media, events, and complaints. */
#include "take.h"

#include <string.h>

/* sl_chain_forget drops what the last call left. */
void sl_chain_forget(sl_chain *c) {
  c->count = 0;
  c->used = 0;
  c->flood = FALSE;
  g_mutex_lock(&c->mutex);
  if (c->wrong) {
    g_clear_pointer(&c->source, g_free);
    g_clear_pointer(&c->domain, g_free);
    g_clear_pointer(&c->text, g_free);
    g_clear_pointer(&c->debug, g_free);
    c->wrong = FALSE;
  }
  g_mutex_unlock(&c->mutex);
}

/* child is the element of the row in which a message was made. */
static GstObject *child(sl_chain *c, GstObject *o) {
  while (o != NULL && GST_OBJECT_PARENT(o) != NULL && GST_OBJECT_PARENT(o) != GST_OBJECT(c->bin)) o = GST_OBJECT_PARENT(o);
  return o;
}

/* sl_chain_hear keeps the first error of a call. Nobody else listens, so every message ends here. */
GstBusSyncReply sl_chain_hear(GstBus *bus, GstMessage *m, gpointer chain) {
  sl_chain *c = chain;
  (void)bus;
  if (GST_MESSAGE_TYPE(m) == GST_MESSAGE_ERROR) {
    g_mutex_lock(&c->mutex);
    if (!c->wrong) {
      GError *e = NULL;
      GstObject *source = child(c, GST_MESSAGE_SRC(m));
      gst_message_parse_error(m, &e, &c->debug);
      c->source = g_strdup(source != NULL ? GST_OBJECT_NAME(source) : "");
      c->domain = g_strdup(g_quark_to_string(e->domain));
      c->text = g_strdup(e->message);
      c->code = e->code;
      c->wrong = TRUE;
      g_error_free(e);
    }
    g_mutex_unlock(&c->mutex);
  }
  gst_message_unref(m);
  return GST_BUS_DROP;
}

/* next makes room for one more frame, or tells that there have been too many. */
static sl_chain_frame *next(sl_chain *c, int kind, gsize size) {
  if (c->count >= SL_CHAIN_FRAMES || size > SL_CHAIN_BYTES || c->used + size > SL_CHAIN_BYTES) {
    c->flood = TRUE;
    return NULL;
  }
  if (c->count == c->most) {
    c->most = MAX(8, 2 * c->most);
    c->frames = g_renew(sl_chain_frame, c->frames, c->most);
  }
  if (c->used + size > c->room) {
    c->room = MAX(2048, 2 * (c->used + size));
    c->data = g_realloc(c->data, c->room);
  }
  sl_chain_frame *f = &c->frames[c->count++];
  *f = (sl_chain_frame){.kind = kind, .pts = -1, .duration = -1, .at = c->used, .size = size};
  c->used += size;
  return f;
}

static gint64 span(GstClockTime t) { return GST_CLOCK_TIME_IS_VALID(t) ? (gint64)t : -1; }

/* take keeps a buffer. Headers are left out: what is in them, the format says. */
static GstFlowReturn take(GstPad *pad, GstObject *parent, GstBuffer *b) {
  sl_chain *c = gst_pad_get_element_private(pad);
  GstFlowReturn flow = GST_FLOW_OK;
  (void)parent;
  if (!GST_BUFFER_FLAG_IS_SET(b, GST_BUFFER_FLAG_HEADER) && gst_buffer_get_size(b) > 0) {
    sl_chain_frame *f = next(c, SL_CHAIN_UNIT, gst_buffer_get_size(b));
    if (f != NULL) {
      f->pts = span(GST_BUFFER_PTS(b));
      f->duration = span(GST_BUFFER_DURATION(b));
      gst_buffer_extract(b, 0, c->data + f->at, f->size);
    } else {
      flow = GST_FLOW_ERROR;
    }
  }
  gst_buffer_unref(b);
  return flow;
}

/* format notes what caps say of what follows. */
static void format(sl_chain *c, GstCaps *caps) {
  if (c->caps != NULL && gst_caps_is_equal(c->caps, caps)) return;
  gst_caps_replace(&c->caps, caps);
  const GstStructure *s = gst_caps_get_structure(caps, 0);
  const GValue *v = gst_structure_get_value(s, "codec_data");
  c->rate = c->channels = 0;
  gst_structure_get_int(s, "rate", &c->rate);
  gst_structure_get_int(s, "channels", &c->channels);
  gst_buffer_replace(&c->codec_data, v != NULL && GST_VALUE_HOLDS_BUFFER(v) ? gst_value_get_buffer(v) : NULL);
  next(c, SL_CHAIN_FORMAT, 0);
}

static gboolean notice(GstPad *pad, GstObject *parent, GstEvent *e) {
  sl_chain *c = gst_pad_get_element_private(pad);
  (void)parent;
  switch (GST_EVENT_TYPE(e)) {
    case GST_EVENT_CAPS: {
      GstCaps *caps = NULL;
      gst_event_parse_caps(e, &caps);
      format(c, caps);
      break;
    }
    case GST_EVENT_GAP: {
      sl_chain_frame *f = next(c, SL_CHAIN_GAP, 0);
      GstClockTime pts = 0, length = 0;
      gst_event_parse_gap(e, &pts, &length);
      if (f != NULL) f->pts = span(pts), f->duration = span(length);
      break;
    }
    case GST_EVENT_EOS: next(c, SL_CHAIN_END, 0); break;
    default: break;
  }
  gst_event_unref(e);
  return TRUE;
}

/* sl_chain_take_from lets what reaches a pad end in the chain. */
void sl_chain_take_from(GstPad *pad, sl_chain *c) {
  gst_pad_set_element_private(pad, c);
  gst_pad_set_chain_function(pad, take);
  gst_pad_set_event_function(pad, notice);
}
