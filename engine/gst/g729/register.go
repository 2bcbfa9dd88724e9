//go:build cgo && !nogst

package g729

// #cgo pkg-config: gstreamer-1.0
// #cgo CFLAGS: -O2 -Wall
// #cgo LDFLAGS: -ldl
// #include <stdlib.h>
// #include "encoder.h"
import "C"

import (
	"unsafe"

	"sluice/engine/fault"
)

// Element is the factory name of the encoder.
const Element = "sluiceg729enc"

// Register makes the element known to the GStreamer of this process, which it starts if need be. It takes audio/x-raw,
// 16 bit, 8 kHz, mono, and gives audio/G729. Without the library the error is fault.ElementUnavailable, and nothing is
// registered. Calling it again does nothing, but for looking again if there was no library. Safe for concurrent use.
func Register() error {
	return register(Element, "libbcg729.so.0", "libbcg729.so", "libbcg729.0.dylib")
}

// register makes an element of the name that uses the first library that is there.
func register(element string, libraries ...string) error {
	name := C.CString(element)
	defer C.free(unsafe.Pointer(name))
	// C's array of C's strings: Go memory that holds pointers may not be passed on.
	size := C.size_t(unsafe.Sizeof(name))
	list := C.calloc(C.size_t(len(libraries)+1), size)
	defer C.free(list)
	for i, l := range libraries {
		text := C.CString(l)
		defer C.free(unsafe.Pointer(text))
		*(**C.char)(unsafe.Add(list, i*int(size))) = text
	}
	var missing C.int
	problem := C.sl_g729_register(name, (**C.char)(list), &missing)
	defer C.free(unsafe.Pointer(problem))
	switch {
	case problem == nil:
		return nil
	case missing != 0:
		return fault.New(fault.ElementUnavailable, element, "G.729 cannot be encoded without libbcg729: %s", C.GoString(problem)).
			Advise("install the package libbcg729-0: apt-get install libbcg729-0")
	}
	return fault.New(fault.GstUnavailable, element, "GStreamer does not take the G.729 encoder: %s", C.GoString(problem))
}
