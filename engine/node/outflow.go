package node

import (
	"sync"
	"time"

	"sluice/engine/media"
	"sluice/engine/run"
)

// patience is how many units an outflow keeps until its gather publishes.
const patience = 256

// outflow is the port that takes what comes out of GStreamer to the hub. It outlives the Runtimes of its instance.
type outflow struct {
	gather *gather
	feed   *feed
	bridge string

	mu      sync.Mutex
	to      writer // nil until the gather publishes
	shift   time.Duration
	pending []media.Unit
}

// Unit implements run.Port.
func (o *outflow) Unit(u *media.Unit) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	moved := *u
	moved.PTS += o.shift
	moved.DTS += o.shift
	if o.to == nil {
		if len(o.pending) < patience {
			o.pending = append(o.pending, moved)
		}
		return len(o.pending) < patience
	}
	return o.to.WriteUnits([]media.Unit{moved}) == nil
}

// Gap implements run.Port. Readers see a gap by its times.
func (o *outflow) Gap(time.Duration, time.Duration) bool { return true }

// Codec implements run.Port.
func (o *outflow) Codec(t media.Track) {
	g := o.gather
	g.mu.Lock()
	if !o.feed.known {
		if t.ID == "" {
			t.ID = string(t.Kind)
		}
		if t.ClockRate == 0 {
			t.ClockRate = media.NewTrack(t.Codec).ClockRate
		}
		o.feed.track, o.feed.known = t, true
	}
	g.mu.Unlock()
	g.part.later(func() {
		if err := g.check(g.part.ctx); err != nil {
			g.part.broken(g.node, err)
		}
	})
}

// Mark implements run.Port. That a source has ended is said by the Runtime; a restart goes on with the same publication.
func (o *outflow) Mark(run.Mark) {}

// open lets what has come and will come flow.
func (o *outflow) open(w writer) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.to = w
	if len(o.pending) > 0 {
		_ = w.WriteUnits(o.pending) // its publication may have ended meanwhile: then nobody misses them
		o.pending = nil
	}
}

// forget drops what was kept for a publication that did not come about: the next Runtime gives other media.
func (o *outflow) forget() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.to, o.pending = nil, nil
}

// rebase takes the moment from which a new Runtime counts time, as a distance from the hub's.
func (o *outflow) rebase(shift time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.shift = shift
}
