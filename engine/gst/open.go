//go:build cgo && !nogst

// Package gst plays plans with GStreamer, in this process. It makes the elements and links of a plan, feeds and empties
// its bridges, adds and removes branches while media flows, and says whose fault it is when something fails. It decides
// nothing that a plan says, and restarts nothing. An element that crashes takes the process with it: a server plays
// its plans in worker processes, which run this package.
package gst

import (
	"log/slog"

	"github.com/go-gst/go-gst/gst"

	"sluice/engine/gst/registry"
	"sluice/engine/run"
)

// Options of all Runtimes of a process.
type Options struct {
	Log *slog.Logger // not nil
	// Taps lets tests look inside (run.Tapper). Without it, pipelines that the plan says can do without threads do, which
	// costs half as much and has nothing to look at.
	Taps bool
}

// Open starts GStreamer and gives what makes Runtimes. It takes some 20 ms, once. The error is fault.GstUnavailable.
func Open(o Options) (run.Open, error) {
	if err := registry.Ready(); err != nil {
		return nil, err
	}
	gst.Init(nil)
	return func(id string) (run.Runtime, error) { return newRuntime(id, o), nil }, nil
}
