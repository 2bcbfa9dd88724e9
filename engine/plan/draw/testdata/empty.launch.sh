# a graph without a name: no GStreamer, everything stays in Go
