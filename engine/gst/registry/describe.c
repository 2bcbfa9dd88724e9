//go:build cgo && !nogst

#include "describe.h"

#include <dlfcn.h>
#include <gst/gst.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* JSON is written without looking back: every member and item ends in a comma, and close_with takes the last one away
 * again. Strings are taken to be UTF-8, which GLib demands of names and descriptions. */

static void close_with(GString *out, char bracket) {
  if (out->len > 0 && out->str[out->len - 1] == ',') g_string_truncate(out, out->len - 1);
  g_string_append_c(out, bracket);
  g_string_append_c(out, ',');
}

static void text(GString *out, const char *s) {
  g_string_append_c(out, '"');
  for (; s != NULL && *s != 0; s++) {
    unsigned char c = (unsigned char)*s;
    if (c == '"' || c == '\\')
      g_string_append_printf(out, "\\%c", c);
    else if (c < 0x20)
      g_string_append_printf(out, "\\u%04x", c);
    else
      g_string_append_c(out, (char)c);
  }
  g_string_append(out, "\",");
}

static void key(GString *out, const char *name) {
  text(out, name);
  out->str[out->len - 1] = ':';
}

static void member(GString *out, const char *name, const char *value) {
  if (value == NULL || *value == 0) return;
  key(out, name);
  text(out, value);
}

static void number(GString *out, const char *name, double f) {
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  if (!isfinite(f)) return;
  key(out, name);
  g_string_append_printf(out, "%s,", g_ascii_dtostr(digits, sizeof digits, f));
}

/* flags_text joins the nicks of the flags that are set with a plus, as GStreamer reads them. */
static char *flags_text(GFlagsClass *class, guint set) {
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < class->n_values; i++) {
    const GFlagsValue *v = &class->values[i];
    if (v->value == 0 || (set & v->value) != v->value) continue;
    if (out->len > 0) g_string_append_c(out, '+');
    g_string_append(out, v->value_nick);
    set &= ~v->value;
  }
  if (out->len == 0) {
    const GFlagsValue *zero = g_flags_get_first_value(class, 0);
    for (guint i = 0; zero == NULL && i < class->n_values; i++)
      if (class->values[i].value == 0) zero = &class->values[i];
    if (zero != NULL) g_string_append(out, zero->value_nick);
  }
  return g_string_free(out, FALSE);
}

/* plain writes a value of a type that has no words, only digits, as a member. FALSE if v is of another type. */
static gboolean plain(GString *out, const char *name, const GValue *v) {
  switch (G_TYPE_FUNDAMENTAL(G_VALUE_TYPE(v))) {
    case G_TYPE_CHAR: key(out, name); g_string_append_printf(out, "%d,", g_value_get_schar(v)); return TRUE;
    case G_TYPE_UCHAR: key(out, name); g_string_append_printf(out, "%u,", g_value_get_uchar(v)); return TRUE;
    case G_TYPE_INT: key(out, name); g_string_append_printf(out, "%d,", g_value_get_int(v)); return TRUE;
    case G_TYPE_UINT: key(out, name); g_string_append_printf(out, "%u,", g_value_get_uint(v)); return TRUE;
    case G_TYPE_LONG: key(out, name); g_string_append_printf(out, "%ld,", g_value_get_long(v)); return TRUE;
    case G_TYPE_ULONG: key(out, name); g_string_append_printf(out, "%lu,", g_value_get_ulong(v)); return TRUE;
    case G_TYPE_INT64:
      key(out, name);
      g_string_append_printf(out, "%" G_GINT64_FORMAT ",", g_value_get_int64(v));
      return TRUE;
    case G_TYPE_UINT64:
      key(out, name);
      g_string_append_printf(out, "%" G_GUINT64_FORMAT ",", g_value_get_uint64(v));
      return TRUE;
    case G_TYPE_FLOAT: number(out, name, g_value_get_float(v)); return TRUE;
    case G_TYPE_DOUBLE: number(out, name, g_value_get_double(v)); return TRUE;
    case G_TYPE_BOOLEAN:
      key(out, name);
      g_string_append(out, g_value_get_boolean(v) ? "true," : "false,");
      return TRUE;
    default: return FALSE;
  }
}

/* worded is plain for types that are written in words. Objects and the like have no text; nothing is written. */
static void worded(GString *out, const char *name, const GParamSpec *spec, const GValue *v) {
  char *s = NULL;
  if (G_IS_PARAM_SPEC_ENUM(spec)) {
    GEnumValue *e = g_enum_get_value(G_PARAM_SPEC_ENUM(spec)->enum_class, g_value_get_enum(v));
    if (e != NULL) s = g_strdup(e->value_nick);
  } else if (G_IS_PARAM_SPEC_FLAGS(spec)) {
    s = flags_text(G_PARAM_SPEC_FLAGS(spec)->flags_class, g_value_get_flags(v));
  } else if (G_VALUE_HOLDS_STRING(v)) {
    s = g_value_dup_string(v);
  } else if (GST_VALUE_HOLDS_FRACTION(v)) {
    s = g_strdup_printf("%d/%d", gst_value_get_fraction_numerator(v), gst_value_get_fraction_denominator(v));
  } else if (GST_VALUE_HOLDS_CAPS(v) && gst_value_get_caps(v) != NULL) {
    s = gst_caps_to_string(gst_value_get_caps(v));
  } else if (GST_VALUE_HOLDS_STRUCTURE(v) && gst_value_get_structure(v) != NULL) {
    s = gst_structure_to_string(gst_value_get_structure(v));
  }
  member(out, name, s);
  g_free(s);
}

static void any_value(GString *out, const char *name, const GParamSpec *spec, const GValue *v) {
  if (!plain(out, name, v)) worded(out, name, spec, v);
}

#define LIMITS(SPEC, format) \
  g_string_append_printf(out, "\"min\":%" format ",\"max\":%" format ",", (SPEC)->minimum, (SPEC)->maximum)

static void limits(GString *out, GParamSpec *spec) {
  if (G_IS_PARAM_SPEC_CHAR(spec)) LIMITS(G_PARAM_SPEC_CHAR(spec), "d");
  else if (G_IS_PARAM_SPEC_UCHAR(spec)) LIMITS(G_PARAM_SPEC_UCHAR(spec), "u");
  else if (G_IS_PARAM_SPEC_INT(spec)) LIMITS(G_PARAM_SPEC_INT(spec), "d");
  else if (G_IS_PARAM_SPEC_UINT(spec)) LIMITS(G_PARAM_SPEC_UINT(spec), "u");
  else if (G_IS_PARAM_SPEC_LONG(spec)) LIMITS(G_PARAM_SPEC_LONG(spec), "ld");
  else if (G_IS_PARAM_SPEC_ULONG(spec)) LIMITS(G_PARAM_SPEC_ULONG(spec), "lu");
  else if (G_IS_PARAM_SPEC_INT64(spec)) LIMITS(G_PARAM_SPEC_INT64(spec), G_GINT64_FORMAT);
  else if (G_IS_PARAM_SPEC_UINT64(spec)) LIMITS(G_PARAM_SPEC_UINT64(spec), G_GUINT64_FORMAT);
  else if (G_IS_PARAM_SPEC_FLOAT(spec)) {
    number(out, "min", G_PARAM_SPEC_FLOAT(spec)->minimum);
    number(out, "max", G_PARAM_SPEC_FLOAT(spec)->maximum);
  } else if (G_IS_PARAM_SPEC_DOUBLE(spec)) {
    number(out, "min", G_PARAM_SPEC_DOUBLE(spec)->minimum);
    number(out, "max", G_PARAM_SPEC_DOUBLE(spec)->maximum);
  } else if (GST_IS_PARAM_SPEC_FRACTION(spec)) {
    GstParamSpecFraction *f = GST_PARAM_SPEC_FRACTION(spec);
    g_string_append_printf(out, "\"min\":\"%d/%d\",\"max\":\"%d/%d\",", f->min_num, f->min_den, f->max_num, f->max_den);
  }
}

/* nicks lists the words of an enum or of flags. */
static void nicks(GString *out, GParamSpec *spec) {
  if (G_IS_PARAM_SPEC_ENUM(spec)) {
    GEnumClass *class = G_PARAM_SPEC_ENUM(spec)->enum_class;
    g_string_append(out, "\"enum\":[");
    for (guint i = 0; i < class->n_values; i++) text(out, class->values[i].value_nick);
    close_with(out, ']');
  } else if (G_IS_PARAM_SPEC_FLAGS(spec)) {
    GFlagsClass *class = G_PARAM_SPEC_FLAGS(spec)->flags_class;
    g_string_append(out, "\"flags\":[");
    for (guint i = 0; i < class->n_values; i++) text(out, class->values[i].value_nick);
    close_with(out, ']');
  }
}

static void property(GString *out, GParamSpec *spec) {
  g_string_append_c(out, '{');
  member(out, "name", spec->name);
  member(out, "type", g_type_name(spec->value_type));
  nicks(out, spec);
  limits(out, spec);
  const GValue *initial = g_param_spec_get_default_value(spec);
  /* pulsesink's client-name is the name of this process */
  if (!G_VALUE_HOLDS_STRING(initial) || g_strcmp0(g_value_get_string(initial), g_get_prgname()) != 0)
    any_value(out, "default", spec, initial);
  if (!(spec->flags & G_PARAM_READABLE)) member(out, "access", "write");
  if (!(spec->flags & G_PARAM_WRITABLE)) member(out, "access", "read");
  if (spec->flags & G_PARAM_CONSTRUCT_ONLY) member(out, "change", "once");
  else if (spec->flags & (GST_PARAM_MUTABLE_PLAYING | GST_PARAM_CONTROLLABLE)) member(out, "change", "playing");
  else if (spec->flags & GST_PARAM_MUTABLE_PAUSED) member(out, "change", "paused");
  else if (spec->flags & GST_PARAM_MUTABLE_READY) member(out, "change", "ready");
  if (spec->flags & G_PARAM_DEPRECATED) g_string_append(out, "\"deprecated\":true,");
  member(out, "about", g_param_spec_get_blurb(spec));
  close_with(out, '}');
}

/* ours says whether a property is one that a graph may speak of: names and parents are the compiler's business. */
static gboolean ours(const GParamSpec *spec) {
  return spec->owner_type != GST_TYPE_OBJECT && spec->owner_type != G_TYPE_OBJECT;
}

/* classes writes the properties of type as "classes", grouped by the class that declares them, base class first. */
static void classes(GString *out, GType type) {
  GObjectClass *class = g_type_class_ref(type);
  guint n = 0;
  GParamSpec **specs = g_object_class_list_properties(class, &n);
  const char *owner = NULL;
  g_string_append(out, "\"classes\":[");
  for (guint i = 0; i < n; i++) {
    if (!ours(specs[i])) continue;
    const char *name = g_type_name(specs[i]->owner_type);
    if (owner == NULL || strcmp(owner, name) != 0) {
      if (owner != NULL) {
        close_with(out, ']');
        close_with(out, '}');
      }
      g_string_append_c(out, '{');
      member(out, "name", name);
      g_string_append(out, "\"properties\":[");
      owner = name;
    }
    property(out, specs[i]);
  }
  if (owner != NULL) {
    close_with(out, ']');
    close_with(out, '}');
  }
  close_with(out, ']');
  g_free(specs);
  g_type_class_unref(class);
}

static const char *presence(GstPadPresence p) {
  switch (p) {
    case GST_PAD_SOMETIMES: return "sometimes";
    case GST_PAD_REQUEST: return "request";
    default: return "always";
  }
}

static int by_name(gconstpointer a, gconstpointer b) {
  return strcmp(GST_PAD_TEMPLATE_NAME_TEMPLATE(a), GST_PAD_TEMPLATE_NAME_TEMPLATE(b));
}

/* pads writes the templates by name, as the class keeps them in no order of meaning. */
static void pads(GString *out, GstElementClass *class) {
  GList *list = g_list_sort(g_list_copy(gst_element_class_get_pad_template_list(class)), by_name);
  g_string_append(out, "\"pads\":[");
  for (GList *i = list; i != NULL; i = i->next) {
    GstPadTemplate *t = i->data;
    GType type = GST_PAD_TEMPLATE_GTYPE(t);
    char *caps = gst_caps_to_string(GST_PAD_TEMPLATE_CAPS(t));
    g_string_append_c(out, '{');
    member(out, "name", GST_PAD_TEMPLATE_NAME_TEMPLATE(t));
    member(out, "direction", GST_PAD_TEMPLATE_DIRECTION(t) == GST_PAD_SRC ? "src" : "sink");
    member(out, "presence", presence(GST_PAD_TEMPLATE_PRESENCE(t)));
    member(out, "caps", caps);
    if (type != G_TYPE_NONE && type != GST_TYPE_PAD && type != GST_TYPE_GHOST_PAD) classes(out, type);
    close_with(out, '}');
    g_free(caps);
  }
  close_with(out, ']');
  g_list_free(list);
}

/* differing writes, as "defaults", the values of inherited properties that a new element has changed: fakesink inherits
 * sync=true and sets it to false. Its own properties are left at what it declares: some find their start in the
 * terminal or the machine, as aasink's width does, and text may do so anywhere. */
static void differing(GString *out, GstElementFactory *factory) {
  GstElement *element = gst_element_factory_create(factory, NULL);
  guint n = 0;
  if (element == NULL) return;
  gst_object_ref_sink(element);
  GParamSpec **specs = g_object_class_list_properties(G_OBJECT_GET_CLASS(element), &n);
  g_string_append(out, "\"defaults\":{");
  for (guint i = 0; i < n; i++) {
    GValue v = G_VALUE_INIT;
    GType type = specs[i]->value_type;
    if (!ours(specs[i]) || specs[i]->owner_type == G_OBJECT_TYPE(element) || (specs[i]->flags & G_PARAM_READWRITE) != G_PARAM_READWRITE) continue;
    if (type != G_TYPE_BOOLEAN && !G_TYPE_IS_ENUM(type) && !G_TYPE_IS_FLAGS(type) && type != G_TYPE_INT &&
        type != G_TYPE_UINT && type != G_TYPE_INT64 && type != G_TYPE_UINT64 && type != G_TYPE_DOUBLE && type != G_TYPE_FLOAT)
      continue;
    g_value_init(&v, type);
    g_object_get_property(G_OBJECT(element), specs[i]->name, &v);
    if (g_param_values_cmp(specs[i], &v, g_param_spec_get_default_value(specs[i])) != 0)
      any_value(out, specs[i]->name, specs[i], &v);
    g_value_unset(&v);
  }
  close_with(out, '}');
  g_free(specs);
  gst_element_set_state(element, GST_STATE_NULL);
  gst_object_unref(element);
}

/* own_words is what a library that a plugin is linked to says of its licence itself, by a function of that name; NULL if it says
 * nothing. The library is loaded with the plugin. */
static const char *own_words(GstPlugin *p, const char *function) {
  GstPlugin *loaded = gst_plugin_load(p);
  if (loaded == NULL) return NULL;
  void *library = dlopen(gst_plugin_get_filename(loaded), RTLD_LAZY | RTLD_NOLOAD);
  gst_object_unref(loaded);
  if (library == NULL) return NULL;
  const char *(*ask)(void) = (const char *(*)(void))dlsym(library, function);
  const char *words = ask != NULL ? ask() : NULL;
  dlclose(library); /* the plugin keeps it */
  return words;
}

/* licence is that of a plugin. gst-libav says LGPL, which is its own; libavcodec is under the GPL if it was built so, as Debian
 * builds it. */
static const char *licence(GstPlugin *p) {
  const char *words = strcmp(gst_plugin_get_name(p), "libav") == 0 ? own_words(p, "avcodec_license") : NULL;
  if (words != NULL && g_str_has_prefix(words, "GPL")) return "GPL";
  return gst_plugin_get_license(p);
}

char *sl_licence(const char *name) {
  GstElementFactory *found = gst_element_factory_find(name);
  if (found == NULL) return NULL;
  GstPlugin *p = gst_plugin_feature_get_plugin(GST_PLUGIN_FEATURE(found));
  gst_object_unref(found);
  if (p == NULL) return NULL;
  char *words = g_strdup(licence(p));
  gst_object_unref(p);
  return words;
}

void sl_shun(const char *name) {
  GstElementFactory *found = gst_element_factory_find(name);
  if (found == NULL) return;
  gst_plugin_feature_set_rank(GST_PLUGIN_FEATURE(found), GST_RANK_NONE);
  gst_object_unref(found);
}

static void plugin(GString *out, GstPluginFeature *feature) {
  GstPlugin *p = gst_plugin_feature_get_plugin(feature);
  if (p == NULL) return;
  g_string_append(out, "\"plugin\":{");
  member(out, "name", gst_plugin_get_name(p));
  member(out, "file", gst_plugin_get_filename(p));
  member(out, "version", gst_plugin_get_version(p));
  member(out, "licence", licence(p));
  close_with(out, '}');
  gst_object_unref(p);
}

char *sl_factory(const char *name) {
  GstElementFactory *found = gst_element_factory_find(name);
  if (found == NULL) return NULL;
  GstElementFactory *factory = GST_ELEMENT_FACTORY(gst_plugin_feature_load(GST_PLUGIN_FEATURE(found)));
  gst_object_unref(found);
  if (factory == NULL) return NULL;
  GstElementClass *class = g_type_class_ref(gst_element_factory_get_element_type(factory));
  GString *out = g_string_sized_new(16 << 10);
  g_string_append_c(out, '{');
  member(out, "name", name);
  plugin(out, GST_PLUGIN_FEATURE(factory));
  g_string_append_printf(out, "\"rank\":%u,", gst_plugin_feature_get_rank(GST_PLUGIN_FEATURE(factory)));
  member(out, "klass", gst_element_factory_get_metadata(factory, GST_ELEMENT_METADATA_KLASS));
  member(out, "long_name", gst_element_factory_get_metadata(factory, GST_ELEMENT_METADATA_LONGNAME));
  member(out, "about", gst_element_factory_get_metadata(factory, GST_ELEMENT_METADATA_DESCRIPTION));
  pads(out, class);
  classes(out, G_TYPE_FROM_CLASS(class));
  differing(out, factory);
  close_with(out, '}');
  g_string_truncate(out, out->len - 1);
  g_type_class_unref(class);
  gst_object_unref(factory);
  return g_string_free(out, FALSE);
}

char *sl_names(void) {
  GList *list = gst_registry_get_feature_list(gst_registry_get(), GST_TYPE_ELEMENT_FACTORY);
  GString *out = g_string_new(NULL);
  for (GList *i = list; i != NULL; i = i->next) {
    g_string_append(out, gst_plugin_feature_get_name(GST_PLUGIN_FEATURE(i->data)));
    g_string_append_c(out, '\n');
  }
  gst_plugin_feature_list_free(list);
  return g_string_free(out, FALSE);
}

char *sl_version(void) {
  guint major = 0, minor = 0, micro = 0, nano = 0;
  gst_version(&major, &minor, &micro, &nano);
  return g_strdup_printf("%u.%u.%u", major, minor, micro);
}

char *sl_init(void) {
  GError *error = NULL;
  if (gst_init_check(NULL, NULL, &error)) return NULL;
  char *message = g_strdup(error != NULL ? error->message : "no reason given");
  g_clear_error(&error);
  return message;
}
