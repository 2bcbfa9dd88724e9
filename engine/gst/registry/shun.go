//go:build cgo && !nogst

package registry

// #include <stdlib.h>
// #include "describe.h"
import "C"

import (
	"os"
	"strings"
	"unsafe"
)

// ranks is the variable by which GStreamer 1.18 and newer are told the ranks of elements when they start.
const ranks = "GST_PLUGIN_FEATURE_RANK"

// Shun keeps decodebin and the like from taking elements by themselves, in this process and in those that it starts from now on,
// which are told by the environment. GStreamer must have been started: see Open. It is called once, before anything plays.
func Shun(names []string) error {
	if len(names) == 0 {
		return nil
	}
	words := make([]string, 0, len(names)+1)
	if told := os.Getenv(ranks); told != "" {
		words = append(words, told)
	}
	for _, name := range names {
		c := C.CString(name)
		C.sl_shun(c)
		C.free(unsafe.Pointer(c))
		words = append(words, name+":NONE")
	}
	return os.Setenv(ranks, strings.Join(words, ","))
}
