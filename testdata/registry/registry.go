// Package registry embeds what GStreamer 1.22, as Debian 12 ships it, offers: every element factory of the packages that
// .ci/setup installs. `make registry` writes the file anew. The package lies here, beside the other reference data,
// because a file can only be embedded from its own folder.
package registry

import (
	_ "embed" // for the snapshot

	"sluice/engine/element/catalog"
)

//go:embed gst-1.22.json
var text string

// Snapshot opens the embedded snapshot, which takes some 2 ms; keep what it returns.
func Snapshot() (*catalog.Snapshot, error) { return catalog.Open(text) }
