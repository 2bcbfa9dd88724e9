//go:build cgo && !nogst

package gst

import "sluice/engine/gst/shim"

// Load loads the plugins of elements, so that the first of each is made at once: that of libav brings 170 libraries with it
// and takes 50 ms of processor time. Elements that are not here are left out. It may be called after Open, from any
// goroutine, while instances start.
func Load(elements []string) {
	for _, e := range elements {
		shim.Load(e)
	}
}
