//go:build cgo && !nogst

// Package pass shows what passes a pad, in the words of package run.
package pass

import (
	"sluice/engine/gst/shim"
	"sluice/engine/run"
)

// Tap hands everything that passes a pad to see, on its streaming thread, and an End when nothing follows.
func Tap(pad shim.Object, see func(run.Passed)) {
	name := shim.Name(pad)
	var format shim.Format
	var caps string
	shim.Tap(pad, func(b shim.Buffer) {
		if b.Flags&shim.Final != 0 {
			see(run.Passed{Pad: name, End: true})
			return
		}
		if b.Format != format || caps == "" {
			format, caps = b.Format, b.Format.Text()
		}
		see(run.Passed{
			Pad: name, Caps: caps, PTS: b.PTS, DTS: b.DTS, Duration: b.Duration,
			Key: b.Flags&shim.Key != 0, Header: b.Flags&shim.Header != 0, Data: b.Data,
		})
	})
}
