//go:build cgo && !nogst

package shim

import (
	"runtime"

	"github.com/go-gst/go-gst/gst"
)

// Drop gives up go-gst's share of an object now instead of when Go's collector comes by. It comes once for each that go-gst
// gave; what go-gst gave must not be used any more.
func Drop(o *gst.Object) {
	g := o.GObject()
	runtime.SetFinalizer(g, nil)
	g.Unref()
}
