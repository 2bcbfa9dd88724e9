//go:build cgo && !nogst

package gst_test

import (
	"slices"
	"testing"

	"sluice/engine/plan"
	"sluice/engine/run"
)

// Two streams that are coded once, of which nobody reads either at first, begin one after the other.
func TestCodedForWhoComesLater(t *testing.T) {
	rt := open(t)
	host, _ := begin(t, rt, resolve(t, template(t, "later", `
graph: v1
about: One encoder for two streams, each for as long as it is read.
nodes:
  bars: videotestsrc is-live=true
  enc: convert codec=h264
  one: {element: stream.out, set: {name: x}, lazy: 5s}
  two: {element: stream.out, set: {name: y}, lazy: 5s}
links:
  - bars -> [video/x-raw,width=160,height=120,framerate=15/1] -> enc -> one
  - enc -> two
`), plan.Inputs{}))
	until(t, "pictures that nobody reads", func() bool {
		rep, err := rt.Inspect(t.Context())
		return err == nil && slices.ContainsFunc(rep.Samples, func(s run.Sample) bool {
			return s.Kind == run.OfNode && s.Name == "enc" && s.Counts.Units > 2
		})
	})
	for _, name := range []string{"one", "two"} {
		apply(t, rt, run.Change{Verb: run.StartLazy, Branch: name})
		port := host.Port(name + "-video-out")
		until(t, "pictures of "+name, func() bool { return len(port.Units()) > 0 })
	}
}
