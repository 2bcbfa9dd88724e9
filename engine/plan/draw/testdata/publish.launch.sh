# browser/publish: no GStreamer, everything stays in Go
