// What of GStreamer's API go-gst has not, or has only at a price: values set from text with an answer, the bus without
// a thread, counting and looking probes in C, and media in and out without garbage. Every callback into Go is given a
// handle, which goes back to Go (goRelease) when GStreamer lets go of the callback.
#pragma once

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <stdint.h>

enum { SL_ERROR = 1, SL_WARNING, SL_EOS, SL_ELEMENT, SL_LATENCY };

typedef struct {
	int kind;
	const char *source; // the pipeline's child in which it happened; NULL for the pipeline itself
	const char *domain; // of an error: the name of its quark
	int code, flow;
	const char *text, *debug;
} sl_message;

enum { SL_FIRST, SL_ENDED, SL_EMPTY, SL_TOLD };

// What a pad has let through. Written by its streaming thread, read by any.
typedef struct {
	gint64 units, bytes, keys;
	gint64 at;   // monotonic time of the last unit, ns; 0 if there was none
	gint64 last; // end of the last unit in running time, ns; -1 if not known
	gint64 ended;
	gint refs;
	uintptr_t told[SL_TOLD]; // who is told of what; 0 if nobody is
	GstSegment segment; // in force; its streaming thread's own
} sl_count;

typedef struct {
	const void *data;
	gsize size;
	gint64 pts, dts, duration; // running time, ns; -1 if there is none
	guint flags;               // SL_KEY …
	void *caps;                // in force; only its identity matters
} sl_buffer;

enum { SL_KEY = 1, SL_HEADER = 2, SL_END = 4, SL_DISCONT = 8 };

char *sl_set(gpointer object, const char *name, const char *text, gboolean playing);
char *sl_get(gpointer object, const char *name);
void *sl_ramp(GObject *object, GstElement *of, const char *name, const char *text, gint64 over, gint64 *end);
void sl_ramp_end(GObject *object, const char *name, const char *text, void *ramp);
gint64 sl_position(GstElement *element);
void sl_watch(GstElement *pipeline, uintptr_t handle);
void sl_unwatch(GstElement *pipeline);
void sl_pad_added(GstElement *element, uintptr_t handle);
int sl_state(GstElement *element, int state);
int sl_state_return(GstElement *element);
void sl_lock_state(GstElement *element, gboolean locked);
gboolean sl_sync(GstElement *element);
void sl_latency(GstElement *pipeline);
gint64 sl_now(void);
void sl_keep_time(GstElement *pipeline, gint64 base);
void sl_end(GstElement *element);
gboolean sl_end_pad(GstPad *pad);
void sl_onset(GstPad *pad, uintptr_t handle);
gint64 sl_duration(GstPad *pad);
char *sl_caps(GstPad *pad);
char *sl_caps_text(void *caps);
char *sl_name(gpointer object);
int sl_direction(GstPad *pad);
gboolean sl_is_source(GstElement *element);
gboolean sl_is_sink(GstElement *element);

GstPad *sl_pick(GstElement *element, const char *name, gboolean gives, GstPad *peer);
void sl_early_end(GstElement *element);
void sl_prime(GstElement *encoder, int samples);
gboolean sl_playable(gpointer object, const char *name);
GstPad *sl_unlink_source(GstPad *src);
GstPad *sl_unlink_idle(GstPad *src);
void sl_unlink_sink(GstPad *sink);
const char *sl_klass(GstElement *element);
gboolean sl_changing(GstElement *element);
gboolean sl_has_format(GstPad *pad);
gboolean sl_requested(GstPad *pad);

gint64 sl_running(GstPad *pad, GstClockTime t);
sl_count *sl_count_pad(GstPad *pad, uintptr_t first, uintptr_t ended, uintptr_t empty);
void sl_count_free(sl_count *count);
void sl_tap(GstPad *pad, uintptr_t handle);
void sl_discard(GstPad *pad);

void sl_feed_watch(GstElement *appsrc, uintptr_t handle);
int sl_feed_push(GstElement *appsrc, const void *data, gsize size, gint64 pts, gint64 dts, guint flags);
char *sl_feed_caps(GstElement *appsrc, const char *caps);
void sl_feed_gap(GstElement *appsrc, gint64 pts, gint64 length);
void sl_feed_end(GstElement *appsrc);
void sl_feed_flush(GstElement *appsrc);
void sl_drain(GstElement *appsink, uintptr_t handle);
void sl_drain_key(GstElement *appsink);
int sl_pull(GstElement *appsink, gint64 wait, void **out, gsize *size, char **caps);
