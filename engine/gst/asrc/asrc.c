//go:build cgo && !nogst

#include "asrc.h"

#include <gst/gst.h>
#include <string.h>

#include "sinc.h"

/* How a difference between times and samples is taken out: in AIM, so that a clock that is 500 ppm off is followed at
 * 2 ms. One below IGNORED is that of times in whole milliseconds and is left. One above JUMP is none of a clock's,
 * nor is one above GAP where something is missing: there time goes on where the source says. */
static const double AIM = 4, FASTEST = 0.01, IGNORED = 0.0015, GAP = 0.005, JUMP = 0.08; /* seconds, but for FASTEST */

enum { MOST_CHANNELS = 8 };

typedef struct {
  GstElement parent;
  GstPad *sink, *src;
  /* What follows belongs to the streaming thread. */
  int rate, channels;
  GstClockTime base; /* time of what was first given since time was last taken from the source; none if it is to be */
  guint64 given;     /* frames since then */
  gboolean working;  /* speed has been changed since then */
  gboolean missing;  /* something is missing before the next buffer */
  float *frames;     /* the latest ones, from BEFORE before the next place on */
  gsize have, room;  /* of frames: how many, and for how many samples there is memory */
  double place;      /* of the next frame to give, counted from frames */
} Converter;

typedef struct {
  GstElementClass parent;
} ConverterClass;

static gpointer parent_class;

/* next is the time of the next frame to give. */
static GstClockTime next(const Converter *c) {
  return c->base + gst_util_uint64_scale_int(c->given, GST_SECOND, c->rate);
}

/* anew takes the time from the source. Before the first frame there was silence. */
static void anew(Converter *c, GstClockTime at) {
  c->base = at;
  c->given = 0;
  c->working = FALSE;
  c->have = BEFORE;
  c->place = BEFORE;
  memset(c->frames, 0, BEFORE * c->channels * sizeof *c->frames);
}

/* reserve makes room for more frames. */
static void reserve(Converter *c, gsize more) {
  gsize samples = (c->have + more + TAPS) * c->channels;
  if (samples <= c->room) return;
  c->frames = g_realloc_n(c->frames, samples, sizeof *c->frames);
  c->room = samples;
}

/* append takes frames up. */
static void append(Converter *c, const gint16 *samples, gsize n) {
  float *to = c->frames + c->have * c->channels;
  for (gsize i = 0; i < n * c->channels; i++) to[i] = samples[i];
  c->have += n;
}

/* forget drops the frames that no place to come needs. */
static void forget(Converter *c) {
  gsize gone = (gsize)c->place - BEFORE;
  if (gone == 0) return;
  memmove(c->frames, c->frames + gone * c->channels, (c->have - gone) * c->channels * sizeof *c->frames);
  c->have -= gone;
  c->place -= gone;
}

/* convert makes what can be made of the frames that are there, a step of them for each. NULL if that is nothing. */
static GstBuffer *convert(Converter *c, double step) {
  double left = (double)c->have - TAPS / 2 - c->place;
  if (left < 0) return NULL;
  gsize most = (gsize)(left / step) + 1, made = 0, size = c->channels * sizeof(gint16);
  GstBuffer *out = gst_buffer_new_allocate(NULL, most * size, NULL);
  GstMapInfo map;
  if (out == NULL || !gst_buffer_map(out, &map, GST_MAP_WRITE)) {
    gst_clear_buffer(&out);
    return NULL;
  }
  for (; made < most && (gsize)c->place + TAPS / 2 < c->have; made++, c->place += step) {
    gsize whole = (gsize)c->place;
    sl_sinc(c->frames + (whole - BEFORE) * c->channels, c->channels, c->place - whole, (gint16 *)map.data + made * c->channels);
  }
  gst_buffer_unmap(out, &map);
  if (made == 0) {
    gst_buffer_unref(out);
    return NULL;
  }
  gst_buffer_set_size(out, made * size);
  GST_BUFFER_PTS(out) = next(c);
  c->given += made;
  GST_BUFFER_DURATION(out) = next(c) - GST_BUFFER_PTS(out);
  forget(c);
  return out;
}

/* late is by how many seconds the next frame to give is behind its time: less than none if it is early. The buffer's first
 * frame will be the next that is taken up. */
static double late(const Converter *c, GstClockTime pts) {
  if (!GST_CLOCK_TIME_IS_VALID(pts)) return 0;
  double of_input = GST_CLOCK_DIFF(next(c), pts) / (double)GST_SECOND;
  return of_input + (c->place - (double)c->have) / c->rate;
}

static double bounded(double x, double most) { return x > most ? most : x < -most ? -most : x; }

/* keep holds on to what may be needed of frames that pass as they are. */
static void keep(Converter *c, gsize n) {
  c->place = c->have;
  c->given += n;
  forget(c);
}

/* take gives what becomes of a buffer: itself, a new one, or NULL for nothing yet. */
static GstBuffer *take(Converter *c, GstBuffer *in, const gint16 *samples, gsize n, gboolean *jumps) {
  GstClockTime pts = GST_BUFFER_PTS(in);
  gboolean missing = c->missing || GST_BUFFER_IS_DISCONT(in), begun = GST_CLOCK_TIME_IS_VALID(c->base);
  if (!begun && !GST_CLOCK_TIME_IS_VALID(pts)) return in; /* nothing is known of its time */
  c->missing = FALSE;
  reserve(c, n);
  double off = begun ? late(c, pts) : 0;
  if (!begun || ABS(off) > (missing ? GAP : JUMP)) {
    *jumps = begun;
    anew(c, pts);
    off = 0;
  }
  append(c, samples, n);
  if (c->working || ABS(off) > IGNORED) {
    c->working = TRUE;
    return convert(c, 1 - bounded(off / AIM, FASTEST));
  }
  keep(c, n);
  return in;
}

static GstFlowReturn chain(GstPad *pad, GstObject *parent, GstBuffer *in) {
  (void)pad;
  Converter *c = (Converter *)parent;
  GstMapInfo map;
  gboolean jumps = FALSE;
  if (c->channels == 0 || !gst_buffer_map(in, &map, GST_MAP_READ)) {
    gst_buffer_unref(in);
    return GST_FLOW_NOT_NEGOTIATED;
  }
  GstBuffer *out = take(c, in, (const gint16 *)map.data, map.size / sizeof(gint16) / c->channels, &jumps);
  gst_buffer_unmap(in, &map);
  if (out != in) gst_buffer_unref(in);
  if (out == NULL) return GST_FLOW_OK;
  if (jumps) {
    out = gst_buffer_make_writable(out);
    GST_BUFFER_FLAG_SET(out, GST_BUFFER_FLAG_DISCONT);
  }
  return gst_pad_push(c->src, out);
}

/* retake has the next buffer say what time it is. */
static void retake(Converter *c) {
  c->base = GST_CLOCK_TIME_NONE;
  c->have = 0;
  c->missing = FALSE;
}

static void describe(Converter *c, GstEvent *event) {
  GstCaps *caps = NULL;
  gst_event_parse_caps(event, &caps);
  const GstStructure *s = gst_caps_get_structure(caps, 0);
  retake(c);
  if (!gst_structure_get_int(s, "rate", &c->rate) || !gst_structure_get_int(s, "channels", &c->channels) || c->rate < 1 ||
      c->channels < 1 || c->channels > MOST_CHANNELS)
    c->channels = 0;
}

static gboolean on_event(GstPad *pad, GstObject *parent, GstEvent *event) {
  Converter *c = (Converter *)parent;
  switch (GST_EVENT_TYPE(event)) {
    case GST_EVENT_CAPS: describe(c, event); break;
    case GST_EVENT_SEGMENT:
    case GST_EVENT_FLUSH_STOP: retake(c); break;
    case GST_EVENT_GAP: c->missing = TRUE; break;
    default: break;
  }
  return gst_pad_event_default(pad, parent, event);
}

static GstStateChangeReturn change_state(GstElement *element, GstStateChange change) {
  GstStateChangeReturn done = GST_ELEMENT_CLASS(parent_class)->change_state(element, change);
  if (change == GST_STATE_CHANGE_PAUSED_TO_READY) retake((Converter *)element);
  return done;
}

static void finalize(GObject *object) {
  g_free(((Converter *)object)->frames);
  G_OBJECT_CLASS(parent_class)->finalize(object);
}

#if G_BYTE_ORDER == G_LITTLE_ENDIAN
#define FORMAT "S16LE"
#else
#define FORMAT "S16BE"
#endif
#define CAPS GST_STATIC_CAPS("audio/x-raw, format=" FORMAT ", rate=[1,max], channels=[1,8], layout=interleaved")
static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE("sink", GST_PAD_SINK, GST_PAD_ALWAYS, CAPS);
static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE("src", GST_PAD_SRC, GST_PAD_ALWAYS, CAPS);

static void class_init(gpointer class, gpointer data) {
  (void)data;
  GstElementClass *element = class;
  parent_class = g_type_class_peek_parent(class);
  ((GObjectClass *)class)->finalize = finalize;
  element->change_state = change_state;
  gst_element_class_add_static_pad_template(element, &sink_template);
  gst_element_class_add_static_pad_template(element, &src_template);
  gst_element_class_set_static_metadata(element, "Asynchronous sample rate converter", "Filter/Converter/Audio",
      "Makes a sound last as long as its times say", "sluice");
  sl_sinc_begin();
}

static void instance_init(GTypeInstance *instance, gpointer class) {
  (void)class;
  Converter *c = (Converter *)instance;
  c->sink = gst_pad_new_from_static_template(&sink_template, "sink");
  c->src = gst_pad_new_from_static_template(&src_template, "src");
  gst_pad_set_chain_function(c->sink, chain);
  gst_pad_set_event_function(c->sink, on_event);
  GST_PAD_SET_PROXY_CAPS(c->sink);
  GST_PAD_SET_PROXY_CAPS(c->src);
  GST_PAD_SET_PROXY_SCHEDULING(c->sink);
  gst_element_add_pad(GST_ELEMENT(c), c->sink);
  gst_element_add_pad(GST_ELEMENT(c), c->src);
  retake(c);
}

static GMutex registering;

int sl_asrc_register(void) {
  static const char name[] = "sluiceasrc";
  if (!gst_init_check(NULL, NULL, NULL)) return 0;
  g_mutex_lock(&registering);
  GstElementFactory *there = gst_element_factory_find(name);
  gboolean ok = there != NULL;
  if (ok) {
    gst_object_unref(there);
  } else {
    GTypeInfo info = {
        .class_size = sizeof(ConverterClass), .class_init = class_init, .instance_size = sizeof(Converter),
        .instance_init = instance_init};
    GType type = g_type_register_static(GST_TYPE_ELEMENT, "SluiceAsrc", &info, 0);
    ok = gst_element_register(NULL, name, GST_RANK_NONE, type);
  }
  g_mutex_unlock(&registering);
  return ok;
}
