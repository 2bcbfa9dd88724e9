//go:build !cgo || nogst

package main

import (
	"sluice/engine/element/catalog"
	"sluice/engine/fault"
)

// liveCatalog is for builds with GStreamer only.
func liveCatalog() (catalog.Catalog, error) {
	return nil, fault.New(fault.GstUnavailable, "registry", "this build has no GStreamer").Advise("use --registry snapshot")
}
