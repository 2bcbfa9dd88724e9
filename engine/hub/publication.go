package hub

import (
	"sync/atomic"
	"time"

	"sluice/engine/fault"
	"sluice/engine/hub/fanout"
	"sluice/engine/media"
)

// Publication is one publisher's time under a name. Each of its tracks has one writer at a time; otherwise it is safe
// for concurrent use.
type Publication struct {
	hub      *Hub
	id       uint64
	since    time.Time
	timeline *media.Timeline
	source   Source
	packets  *fanout.Log[media.Packet]
	units    *fanout.Log[media.Unit]
	ended    atomic.Bool
	silence  time.Duration // after which its name can be had; 0: never
	wait     time.Duration // for packets that are missing; 0: as Forms do
	heard    atomic.Int64  // when something was written last, in nanoseconds since it began; 0: not yet

	// The hub's lock guards the rest; tracks is only ever replaced, and read without the lock through lookup.
	stream  *stream
	tracks  []*track // all there ever were, by index
	lookup  atomic.Pointer[[]*track]
	offer   []*track // those that can be read
	version uint64   // counts what changes of the offer
	readers map[*Reader]struct{}
	echoes  []*Publication // of which is said what is said of this one
	muted   []media.Kind
	yields  bool // whoever publishes the name gets it
	standIn bool // it did from the beginning
}

func (h *Hub) newPublication(d media.Description, opt PublishOptions) *Publication {
	h.mu.Lock()
	id := h.newID()
	h.mu.Unlock()
	now := h.opt.Clock.Now()
	p := &Publication{
		hub: h, id: id, since: now, yields: opt.Policy == Yield, standIn: opt.Policy == Yield, silence: opt.Silence, wait: opt.Wait,
		timeline: media.NewTimeline(h.epoch), source: opt.Source,
		packets: fanout.NewLog[media.Packet](h.loops, h.opt.Cache), units: fanout.NewLog[media.Unit](h.loops, h.opt.Cache),
		readers: map[*Reader]struct{}{},
	}
	if p.source == nil {
		p.source = deaf{}
	}
	for i, t := range d.Tracks {
		made := newTrack(t, opt.form(i), p.source)
		made.number = i
		p.add(made)
	}
	return p
}

// add gives a track its place.
func (p *Publication) add(t *track) {
	t.index = len(p.tracks)
	t.clock = p.timeline.Clock(t.media().ClockRate)
	t.lanes(p)
	p.tracks = append(p.tracks[:t.index:t.index], t)
	p.offer = append(p.offer[:len(p.offer):len(p.offer)], t)
	all := p.tracks
	p.lookup.Store(&all)
}

// Timeline is the one time of the publication, which counts from the hub's epoch. Packets are put on it as they are
// written; who writes units does so himself, with its clocks.
func (p *Publication) Timeline() *media.Timeline { return p.timeline }

// Write passes packets of a track on, in the order in which they arrived. It never waits for a reader. The batch, which
// is one read from a socket or one frame, belongs to the hub from now on. A packet without a time of arrival arrived now.
// After the publication ended it is fault.Closed.
func (p *Publication) Write(track int, batch []media.Packet) error {
	t, err := p.writable(track, Packets)
	if err != nil {
		return err
	}
	p.stamp(t, batch)
	p.pass(t, batch)
	return nil
}

// Forward is Write for packets that were read from this hub: they keep the place in time that they have.
func (p *Publication) Forward(track int, batch []media.Packet) error {
	t, err := p.writable(track, Packets)
	if err != nil {
		return err
	}
	p.pass(t, batch)
	return nil
}

func (p *Publication) pass(t *track, batch []media.Packet) {
	p.packets.Append(t.index, batch)
	p.hear()
	if n := len(batch); t.layered && n > 0 {
		flowed(p, t, batch, batch[n-1].Arrival)
	}
}

// WriteUnits passes access units of a track on, in decoding order. It is like Write otherwise.
func (p *Publication) WriteUnits(track int, batch []media.Unit) error {
	t, err := p.writable(track, Units)
	if err != nil {
		return err
	}
	p.units.Append(t.index, batch)
	p.hear()
	if t.layered {
		flowed(p, t, batch, p.hub.opt.Clock.Now())
	}
	return nil
}

// hear notes that something was written.
func (p *Publication) hear() {
	if p.silence > 0 {
		p.heard.Store(max(int64(p.hub.opt.Clock.Now().Sub(p.since)), 1))
	}
}

// silent tells whether nothing has come for longer than the publication may be silent and keep its name.
func (p *Publication) silent() bool {
	heard := time.Duration(p.heard.Load())
	return p.silence > 0 && heard > 0 && p.hub.opt.Clock.Now().Sub(p.since)-heard > p.silence
}

// Report takes an RTCP sender report for a track: its RTP timestamp, its NTP time, and when it arrived.
func (p *Publication) Report(track int, ticks uint32, ntp, arrival time.Time) error {
	t, err := p.writable(track, Packets)
	if err != nil {
		return err
	}
	t.clock.Report(ticks, ntp, arrival)
	return nil
}

// Close ends the publication; nil says that it was done. Its readers are told, or go over to who waits for the name. It
// may be called again.
func (p *Publication) Close(reason error) {
	p.hub.mu.Lock()
	defer p.hub.mu.Unlock()
	if !p.ended.Load() {
		p.hub.end(p, reason)
	}
}

// writable finds a track that is written in a form.
func (p *Publication) writable(track int, form Form) (*track, error) {
	if p.ended.Load() {
		return nil, fault.New(fault.Closed, "", "the publication has ended")
	}
	tracks := *p.lookup.Load()
	if track < 0 || track >= len(tracks) {
		return nil, fault.New(fault.InvalidRequest, "", "there is no track %d", track)
	}
	if t := tracks[track]; t.form != form {
		return nil, fault.New(fault.InvalidRequest, "", "track %q is written in %s", t.media().ID, t.form)
	}
	return tracks[track], nil
}

// stamp puts packets on the timeline.
func (p *Publication) stamp(t *track, batch []media.Packet) {
	for i := range batch {
		packet := &batch[i]
		if packet.Arrival.IsZero() {
			packet.Arrival = p.hub.opt.Clock.Now()
		}
		packet.PTS = t.clock.Time(packet.Header.Timestamp, packet.Arrival)
	}
}
