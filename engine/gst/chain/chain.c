//go:build cgo && !nogst

/* Making, linking and ending a chain. */
#include "take.h"

sl_chain *sl_chain_new(void) {
  if (!gst_init_check(NULL, NULL, NULL)) return NULL;
  sl_chain *c = g_new0(sl_chain, 1);
  g_mutex_init(&c->mutex);
  c->elements = g_ptr_array_new();
  c->bin = gst_object_ref_sink(gst_bin_new(NULL));
  c->bus = gst_bus_new();
  gst_bus_set_sync_handler(c->bus, sl_chain_hear, c, NULL);
  gst_element_set_bus(c->bin, c->bus);
  c->in = gst_object_ref_sink(gst_pad_new("in", GST_PAD_SRC));
  c->out = gst_object_ref_sink(gst_pad_new("out", GST_PAD_SINK));
  sl_chain_take_from(c->out, c);
  gst_pad_set_active(c->out, TRUE);
  gst_pad_set_active(c->in, TRUE);
  return c;
}

void sl_chain_free(sl_chain *c) {
  gst_pad_set_active(c->in, FALSE);
  gst_element_set_state(c->bin, GST_STATE_NULL);
  gst_pad_set_active(c->out, FALSE);
  gst_element_set_bus(c->bin, NULL);
  gst_bus_set_sync_handler(c->bus, NULL, NULL, NULL);
  gst_object_unref(c->bus);
  gst_object_unref(c->in); /* which unlinks it */
  gst_object_unref(c->out);
  gst_object_unref(c->bin);
  g_ptr_array_free(c->elements, TRUE);
  sl_chain_forget(c);
  gst_clear_caps(&c->caps);
  gst_clear_buffer(&c->codec_data);
  g_mutex_clear(&c->mutex);
  g_free(c->data);
  g_free(c->frames);
  g_free(c);
}

/* sl_chain_add puts an element at the end of the row; NULL if there is no such factory. The bin keeps it. */
GstElement *sl_chain_add(sl_chain *c, const char *factory, const char *name) {
  GstElement *e = gst_element_factory_make(factory, name);
  if (e == NULL) return NULL;
  if (!gst_bin_add(GST_BIN(c->bin), e)) return NULL; /* which has freed it */
  g_ptr_array_add(c->elements, e);
  return e;
}

static gboolean join(GstPad *from, GstPad *to) {
  gboolean ok = from != NULL && to != NULL &&
                gst_pad_link_full(from, to, GST_PAD_LINK_CHECK_TEMPLATE_CAPS | GST_PAD_LINK_CHECK_NO_RECONFIGURE) == GST_PAD_LINK_OK;
  gst_clear_object(&from);
  gst_clear_object(&to);
  return ok;
}

/* sl_chain_link links the row, and both its ends; -1, or the number of the element that does not take what comes. */
int sl_chain_link(sl_chain *c) {
  GstPad *from = gst_object_ref(c->in);
  for (guint i = 0; i < c->elements->len; i++) {
    GstElement *e = g_ptr_array_index(c->elements, i);
    if (!join(from, gst_element_get_static_pad(e, "sink"))) return (int)i;
    from = gst_element_get_static_pad(e, "src");
  }
  return join(from, gst_object_ref(c->out)) ? -1 : (int)c->elements->len - 1;
}

/* sl_chain_play starts the elements. A chain has no clock, so that whatever would wait for one does not. */
gboolean sl_chain_play(sl_chain *c) {
  sl_chain_forget(c);
  return gst_element_set_state(c->bin, GST_STATE_PLAYING) == GST_STATE_CHANGE_SUCCESS;
}

/* lacks tells whether nothing has been agreed on at a pad. */
static gboolean lacks(GstElement *e, const char *pad) {
  GstPad *p = gst_element_get_static_pad(e, pad);
  gboolean has = p != NULL && gst_pad_has_current_caps(p);
  gst_clear_object(&p);
  return !has;
}

/* sl_chain_blame finds the first element without a format on either side: what came it refused, or it could make nothing
 * of it that the next would take. The number of elements if there is none. */
int sl_chain_blame(sl_chain *c) {
  guint i = 0;
  for (; i < c->elements->len; i++) {
    GstElement *e = g_ptr_array_index(c->elements, i);
    if (lacks(e, "sink") || lacks(e, "src")) break;
  }
  return (int)i;
}
