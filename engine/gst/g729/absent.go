//go:build !cgo || nogst

package g729

import "sluice/engine/fault"

// Element is the factory name of the encoder.
const Element = "sluiceg729enc"

// Register fails with gst_unavailable, as this build has no GStreamer.
func Register() error {
	return fault.New(fault.GstUnavailable, Element, "this build of sluice has no GStreamer")
}
