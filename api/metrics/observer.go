package metrics

import (
	"sync"
	"time"

	"sluice/engine/event"
	"sluice/engine/fault"
	"sluice/engine/run"
	"sluice/engine/stat"
)

// mostGraphs is how many graphs failures are told of by name: files come and go for as long as a server runs.
const mostGraphs = 256

// observer counts what only shows in events. Safe for concurrent use; it never waits for long.
type observer struct {
	started stat.Durations

	mu                  sync.Mutex
	published, joined   uint64
	starts, restarts    uint64
	ended, left, broken map[string]uint64 // streams, readers and branches, by code
	failed              map[failure]uint64
	graphs              map[string]bool      // of failed
	starting            map[string]time.Time // instances, by their name
}

// failure is why an instance of a graph failed.
type failure struct{ graph, code string }

func newObserver() *observer {
	return &observer{
		ended: map[string]uint64{}, left: map[string]uint64{}, broken: map[string]uint64{}, failed: map[failure]uint64{},
		graphs: map[string]bool{}, starting: map[string]time.Time{},
	}
}

// causeOf is the code of a cause, as a label.
func causeOf(c *event.Cause) string {
	if c == nil {
		return ok
	}
	return coded(c.Code)
}

// see counts an event.
func (o *observer) see(e event.Event) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch b := e.Body.(type) {
	case event.Stream:
		switch e.Name {
		case event.StreamPublished:
			o.published++
		case event.StreamEnded:
			o.ended[causeOf(b.Cause)]++
		}
	case event.Reader:
		switch e.Name {
		case event.ReaderJoined:
			o.joined++
		case event.ReaderLeft:
			o.left[causeOf(b.Cause)]++
		}
	case event.Branch:
		if b.State == event.BranchGone || b.State == event.BranchDropped {
			o.broken[causeOf(b.Cause)]++
		}
	case event.Instance:
		o.instance(b)
	}
}

// instance counts a change of an instance.
func (o *observer) instance(b event.Instance) {
	if begun, there := o.starting[b.ID]; there {
		delete(o.starting, b.ID)
		if run.State(b.To) == run.Live {
			o.started.Observe(b.Since.Sub(begun))
		}
	}
	switch run.State(b.To) {
	case run.Starting:
		o.starts++
		o.starting[b.ID] = b.Since
	case run.Planned:
		o.restarts++
	case run.Failed, run.Lost:
		if !o.graphs[b.Graph] && len(o.graphs) >= mostGraphs {
			b.Graph = ""
		}
		o.graphs[b.Graph] = true
		o.failed[failure{b.Graph, causeOf(b.Cause)}]++
	default:
	}
}

// write writes down what was counted.
func (o *observer) write(s sheet) {
	o.mu.Lock()
	defer o.mu.Unlock()
	s.count("sluice_stream_starts_total", o.published)
	s.count("sluice_reader_joins_total", o.joined)
	s.count("sluice_instance_starts_total", o.starts)
	s.count("sluice_instance_restarts_total", o.restarts)
	for name, counts := range map[string]map[string]uint64{
		"sluice_stream_ends_total":     with(o.ended, ok, string(fault.Closed), string(fault.NameInUse)),
		"sluice_reader_ends_total":     with(o.left, ok, string(fault.Closed), string(fault.SlowReader), string(fault.CodecNotAvailable)),
		"sluice_branch_failures_total": with(o.broken, string(fault.GstElement)),
	} {
		for code, n := range counts {
			s.count(name, n, code)
		}
	}
	for f, n := range o.failed {
		s.count("sluice_instance_failures_total", n, f.graph, f.code)
	}
	s.spread("sluice_instance_start_seconds", o.started.Snapshot())
}
