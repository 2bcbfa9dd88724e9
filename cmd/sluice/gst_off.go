//go:build !cgo || nogst

package main

// hasGst tells whether GStreamer is part of this build.
const hasGst = false
