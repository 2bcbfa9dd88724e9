/*
 * A WHIP or WHEP client on GStreamer's webrtcbin and libnice, which nobody here wrote: the test of the door speaks HTTP for it.
 *
 *   gstpeer publish    sends VP8 and Opus of test sources
 *   gstpeer play       receives audio and video, decodes both and says what came
 *
 * It writes its offer, with all candidates, to standard output, and reads the answer from standard input; a line of one "."
 * ends each. Then it writes lines: "state connected", "video 640x360 25" (frames), "audio 50 1" (buffers, and whether one was
 * not silent). It ends with standard input.
 *
 * The headers of libgstwebrtc are not part of what sluice is built with, so the three things that it declares are here.
 */
#include <gst/gst.h>
#include <gst/sdp/sdp.h>
#include <stdio.h>
#include <string.h>

typedef struct {
  gint type; /* GstWebRTCSDPType: 1 is an offer, 3 an answer */
  GstSDPMessage *sdp;
} SessionDescription;

enum { DIRECTION_SENDONLY = 2, DIRECTION_RECVONLY = 3 };
enum { GATHERING_COMPLETE = 2 };

static GMainLoop *loop;
static GstElement *pipeline, *webrtc;
static gint video_frames, audio_buffers, audible, width, height;

static void say(const char *format, ...) {
  va_list args;
  va_start(args, format);
  vprintf(format, args);
  va_end(args);
  fflush(stdout);
}

static void on_gathered(GstElement *bin, GParamSpec *spec, gpointer data) {
  gint state = 0;
  SessionDescription *local = NULL;
  g_object_get(bin, "ice-gathering-state", &state, NULL);
  if (state != GATHERING_COMPLETE) return;
  g_object_get(bin, "local-description", &local, NULL);
  gchar *text = gst_sdp_message_as_text(local->sdp);
  say("%s.\n", text);
  g_free(text);
}

static void on_state(GstElement *bin, GParamSpec *spec, gpointer data) {
  static const char *names[] = {"new", "connecting", "connected", "disconnected", "failed", "closed"};
  gint state = 0;
  g_object_get(bin, "connection-state", &state, NULL);
  say("state %s\n", state < 6 ? names[state] : "?");
}

static void on_offer(GstPromise *promise, gpointer data) {
  const GValue *v = gst_structure_get_value(gst_promise_get_reply(promise), "offer");
  g_signal_emit_by_name(webrtc, "set-local-description", g_value_get_boxed(v), NULL);
  gst_promise_unref(promise);
}

static void make_offer(GstElement *bin, gpointer data) {
  static gint once;
  if (!g_atomic_int_compare_and_exchange(&once, 0, 1)) return;
  g_signal_emit_by_name(bin, "create-offer", NULL, gst_promise_new_with_change_func(on_offer, NULL, NULL));
}

static void on_frame(GstElement *sink, GstBuffer *buffer, GstPad *pad, gpointer data) {
  GstCaps *caps = gst_pad_get_current_caps(pad);
  GstStructure *s = gst_caps_get_structure(caps, 0);
  if (g_str_has_prefix(gst_structure_get_name(s), "video/")) {
    gst_structure_get_int(s, "width", &width);
    gst_structure_get_int(s, "height", &height);
    if (++video_frames % 5 == 0) say("video %dx%d %d\n", width, height, video_frames);
  } else {
    GstMapInfo map;
    if (gst_buffer_map(buffer, &map, GST_MAP_READ)) {
      const gint16 *samples = (const gint16 *)map.data;
      for (gsize i = 0; i < map.size / 2; i++) audible |= samples[i] > 1000 || samples[i] < -1000;
      gst_buffer_unmap(buffer, &map);
    }
    if (++audio_buffers % 10 == 0) say("audio %d %d\n", audio_buffers, audible ? 1 : 0);
  }
  gst_caps_unref(caps);
}

static void on_pad(GstElement *bin, GstPad *pad, gpointer data) {
  if (GST_PAD_DIRECTION(pad) != GST_PAD_SRC) return;
  GstCaps *caps = gst_pad_get_current_caps(pad);
  const char *media = gst_structure_get_string(gst_caps_get_structure(caps, 0), "media");
  const char *chain = g_strcmp0(media, "video") == 0
      ? "rtpvp8depay ! vp8dec ! fakesink name=sink signal-handoffs=true sync=false async=false"
      : "rtpopusdepay ! opusdec ! audioconvert ! audio/x-raw,format=S16LE ! fakesink name=sink signal-handoffs=true sync=false async=false";
  GstElement *part = gst_parse_bin_from_description(chain, TRUE, NULL);
  GstElement *sink = gst_bin_get_by_name(GST_BIN(part), "sink");
  g_signal_connect(sink, "handoff", G_CALLBACK(on_frame), NULL);
  gst_object_unref(sink);
  gst_bin_add(GST_BIN(pipeline), part);
  gst_element_sync_state_with_parent(part);
  GstPad *in = gst_element_get_static_pad(part, "sink");
  if (GST_PAD_LINK_FAILED(gst_pad_link(pad, in))) say("error pads do not link\n");
  gst_object_unref(in);
  gst_caps_unref(caps);
}

static gboolean on_message(GstBus *bus, GstMessage *m, gpointer data) {
  if (GST_MESSAGE_TYPE(m) == GST_MESSAGE_ERROR) {
    GError *error = NULL;
    gst_message_parse_error(m, &error, NULL);
    say("error %s\n", error->message);
    g_error_free(error);
  }
  return TRUE;
}

static void receive(const char *caps_text) {
  GstCaps *caps = gst_caps_from_string(caps_text);
  GObject *transceiver = NULL;
  g_signal_emit_by_name(webrtc, "add-transceiver", DIRECTION_RECVONLY, caps, &transceiver);
  gst_caps_unref(caps);
  if (transceiver) g_object_unref(transceiver);
}

/* Reads the answer, and then waits for the end of standard input. */
static gpointer read_answer(gpointer data) {
  GString *text = g_string_new(NULL);
  char line[4096];
  while (fgets(line, sizeof line, stdin) && strcmp(line, ".\n") != 0) g_string_append(text, line);
  if (text->len > 0) {
    SessionDescription answer = {3, NULL};
    gst_sdp_message_new(&answer.sdp);
    if (gst_sdp_message_parse_buffer((const guint8 *)text->str, text->len, answer.sdp) != GST_SDP_OK) say("error bad answer\n");
    g_signal_emit_by_name(webrtc, "set-remote-description", &answer, NULL);
    gst_sdp_message_free(answer.sdp);
  }
  g_string_free(text, TRUE);
  while (fgets(line, sizeof line, stdin)) {}
  g_main_loop_quit(loop);
  return NULL;
}

int main(int argc, char **argv) {
  gst_init(&argc, &argv);
  gboolean publish = argc > 1 && strcmp(argv[1], "publish") == 0;
  loop = g_main_loop_new(NULL, FALSE);
  GError *error = NULL;
  pipeline = gst_parse_launch(publish
      ? "webrtcbin name=peer bundle-policy=max-bundle "
        "videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=25/1 ! "
        "vp8enc deadline=1 keyframe-max-dist=50 target-bitrate=300000 ! rtpvp8pay picture-id-mode=15-bit ! "
        "application/x-rtp,media=video,encoding-name=VP8,payload=96 ! peer. "
        "audiotestsrc is-live=true wave=sine freq=440 ! audio/x-raw,rate=48000,channels=2 ! opusenc ! rtpopuspay ! "
        "application/x-rtp,media=audio,encoding-name=OPUS,payload=97 ! peer."
      : "webrtcbin name=peer bundle-policy=max-bundle", &error);
  if (!pipeline) {
    say("error %s\n", error->message);
    return 1;
  }
  if (!publish) { /* a pipeline of one element is that element */
    webrtc = pipeline;
    pipeline = gst_pipeline_new(NULL);
    gst_bin_add(GST_BIN(pipeline), webrtc);
    gst_object_ref(webrtc);
  } else {
    webrtc = gst_bin_get_by_name(GST_BIN(pipeline), "peer");
    GArray *list = NULL;
    g_signal_emit_by_name(webrtc, "get-transceivers", &list);
    for (guint i = 0; i < list->len; i++) g_object_set(g_array_index(list, GObject *, i), "direction", DIRECTION_SENDONLY, NULL);
    g_array_unref(list);
  }
  g_signal_connect(webrtc, "notify::ice-gathering-state", G_CALLBACK(on_gathered), NULL);
  g_signal_connect(webrtc, "notify::connection-state", G_CALLBACK(on_state), NULL);
  /* Who receives is asked before there is anything to offer. */
  if (publish) g_signal_connect(webrtc, "on-negotiation-needed", G_CALLBACK(make_offer), NULL);
  g_signal_connect(webrtc, "pad-added", G_CALLBACK(on_pad), NULL);
  GstBus *bus = gst_element_get_bus(pipeline);
  gst_bus_add_watch(bus, on_message, NULL);
  gst_object_unref(bus);
  gst_element_set_state(pipeline, GST_STATE_READY);
  if (!publish) {
    receive("application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,encoding-params=(string)2,payload=97");
    receive("application/x-rtp,media=video,encoding-name=VP8,clock-rate=90000,payload=96");
  }
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  if (!publish) make_offer(webrtc, NULL);
  GThread *reader = g_thread_new("answer", read_answer, NULL);
  g_main_loop_run(loop);
  g_thread_join(reader);
  gst_element_set_state(pipeline, GST_STATE_NULL);
  gst_object_unref(webrtc);
  gst_object_unref(pipeline);
  g_main_loop_unref(loop);
  return 0;
}
