//go:build !cgo || nogst

package asrc

import "sluice/engine/fault"

// Element is the factory name of the converter.
const Element = "sluiceasrc"

// Register fails with gst_unavailable, as this build has no GStreamer.
func Register() error {
	return fault.New(fault.GstUnavailable, Element, "this build of sluice has no GStreamer")
}
