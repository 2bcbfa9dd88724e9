package leg

import (
	"context"
	"slices"
	"sync"
	"time"

	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/node"
)

// Sink is what the far end gets, for the element sip.out.
type Sink struct {
	leg *Leg

	mu     sync.Mutex
	lanes  []*lane // by track of Begin; nil where nobody wants it
	reader *hub.Reader
}

var _ node.Sink = (*Sink)(nil)

// Sink takes the leg's outgoing half. Over hears of the leg's end. PTime is how long sound lasts in a packet, unless the far end has said
// what it wants; 0 is 20 ms.
func (l *Leg) Sink(over func(error), ptime time.Duration) (*Sink, error) {
	if err := l.claim(sinkHalf, over); err != nil {
		return nil, err
	}
	if a := l.sound(); a != nil {
		a.preferred.Store(int64(ptime))
	}
	return &Sink{leg: l}, nil
}

// Start implements element.Element.
func (s *Sink) Start(context.Context) error { return nil }

// Stop implements element.Element.
func (s *Sink) Stop(context.Context) error {
	s.over(nil)
	return nil
}

func (s *Sink) over(reason error) {
	for _, a := range s.leg.lines() {
		a.fed.Store(nil)
		a.begin([]media.Track{})
	}
	s.leg.leave(sinkHalf, reason)
}

// Want implements node.Taker: what was agreed on, and nothing else. Pictures are taken as the far end shows them, in order.
func (s *Sink) Want() media.Want {
	w := media.Want{NoBFrames: true}
	for _, t := range s.leg.Tracks() {
		switch t.Kind {
		case media.Audio:
			w.Audio = []media.Codec{t.Codec}
			if t.Codec == media.Speex {
				w.Rate = int(t.ClockRate)
			}
		case media.Video:
			w.Video = []media.Codec{t.Codec}
		}
	}
	return w
}

// Begin implements hub.SinkOf.
func (s *Sink) Begin(tracks []media.Track) {
	lanes := make([]*lane, len(tracks))
	for _, a := range s.leg.lines() {
		for i, t := range tracks {
			if t.Kind == a.kind {
				lanes[i] = a
				a.begin(tracks[i : i+1])
				break
			}
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lanes = lanes
	s.feed()
}

// feed tells lanes whom to ask for key pictures. The caller holds s.mu.
func (s *Sink) feed() {
	if s.reader == nil {
		return
	}
	for i, a := range s.lanes {
		if a != nil {
			a.fed.Store(&feeder{s.reader, i})
		}
	}
}

// Attach implements node.Taker.
func (s *Sink) Attach(r *hub.Reader) {
	s.mu.Lock()
	s.reader = r
	s.feed()
	s.mu.Unlock()
	r.Resume()
}

// Push implements hub.SinkOf. It takes everything.
func (s *Sink) Push(track int, items []*media.Packet) int {
	s.mu.Lock()
	var a *lane
	if track >= 0 && track < len(s.lanes) {
		a = s.lanes[track]
	}
	s.mu.Unlock()
	if a != nil {
		a.push(items)
	}
	return len(items)
}

// End implements hub.SinkOf.
func (s *Sink) End(reason error) { s.over(reason) }

// feeder is who gives a lane's media, and as which track.
type feeder struct {
	reader *hub.Reader
	track  int
}

// begin has a lane send another track from now on: the only one of the list, or none. Nil stays with the one there is, which has another
// payload type now.
func (a *lane) begin(tracks []media.Track) {
	a.shaping.Lock()
	defer a.shaping.Unlock()
	if tracks != nil {
		a.begun = slices.Clone(tracks)
	}
	a.shaper = nil
	a.sender.Begin(a.begun)
}

// push sends what the graph gives.
func (a *lane) push(items []*media.Packet) {
	a.shaping.Lock()
	defer a.shaping.Unlock()
	if len(items) == 0 || a.pressed.Load() {
		return
	}
	a.went.Store(time.Now().UnixNano())
	a.sender.Push(0, a.shape(items))
}
