/* hazard passes on what it is given, and after so many buffers does something that no element should. It is a plugin for tests
 * of what survives it. When it strikes it says so on standard error, so that a test need not guess. */
#include <gst/base/gstbasetransform.h>
#include <gst/gst.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef enum { NONE, SEGV, ABORT, EXIT, WEDGE_CHAIN, WEDGE_STATE, FAIL, FLOOD, SLOW, LEAK } Mode;

static GType mode_type(void) {
  static gsize type = 0;
  static const GEnumValue values[] = {
      {NONE, "Does nothing", "none"},
      {SEGV, "Writes to address 0", "segv"},
      {ABORT, "Calls abort", "abort"},
      {EXIT, "Ends the process with status 3", "exit"},
      {WEDGE_CHAIN, "Never returns from a buffer", "wedge-chain"},
      {WEDGE_STATE, "Never returns from a change of state: from starting if after is 0, else from stopping", "wedge-state"},
      {FAIL, "Posts an error", "error"},
      {FLOOD, "Sends one buffer on and on, until nobody takes it", "flood"},
      {SLOW, "Waits before every buffer", "slow"},
      {LEAK, "Keeps a megabyte for every buffer", "leak"},
      {0, NULL, NULL}};
  if (g_once_init_enter(&type)) g_once_init_leave(&type, g_enum_register_static("HazardMode", values));
  return (GType)type;
}

typedef struct {
  GstBaseTransform parent;
  Mode mode;
  guint after, delay;
  guint seen;
} Hazard;

typedef GstBaseTransformClass HazardClass;

G_DEFINE_TYPE(Hazard, hazard, GST_TYPE_BASE_TRANSFORM)

enum { P_MODE = 1, P_AFTER, P_DELAY };

static void say(const char *what) {
  fprintf(stderr, "hazard: %s\n", what);
  fflush(stderr);
}

static void wedge(void) {
  for (;;) pause();
}

/* strike does what the mode says; what it gives the element gives back. */
static GstFlowReturn strike(Hazard *h, GstBuffer *b) {
  switch (h->mode) {
    case SEGV:
      say("segv");
      *(volatile int *)NULL = 1;
      break;
    case ABORT: say("abort"); abort();
    case EXIT: say("exit"); _exit(3);
    case WEDGE_CHAIN: say("wedge-chain"); wedge(); break;
    case FAIL: GST_ELEMENT_ERROR(h, STREAM, FAILED, ("hazard struck"), ("after %u buffers", h->after)); return GST_FLOW_ERROR;
    case FLOOD: {
      GstFlowReturn flow = GST_FLOW_OK;
      say("flood");
      while (flow == GST_FLOW_OK) flow = gst_pad_push(GST_BASE_TRANSFORM_SRC_PAD(h), gst_buffer_copy(b));
      return flow;
    }
    case SLOW: g_usleep((gulong)h->delay * 1000); break;
    case LEAK: memset(g_malloc(1 << 20), 1, 1 << 20); break;
    default: break;
  }
  return GST_FLOW_OK;
}

static GstFlowReturn transform(GstBaseTransform *base, GstBuffer *b) {
  Hazard *h = (Hazard *)base;
  return h->seen++ < h->after ? GST_FLOW_OK : strike(h, b);
}

static GstStateChangeReturn change_state(GstElement *e, GstStateChange change) {
  Hazard *h = (Hazard *)e;
  GstStateChange when = h->after == 0 ? GST_STATE_CHANGE_READY_TO_PAUSED : GST_STATE_CHANGE_PAUSED_TO_READY;
  if (h->mode == WEDGE_STATE && change == when) {
    say("wedge-state");
    wedge();
  }
  if (change == GST_STATE_CHANGE_READY_TO_PAUSED) h->seen = 0;
  return GST_ELEMENT_CLASS(hazard_parent_class)->change_state(e, change);
}

static void set_property(GObject *o, guint id, const GValue *v, GParamSpec *spec) {
  Hazard *h = (Hazard *)o;
  switch (id) {
    case P_MODE: h->mode = g_value_get_enum(v); break;
    case P_AFTER: h->after = g_value_get_uint(v); break;
    case P_DELAY: h->delay = g_value_get_uint(v); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID(o, id, spec);
  }
}

static void get_property(GObject *o, guint id, GValue *v, GParamSpec *spec) {
  Hazard *h = (Hazard *)o;
  switch (id) {
    case P_MODE: g_value_set_enum(v, h->mode); break;
    case P_AFTER: g_value_set_uint(v, h->after); break;
    case P_DELAY: g_value_set_uint(v, h->delay); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID(o, id, spec);
  }
}

static GstStaticPadTemplate sink = GST_STATIC_PAD_TEMPLATE("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);
static GstStaticPadTemplate src = GST_STATIC_PAD_TEMPLATE("src", GST_PAD_SRC, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

static void hazard_class_init(HazardClass *class) {
  GObjectClass *object = G_OBJECT_CLASS(class);
  GstElementClass *element = GST_ELEMENT_CLASS(class);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING;
  object->set_property = set_property;
  object->get_property = get_property;
  g_object_class_install_property(object, P_MODE, g_param_spec_enum("mode", "mode", "What to do", mode_type(), NONE, flags));
  g_object_class_install_property(object, P_AFTER,
      g_param_spec_uint("after", "after", "How many buffers to pass before", 0, G_MAXUINT, 0, flags));
  g_object_class_install_property(object, P_DELAY,
      g_param_spec_uint("delay", "delay", "How many milliseconds slow waits", 0, G_MAXUINT, 100, flags));
  gst_element_class_add_static_pad_template(element, &sink);
  gst_element_class_add_static_pad_template(element, &src);
  gst_element_class_set_static_metadata(element, "Hazard", "Generic", "Misbehaves, for tests", "sluice");
  element->change_state = change_state;
  GST_BASE_TRANSFORM_CLASS(class)->transform_ip = transform;
  GST_BASE_TRANSFORM_CLASS(class)->transform_ip_on_passthrough = TRUE;
  GST_BASE_TRANSFORM_CLASS(class)->passthrough_on_same_caps = TRUE;
}

static void hazard_init(Hazard *h) { h->delay = 100; }

static gboolean load(GstPlugin *plugin) { return gst_element_register(plugin, "hazard", GST_RANK_NONE, hazard_get_type()); }

#define PACKAGE "sluice"
GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, hazard, "Misbehaves, for tests", load, "1.0", "MIT/X11", "sluice", "none")
