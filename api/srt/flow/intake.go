// Package flow is what flows over SRT: Intake makes units of a transport stream and publishes them, Feed makes a transport stream
// of units. It knows neither sockets nor graphs.
package flow

import (
	"context"
	"fmt"
	"sync"
	"time"

	"sluice/api/mpegts"
	"sluice/elements/probe"
	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/stat"
)

// settle is how long is waited for the other of sound and pictures, if only one of them is announced.
const settle = 500 * time.Millisecond

// early is a unit that came before there was anywhere to write it.
type early struct {
	from *mpegts.Stream
	at   mpegts.Times
	unit media.Unit
	when time.Time
}

// Intake makes units of a transport stream: it finds out which tracks there are, and writes them to a publication. Safe for
// concurrent use.
type Intake struct {
	env    element.Env
	change func(error)

	mu      sync.Mutex
	reader  *mpegts.Reader
	streams []*mpegts.Stream // of the program as it is now
	begun   time.Time        // when something came of it
	known   chan struct{}    // closed when the tracks are
	decided bool
	tracks  []media.Track
	index   map[*mpegts.Stream]int // of tracks
	early   []early
	held    int
	now     time.Time // when what is being read came
	pub     *hub.Publication
	place   placer
	changed bool
	came    bool // a unit, of what is being read
	faulty  uint64
}

// NewIntake makes one. change is called, once at most and from within Take, when the program is not what was described any more: no
// publication can go on with other tracks.
func NewIntake(env element.Env, change func(error)) *Intake {
	p := &Intake{env: env, change: change, known: make(chan struct{}), index: map[*mpegts.Stream]int{}}
	p.reader = mpegts.NewReader((*heard)(p))
	return p
}

// Take takes the next bytes of the stream, and tells whether a unit was complete with them: there is more in a stream that is no media.
func (p *Intake) Take(b []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.came = false
	p.now = p.env.Clock.Now()
	_, _ = p.reader.Write(b) // it never fails
	if !p.decided && p.clear() {
		p.decide()
	}
	return p.came
}

// Again says that what comes from now on is from another connection. The tracks stay those that were described.
func (p *Intake) Again() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reader, p.streams = mpegts.NewReader((*heard)(p)), nil
	if p.pub != nil {
		p.place = newPlacer(p.pub, p.tracks)
	}
}

// Faulty is how many times something was left out since it was broken.
func (p *Intake) Faulty() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.faulty
}

// Describe waits until it is clear what the other end sends; gone is closed when it has gone.
func (p *Intake) Describe(ctx context.Context, gone <-chan struct{}) (media.Description, error) {
	return probe.Probe{
		Clock: p.env.Clock, Known: p.known, Gone: gone, Settle: p.settleFor, Tracks: p.found,
		Hint: "send an MPEG transport stream, with codecs that are known here",
	}.Describe(ctx)
}

// found are the tracks, once they are known; nil before.
func (p *Intake) found() []media.Track {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.tracks
}

// Feed begins to write.
func (p *Intake) Feed(pub *hub.Publication) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pub, p.place = pub, newPlacer(pub, p.tracks)
	for i := range p.early {
		e := &p.early[i]
		p.write(e.from, e.at, e.unit, e.when)
	}
	p.early = nil
}

// settleFor takes what came for all that comes, if it is enough tracks.
func (p *Intake) settleFor(enough int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ready() >= enough {
		p.decide()
	}
}

// ready is how many tracks are known well enough to be published.
func (p *Intake) ready() int {
	n := 0
	for _, s := range p.streams {
		if _, ok := s.Track(); ok {
			n++
		}
	}
	return n
}

// clear tells whether it is clear what is sent.
func (p *Intake) clear() bool {
	ready := p.ready()
	if ready == 0 {
		return false
	}
	passed := p.now.Sub(p.begun)
	if passed >= probe.Patience || p.held > probe.MaxEarly {
		return true
	}
	kinds := map[media.Kind]bool{}
	for _, s := range p.streams {
		kinds[s.Kind] = true
	}
	return ready == len(p.streams) && (len(kinds) > 1 || passed >= settle)
}

// decide takes what came for all that comes.
func (p *Intake) decide() {
	if p.decided {
		return
	}
	p.decided = true
	for _, kind := range []media.Kind{media.Video, media.Audio} {
		n := 0
		for _, s := range p.streams {
			t, ready := s.Track()
			if s.Kind != kind || !ready {
				continue
			}
			if n++; n > 1 {
				t.ID = fmt.Sprintf("%s-%d", kind, n)
			}
			p.index[s] = len(p.tracks)
			p.tracks = append(p.tracks, t)
		}
	}
	close(p.known)
}

// match finds for each track that was described the stream that it comes from now.
func (p *Intake) match() {
	p.index = map[*mpegts.Stream]int{}
	taken, kinds := map[int]bool{}, map[media.Kind]bool{}
	for _, t := range p.tracks {
		kinds[t.Kind] = true
	}
	for _, s := range p.streams {
		t, _ := s.Track()
		found := false
		for i := range p.tracks {
			if !taken[i] && p.tracks[i].Kind == s.Kind && (t.Codec == p.tracks[i].Codec || t.Codec == "") {
				p.index[s], taken[i], found = i, true, true
				break
			}
		}
		if !found && !p.has(s.Kind) {
			p.differs("the program has %s of another kind now", s.Kind)
		}
	}
}

// has tells whether a kind was described and still comes.
func (p *Intake) has(kind media.Kind) bool {
	for _, i := range p.index {
		if p.tracks[i].Kind == kind {
			return true
		}
	}
	return false
}

func (p *Intake) differs(format string, args ...any) {
	if p.changed {
		return
	}
	p.changed = true
	p.change(fault.New(fault.CodecNotAvailable, "", format, args...).Advise("publish anew: viewers were told what comes"))
}

// write writes a unit where it is read.
func (p *Intake) write(s *mpegts.Stream, at mpegts.Times, u media.Unit, when time.Time) {
	i, ok := p.index[s]
	if !ok {
		return
	}
	t, ready := s.Track()
	if was := p.tracks[i]; !ready {
		return
	} else if t.Codec != was.Codec || t.Kind == media.Audio && (t.ClockRate != was.ClockRate || t.Channels != was.Channels) {
		p.differs("the program goes over from %s to %s", was, t)
		return
	}
	u.DTS, u.PTS = p.place.times(i, at, when)
	_ = p.pub.WriteUnits(i, []media.Unit{u}) // a publication that has ended is told of otherwise
}

// heard is an Intake as what it reads sees it.
type heard Intake

var _ mpegts.Handler = (*heard)(nil)

// Streams implements mpegts.Handler.
func (h *heard) Streams(list []*mpegts.Stream) {
	p := (*Intake)(h)
	p.streams = list
	if p.begun.IsZero() {
		p.begun = p.now
	}
	if p.decided {
		p.match()
	}
}

// Unit implements mpegts.Handler.
func (h *heard) Unit(s *mpegts.Stream, at mpegts.Times, u media.Unit) {
	p := (*Intake)(h)
	p.came = true
	if p.pub != nil {
		p.write(s, at, u, p.now)
		return
	}
	if p.held += u.Size(); p.held <= probe.MaxEarly {
		p.early = append(p.early, early{s, at, u, p.now})
	}
}

// Wrong implements mpegts.Handler.
func (h *heard) Wrong(err error) {
	p := (*Intake)(h)
	p.faulty++
	p.env.Stats.Drops.Add(stat.Corrupt, 1)
	p.env.Log.Debug("something is left out", "err", err)
}
