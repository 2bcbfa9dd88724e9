//go:build cgo && !nogst

#include "encoder.h"

#include <dlfcn.h>
#include <gst/audio/gstaudioencoder.h>
#include <gst/gst.h>
#include <string.h>

/* G.729 has frames of 10 ms: 80 samples in, 10 bytes out. The encoder looks 5 ms ahead (G.729 3.2.1), so that what a
 * decoder gives is later than what went in by that. */
enum { RATE = 8000, SAMPLES = 80, BYTES = 10, AHEAD = 40 };

/* What is used of libbcg729. The signatures are those of 1.0.2 and later; 1.0.0 and 1.0.1 have the same soname, take
 * no enableVAD and give no length, and are called the same way: surplus arguments do no harm on any machine that GStreamer
 * runs on, and the length keeps what it was set to. */
typedef struct {
  void *library;
  void *(*open)(guint8 enable_vad);
  void (*close)(void *state);
  void (*encode)(void *state, const gint16 *samples, guint8 *bits, guint8 *length);
} Codec;

/* codec_open finds the library, or leaves why it did not in problem, a text to free. It is closed by codec_close. */
static gboolean codec_open(Codec *c, const char *name, char **problem) {
  c->library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (c->library != NULL) {
    c->open = (void *(*)(guint8))dlsym(c->library, "initBcg729EncoderChannel");
    c->close = (void (*)(void *))dlsym(c->library, "closeBcg729EncoderChannel");
    c->encode = (void (*)(void *, const gint16 *, guint8 *, guint8 *))dlsym(c->library, "bcg729Encoder");
    if (c->open != NULL && c->close != NULL && c->encode != NULL) return TRUE;
  }
  const char *why = dlerror();
  *problem = g_strdup(why != NULL ? why : "it lacks a function");
  if (c->library != NULL) dlclose(c->library);
  memset(c, 0, sizeof *c);
  return FALSE;
}

static void codec_close(Codec *c) {
  if (c->library != NULL) dlclose(c->library);
  memset(c, 0, sizeof *c);
}

/* What is used of GStreamer's library for sound. It is not linked, as every worker would load it for the few that encode
 * G.729. It is found once, before the first element is made, and stays. */
static struct {
  GType (*type)(void);
  void (*samples_min)(GstAudioEncoder *, gint);
  void (*samples_max)(GstAudioEncoder *, gint);
  void (*frame_max)(GstAudioEncoder *, gint);
  void (*latency)(GstAudioEncoder *, GstClockTime, GstClockTime);
  gboolean (*output_format)(GstAudioEncoder *, GstCaps *);
  GstBuffer *(*allocate)(GstAudioEncoder *, gsize);
  GstFlowReturn (*finish)(GstAudioEncoder *, GstBuffer *, gint);
} audio;

/* audio_open finds that library; false if it cannot. */
static gboolean audio_open(void) {
  void *library = dlopen("libgstaudio-1.0.so.0", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) return FALSE;
  *(void **)&audio.type = dlsym(library, "gst_audio_encoder_get_type");
  *(void **)&audio.samples_min = dlsym(library, "gst_audio_encoder_set_frame_samples_min");
  *(void **)&audio.samples_max = dlsym(library, "gst_audio_encoder_set_frame_samples_max");
  *(void **)&audio.frame_max = dlsym(library, "gst_audio_encoder_set_frame_max");
  *(void **)&audio.latency = dlsym(library, "gst_audio_encoder_set_latency");
  *(void **)&audio.output_format = dlsym(library, "gst_audio_encoder_set_output_format");
  *(void **)&audio.allocate = dlsym(library, "gst_audio_encoder_allocate_output_buffer");
  *(void **)&audio.finish = dlsym(library, "gst_audio_encoder_finish_frame");
  return audio.type != NULL && audio.samples_min != NULL && audio.samples_max != NULL && audio.frame_max != NULL &&
         audio.latency != NULL && audio.output_format != NULL && audio.allocate != NULL && audio.finish != NULL;
}

typedef struct {
  GstAudioEncoder parent;
  Codec codec; /* open between start and stop */
  void *state; /* of libbcg729 */
} Encoder;

typedef struct {
  GstAudioEncoderClass parent;
  char *library; /* the name under which registration found it */
} EncoderClass;

/* renew begins the coding anew, as after a gap. */
static void renew(Encoder *e) {
  if (e->state != NULL) e->codec.close(e->state);
  e->state = e->codec.open(0); /* no silence suppression: frames would have other lengths */
}

static gboolean encoder_start(GstAudioEncoder *base) {
  Encoder *e = (Encoder *)base;
  const char *name = ((EncoderClass *)G_OBJECT_GET_CLASS(e))->library;
  char *problem = NULL;
  if (!codec_open(&e->codec, name, &problem)) {
    GST_ELEMENT_ERROR(e, LIBRARY, INIT, ("G.729 cannot be encoded: the library %s is gone", name), ("%s", problem));
    g_free(problem);
    return FALSE;
  }
  renew(e);
  if (e->state != NULL) return TRUE;
  codec_close(&e->codec);
  GST_ELEMENT_ERROR(e, LIBRARY, INIT, ("G.729 cannot be encoded: libbcg729 does not start"), (NULL));
  return FALSE;
}

static gboolean encoder_stop(GstAudioEncoder *base) {
  Encoder *e = (Encoder *)base;
  if (e->state != NULL) e->codec.close(e->state);
  e->state = NULL;
  codec_close(&e->codec);
  return TRUE;
}

static gboolean encoder_set_format(GstAudioEncoder *base, GstAudioInfo *info) {
  (void)info; /* the pad takes only one */
  audio.samples_min(base, SAMPLES);
  audio.samples_max(base, SAMPLES);
  audio.frame_max(base, 1);
  GstClockTime latency = gst_util_uint64_scale_int(SAMPLES + AHEAD, GST_SECOND, RATE);
  audio.latency(base, latency, latency);
  GstCaps *caps = gst_caps_new_simple("audio/G729", "rate", G_TYPE_INT, RATE, "channels", G_TYPE_INT, 1, NULL);
  gboolean ok = audio.output_format(base, caps);
  gst_caps_unref(caps);
  return ok;
}

/* At the end there may be less than a frame; silence fills it up. */
static GstFlowReturn encoder_handle_frame(GstAudioEncoder *base, GstBuffer *in) {
  Encoder *e = (Encoder *)base;
  gint16 samples[SAMPLES] = {0};
  guint8 bits[BYTES] = {0}, length = BYTES;
  if (in == NULL) return GST_FLOW_OK; /* nothing is kept back */
  gsize have = gst_buffer_extract(in, 0, samples, sizeof samples) / sizeof samples[0];
  if (have == 0) return GST_FLOW_OK;
  e->codec.encode(e->state, samples, bits, &length);
  GstBuffer *out = audio.allocate(base, length <= BYTES ? length : BYTES);
  if (out == NULL) return GST_FLOW_ERROR;
  gst_buffer_fill(out, 0, bits, gst_buffer_get_size(out));
  return audio.finish(base, out, (gint)have);
}

static void encoder_flush(GstAudioEncoder *base) {
  Encoder *e = (Encoder *)base;
  if (e->state != NULL) renew(e);
}

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE("sink", GST_PAD_SINK, GST_PAD_ALWAYS,
    GST_STATIC_CAPS("audio/x-raw, format=" GST_AUDIO_NE(S16) ", rate=8000, channels=1, layout=interleaved"));
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE("src", GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS("audio/G729, rate=8000, channels=1"));

static void encoder_class_init(gpointer class, gpointer library) {
  GstElementClass *element = class;
  GstAudioEncoderClass *encoder = class;
  ((EncoderClass *)class)->library = library;
  gst_element_class_add_static_pad_template(element, &sink_template);
  gst_element_class_add_static_pad_template(element, &src_template);
  gst_element_class_set_static_metadata(element, "G.729 encoder", "Codec/Encoder/Audio",
      "Encodes G.729 Annex A with libbcg729, 8 kbit/s in frames of 10 ms", "sluice");
  encoder->start = encoder_start;
  encoder->stop = encoder_stop;
  encoder->set_format = encoder_set_format;
  encoder->handle_frame = encoder_handle_frame;
  encoder->flush = encoder_flush;
}

static void encoder_init(GTypeInstance *instance, gpointer class) {
  (void)class;
  GST_PAD_SET_ACCEPT_TEMPLATE(GST_AUDIO_ENCODER_SINK_PAD(instance));
}

/* make_type makes the type of the element; the name of the library belongs to it and stays, as types do. */
static GType make_type(const char *element, const char *library) {
  GTypeInfo info = {
      .class_size = sizeof(EncoderClass), .class_init = encoder_class_init, .class_data = g_strdup(library),
      .instance_size = sizeof(Encoder), .instance_init = encoder_init};
  char *name = g_strconcat("Sluice-", element, NULL);
  GType type = g_type_register_static(audio.type(), name, &info, 0);
  g_free(name);
  return type;
}

static GMutex registering;

char *sl_g729_register(const char *element, const char *const *library, int *missing) {
  GError *error = NULL;
  char *problem = NULL;
  Codec codec;
  *missing = 0;
  if (!gst_init_check(NULL, NULL, &error)) {
    problem = g_strdup(error != NULL ? error->message : "no reason given");
    g_clear_error(&error);
    return problem;
  }
  g_mutex_lock(&registering);
  GstElementFactory *there = gst_element_factory_find(element);
  if (there == NULL) {
    gboolean found = FALSE;
    for (; *library != NULL && !found; library += !found) {
      g_clear_pointer(&problem, g_free);
      found = codec_open(&codec, *library, &problem);
    }
    *missing = !found;
    if (found) {
      codec_close(&codec); /* each element opens it for itself while it plays */
      if (!audio_open() || !gst_element_register(NULL, element, GST_RANK_PRIMARY, make_type(element, *library)))
        problem = g_strdup("GStreamer does not take the element");
    }
  } else {
    gst_object_unref(there);
  }
  g_mutex_unlock(&registering);
  return problem;
}
