//go:build !cgo || nogst

package registry

import (
	"sluice/engine/element/catalog"
	"sluice/engine/fault"
)

// Open fails with gst_unavailable, as this build has no GStreamer.
func Open() (catalog.Catalog, error) {
	return nil, fault.New(fault.GstUnavailable, "", "this build of sluice has no GStreamer").
		Advise("build it with cgo and without the tag nogst; lint and plan use the registry snapshot meanwhile")
}

// Shun has nothing to do: nothing is taken.
func Shun([]string) error { return nil }
