//go:build cgo && !nogst

package asrc

// #cgo pkg-config: gstreamer-1.0
// #cgo CFLAGS: -O2 -Wall
// #cgo LDFLAGS: -lm
// #include <stdlib.h>
// #include "asrc.h"
import "C"

import "sluice/engine/fault"

// Element is the factory name of the converter.
const Element = "sluiceasrc"

// Register makes the element known to the GStreamer of this process, which it starts if need be. It takes and gives
// audio/x-raw, 16 bit, of any rate and up to 8 channels. Calling it again does nothing. Safe for concurrent use.
func Register() error {
	if C.sl_asrc_register() == 0 {
		return fault.New(fault.GstUnavailable, Element, "GStreamer does not take the element")
	}
	return nil
}
