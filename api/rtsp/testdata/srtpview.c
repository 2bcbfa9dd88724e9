/*
 * Runs a pipeline to its end, as gst-launch-1.0 does, but can be relied on to play SRTP by rtspsrc:
 *
 *   srtpview 'rtspsrc location=rtsps://… protocols=udp … ! filesink location=…'
 *
 * srtpdec of GStreamer 1.22 changes its table of streams in two threads at once where the first RTCP comes while the caps of RTP are set:
 * setting caps does not take the lock that decoding holds. The table is broken then, and it crashes, there or when it frees the table.
 * The RTCP that comes before any RTP was decoded is therefore kept from it here.
 */
#include <gst/gst.h>

static GstPadProbeReturn on_rtp(GstPad *pad, GstPadProbeInfo *info, gpointer begun) {
  g_atomic_int_set((gint *)begun, 1);
  return GST_PAD_PROBE_OK;
}

static GstPadProbeReturn on_rtcp(GstPad *pad, GstPadProbeInfo *info, gpointer begun) {
  return g_atomic_int_get((gint *)begun) ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

static void watch(GstElement *decoder, const char *name, GstPadProbeCallback callback, gint *begun) {
  GstPad *pad = gst_element_get_static_pad(decoder, name);
  gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, callback, begun, NULL);
  gst_object_unref(pad);
}

static void on_element(GstBin *bin, GstBin *sub, GstElement *element, gpointer data) {
  GstElementFactory *factory = gst_element_get_factory(element);
  if (!factory || g_strcmp0(GST_OBJECT_NAME(factory), "srtpdec")) return;
  gint *begun = g_new0(gint, 1); /* lives as long as the program */
  watch(element, "rtp_src", on_rtp, begun);
  watch(element, "rtcp_sink", on_rtcp, begun);
}

int main(int argc, char **argv) {
  gst_init(&argc, &argv);
  GError *error = NULL;
  GstElement *pipeline = argc == 2 ? gst_parse_launch(argv[1], &error) : NULL;
  if (!pipeline || error) {
    g_printerr("srtpview: %s\n", error ? error->message : "one pipeline is what it takes");
    return 2;
  }
  g_signal_connect(pipeline, "deep-element-added", G_CALLBACK(on_element), NULL);
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  GstBus *bus = gst_element_get_bus(pipeline);
  GstMessage *last = gst_bus_timed_pop_filtered(bus, GST_CLOCK_TIME_NONE, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  int failed = GST_MESSAGE_TYPE(last) == GST_MESSAGE_ERROR;
  if (failed) {
    gchar *debug = NULL;
    gst_message_parse_error(last, &error, &debug);
    g_printerr("srtpview: %s\n%s\n", error->message, debug);
    g_free(debug);
  }
  gst_message_unref(last);
  gst_element_set_state(pipeline, GST_STATE_NULL);
  gst_object_unref(bus);
  gst_object_unref(pipeline);
  return failed;
}
