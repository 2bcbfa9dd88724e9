// Package graphs holds the graphs that come with sluice, built into the binary. A file of the same name in the user's folder
// replaces one of them; an empty file removes it. The package reads nothing but its own files.
package graphs

import "embed"

// FS holds the graphs by their paths: "live/rtmp.yaml" is the graph live/rtmp, or, if it holds several documents, live/ and
// the name of each.
//
//go:embed cameras cdn checks fragments gst jobs live phone rooms wcs web
var FS embed.FS
