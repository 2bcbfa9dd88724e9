//go:build cgo && !nogst

package shim

// #include <stdlib.h>
// #include "shim.h"
import "C"

import (
	"time"
	"unsafe"
)

// Ramp is a number on its way to another value.
type Ramp struct {
	object, of Object
	name, text string
	ramp       unsafe.Pointer
	end        C.gint64
}

// NewRamp lets a number of an element, or of one of its pads, reach a value in a while of the element's media. It keeps the
// objects alive until End. nil if it is no such number, or the element does not say how far it has come: then Set does it at once.
func NewRamp(o, of Object, name, text string, over time.Duration) *Ramp {
	n, t := C.CString(name), C.CString(text)
	defer C.free(unsafe.Pointer(n))
	defer C.free(unsafe.Pointer(t))
	r := &Ramp{object: o, of: of, name: name, text: text}
	if r.ramp = C.sl_ramp((*C.GObject)(o), element(of), n, t, C.gint64(over), &r.end); r.ramp == nil {
		return nil
	}
	Ref(o)
	Ref(of)
	return r
}

// Done tells whether the element's media has come to where the value is reached.
func (r *Ramp) Done() bool { return C.sl_position(element(r.of)) >= r.end }

// End gives the number its last value, unless it has been set or is on another way already, and lets go of the objects.
func (r *Ramp) End() {
	n, t := C.CString(r.name), C.CString(r.text)
	defer C.free(unsafe.Pointer(n))
	defer C.free(unsafe.Pointer(t))
	C.sl_ramp_end((*C.GObject)(r.object), n, t, r.ramp)
	Unref(r.of)
	Unref(r.object)
}
