// Package registry reads what the GStreamer on this machine offers: which elements there are, their pads, properties
// and limits. It is a catalog.Catalog beside the snapshot. It builds no pipelines and keeps no elements.
//
// Without cgo, or with the build tag nogst, the package still builds and Open says that GStreamer is not part of the
// build.
package registry
