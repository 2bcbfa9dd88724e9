package hub

import (
	"context"
	"sync"
	"time"

	"sluice/engine/fault"
	"sluice/engine/hub/fanout"
	"sluice/engine/hub/flight"
	"sluice/engine/hub/herald"
)

// Hub holds what is published. Safe for concurrent use.
type Hub struct {
	opt     Options
	epoch   time.Time
	loops   *fanout.Loops
	herald  *herald.Herald
	cancel  context.CancelFunc
	mu      sync.Mutex
	streams map[string]*stream
	private map[*Publication]struct{}
	flights *flight.Group // which h.mu guards
	lastID  uint64        // of publications and readers
	closed  bool
	past    past
}

// stream is a name that somebody publishes under or waits for; of a private publication it is empty. The hub's lock guards it.
type stream struct {
	name    string
	pub     *Publication
	queue   []*queued
	claim   *Claim        // of who is about to publish
	waiting int           // readers for whom it is kept although nobody publishes
	changed chan struct{} // closed and replaced whenever what is offered changes
}

// New makes a hub and starts its goroutines, which Close ends.
func New(opt Options) *Hub {
	opt = opt.filled()
	ctx, cancel := context.WithCancel(context.Background())
	h := &Hub{
		opt: opt, epoch: opt.Clock.Now(), loops: fanout.NewLoops(opt.Shards, opt.Clock), herald: herald.New(), cancel: cancel,
		streams: map[string]*stream{}, private: map[*Publication]struct{}{}, past: newPast(),
	}
	h.flights = flight.NewGroup(ctx, &h.mu)
	return h
}

// Epoch is the moment from which the times of all publications count, with Go's monotonic reading: one for all, so that what
// several of them publish can be put together, and one publisher can follow another.
func (h *Hub) Epoch() time.Time { return h.epoch }

// Close ends all publications and readers and returns when no goroutine of the hub is left and nobody will be called any
// more. Whoever waits in Publish or Read gets fault.Closed. It may be called again, but not from a callback.
func (h *Hub) Close() {
	reason := fault.New(fault.Closed, "", "the server stops")
	h.mu.Lock()
	h.closed = true
	for _, s := range h.streams {
		for _, q := range s.queue {
			q.decide(reason)
		}
		s.queue = nil
		if s.pub != nil {
			h.oust(s.pub, nil, reason)
		}
		s.announce()
	}
	for p := range h.private {
		h.oust(p, nil, reason)
	}
	h.mu.Unlock()
	h.cancel()
	h.flights.Wait()
	h.loops.Close()
	h.herald.Close()
}

// stream finds or makes the entry of a name.
func (h *Hub) stream(name string) *stream {
	s := h.streams[name]
	if s == nil {
		s = &stream{name: name, changed: make(chan struct{})}
		h.streams[name] = s
	}
	return s
}

// tidy forgets a name that nobody has to do with any more.
func (h *Hub) tidy(s *stream) {
	if s.pub == nil && s.claim == nil && s.waiting == 0 && len(s.queue) == 0 && h.streams[s.name] == s {
		delete(h.streams, s.name)
	}
}

// announce wakes those who wait for the stream to change.
func (s *stream) announce() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// now is the moment on the timeline of all publications.
func (h *Hub) now() time.Duration { return h.opt.Clock.Now().Sub(h.epoch) }

func (h *Hub) newID() uint64 {
	h.lastID++
	return h.lastID
}

// errClosed is what is answered after Close.
func (h *Hub) errClosed() error { return fault.New(fault.Closed, "", "the server stops") }
