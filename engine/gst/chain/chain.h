/* A row of elements through which sound is pushed, and out of which it comes within the call. One thread at a time. */
#ifndef SLUICE_CHAIN_H
#define SLUICE_CHAIN_H

#include <gst/gst.h>

/* What came out, in its order. */
enum { SL_CHAIN_UNIT, SL_CHAIN_GAP, SL_CHAIN_FORMAT, SL_CHAIN_END };

typedef struct {
  int kind;
  gint64 pts, duration; /* ns; -1 if there is none */
  gsize at, size;       /* within data */
} sl_chain_frame;

/* What is allowed to come out of one call. More is a defect of an element: a second of sound in frames of 2.5 ms are 400. */
enum { SL_CHAIN_FRAMES = 1024, SL_CHAIN_BYTES = 1 << 20 };

typedef struct {
  /* To be read after each call, until the next. */
  guint8 *data;
  sl_chain_frame *frames;
  guint count;
  gboolean wrong; /* an element has said what is wrong: the fields below */
  gboolean flood; /* more came out than is allowed */
  char *source, *domain, *text, *debug;
  int code;
  int rate, channels; /* of what comes out, since the last frame of the kind format; 0 if not said */
  GstBuffer *codec_data;
  /* Private. */
  gsize used, room;
  guint most;
  GstElement *bin;
  GPtrArray *elements; /* in their order; the bin's */
  GstPad *in, *out;
  GstBus *bus;
  GMutex mutex; /* of what is wrong: an element may say it whenever it is asked something */
  GstCaps *caps;
  gboolean begun, flowing; /* stream and segment have been announced */
} sl_chain;

sl_chain *sl_chain_new(void);
void sl_chain_free(sl_chain *c);
GstElement *sl_chain_add(sl_chain *c, const char *factory, const char *name);
int sl_chain_link(sl_chain *c);
gboolean sl_chain_play(sl_chain *c);
int sl_chain_describe(sl_chain *c, const char *caps);
int sl_chain_push(sl_chain *c, const void *data, gsize size, gint64 pts, gint64 duration);
int sl_chain_gap(sl_chain *c, gint64 from, gint64 length);
int sl_chain_end(sl_chain *c);
int sl_chain_flush(sl_chain *c);
int sl_chain_blame(sl_chain *c);

#endif
