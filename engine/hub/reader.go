package hub

import (
	"sync/atomic"
	"time"

	"sluice/engine/fault"
	"sluice/engine/hub/fanout"
	"sluice/engine/media"
	"sluice/engine/stat"
)

// Reader is somebody who reads. Its methods may be called from anywhere but from its own sink.
type Reader struct {
	hub   *Hub
	id    uint64
	name  string
	want  media.Want
	form  Form
	opt   ReadOptions
	bound bool // to one publication
	begin func([]media.Track)
	end   func(error)
	port  port
	stats stat.Set
	kept  Flow // of stats, what the hub has counted for good

	closed atomic.Bool // the sink is not to be called any more

	// The hub's lock guards the rest.
	pub    *Publication // nil once it has ended, and while it searches
	search *search      // nil as long as it has something, and at the end
	picks  []*track
	// Why each of the picks is the one, and since when the reader reads at all.
	reasons []string
	lacks   []LeftOut
	offered string // what it could take before that was settled
	since   time.Time
	layer   string // that it prefers; "" is the largest
	next    *track // the layer it goes over to; nil if to none
	paused  bool
}

// port is a reader's end of the fan-out, in the form that it reads.
type port interface {
	Detach(after func())
	Finish(after func())
	Wake()
	attach(p *Publication, lanes []int, replay fanout.Replay, before func())
	prime(p *Publication, lane int)
	change(p *Publication, track, lane int, agreed func() bool)
}

// tap is a port of one form.
type tap[T any] struct {
	*fanout.Reader[T]
	log func(*Publication) *fanout.Log[T]
}

func (t tap[T]) attach(p *Publication, lanes []int, replay fanout.Replay, before func()) {
	t.Attach(t.log(p), lanes, replay, before)
}

func (t tap[T]) prime(p *Publication, lane int) { t.Prime(t.log(p), lane) }

func (t tap[T]) change(p *Publication, track, lane int, agreed func() bool) {
	t.Change(t.log(p), track, lane, agreed)
}

// Tracks are the tracks that the reader gets, as its sink was told; none after the end.
func (r *Reader) Tracks() []media.Track {
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	return describe(r.picks).Tracks
}

// Stats counts what the sink took, and what was dropped because it did not.
func (r *Reader) Stats() stat.Snapshot { return r.stats.Snapshot() }

// Wake has the sink offered again what it did not take, now that it has room.
func (r *Reader) Wake() { r.port.Wake() }

// Pause stops what comes. The reader's tracks stay in demand.
func (r *Reader) Pause() {
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	if !r.paused && (r.pub != nil || r.search != nil) {
		r.paused = true
		r.settle()
		r.port.Detach(func() {})
	}
}

// Resume goes on at the last key frame, as if the reader had just come.
func (r *Reader) Resume() {
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	if r.paused && (r.pub != nil || r.search != nil) {
		r.paused = false
		if r.pub != nil {
			r.play()
		}
	}
}

// RequestKey asks the publisher for a key frame of one of the reader's tracks, unless somebody did just now. A track
// that it does not have is fault.InvalidRequest.
func (r *Reader) RequestKey(track int) error {
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	if track < 0 || track >= len(r.picks) {
		return fault.New(fault.InvalidRequest, "", "the reader has no track %d", track)
	}
	r.picks[track].asker.Ask()
	return nil
}

// Close stops reading and returns when the sink will not be called any more. It may be called again.
func (r *Reader) Close() {
	r.hub.mu.Lock()
	r.closed.Store(true)
	if r.pub != nil {
		r.hub.left(r, r.pub, nil)
		r.hub.release(r)
	}
	if r.search != nil {
		r.hub.left(r, r.search.from, nil)
		r.search.stop()
		r.search = nil
	}
	r.hub.mu.Unlock()
	gone := make(chan struct{})
	r.port.Detach(func() { close(gone) })
	<-gone
}
