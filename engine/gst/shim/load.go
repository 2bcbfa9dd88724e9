//go:build cgo && !nogst

package shim

// #include <gst/gst.h>
// #include <stdlib.h>
//
// static void sl_load(const char *factory) {
//   GstElementFactory *f = gst_element_factory_find(factory);
//   if (f == NULL) return;
//   GstPluginFeature *loaded = gst_plugin_feature_load(GST_PLUGIN_FEATURE(f));
//   if (loaded != NULL) gst_object_unref(loaded);
//   gst_object_unref(f);
// }
import "C"

import "unsafe"

// Load loads the plugin that a factory is in. Nothing happens if there is no such factory.
func Load(factory string) {
	n := C.CString(factory)
	defer C.free(unsafe.Pointer(n))
	C.sl_load(n)
}
