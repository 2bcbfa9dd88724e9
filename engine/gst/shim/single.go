//go:build cgo && !nogst

package shim

// #include "shim.h"
//
// static void on_added(GstBin *bin, GstElement *e, gpointer none) {
//   (void)bin, (void)none;
//   GParamSpec *threads = g_object_class_find_property(G_OBJECT_GET_CLASS(e), "max-threads");
//   if (threads != NULL && G_IS_PARAM_SPEC_INT(threads)) g_object_set(e, "max-threads", 1, NULL);
// }
//
// static void sl_single(GstElement *decodebin) { g_signal_connect(decodebin, "element-added", G_CALLBACK(on_added), NULL); }
import "C"

// Single has the decoders of libav that a decodebin3 will take work with one thread each. By themselves they take as many as there
// are processors, which is for nothing where as many decoders work at once, and costs switching and memory. Call it before anything
// plays.
func Single(decodebin Object) { C.sl_single(element(decodebin)) }
