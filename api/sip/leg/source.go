package leg

import (
	"context"
	"sync/atomic"
	"time"

	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/node"
)

// Source is what the far end sends, for the element sip.in.
type Source struct {
	leg  *Leg
	wait time.Duration
	out  *output
}

var (
	_ node.Source = (*Source)(nil)
	_ node.Waiter = (*Source)(nil)
)

// output is where packets of lanes go.
type output struct {
	lanes       []*lane // by track
	codecs      []media.Track
	publication atomic.Pointer[hub.Publication]
}

// Source takes the leg's incoming half. Over hears of the leg's end. Wait is how long a packet that is missing may still come: phones
// repeat none, so what is behind it is held up for nothing from then on.
func (l *Leg) Source(over func(error), wait time.Duration) (*Source, error) {
	if err := l.claim(sourceHalf, over); err != nil {
		return nil, err
	}
	return &Source{leg: l, wait: max(wait, 1)}, nil
}

// Wait implements node.Waiter.
func (s *Source) Wait() time.Duration { return s.wait }

// Start implements element.Element.
func (s *Source) Start(context.Context) error { return nil }

// Stop implements element.Element.
func (s *Source) Stop(context.Context) error {
	if s.out != nil {
		for _, a := range s.out.lanes {
			a.source.CompareAndSwap(s.out, nil)
		}
	}
	s.leg.leave(sourceHalf, nil)
	return nil
}

// Describe implements node.Source: it waits until something is agreed on.
func (s *Source) Describe(ctx context.Context) (media.Description, error) {
	select {
	case <-s.leg.Agreed():
	case <-s.leg.Done():
		return media.Description{}, fault.New(fault.Closed, "sip", "the call has ended")
	case <-ctx.Done():
		return media.Description{}, ctx.Err()
	}
	s.out = &output{}
	for _, a := range s.leg.lines() {
		if w := a.way.Load(); w != nil {
			s.out.lanes, s.out.codecs = append(s.out.lanes, a), append(s.out.codecs, w.codec.Track())
		}
	}
	return media.Description{Tracks: s.out.codecs}, nil
}

// Form implements node.Source.
func (s *Source) Form() hub.Form { return hub.Packets }

// Feed implements node.Source.
func (s *Source) Feed(p *hub.Publication) {
	s.out.publication.Store(p)
	for _, a := range s.out.lanes {
		a.source.Store(s.out)
	}
}

// RequestKey implements hub.Source.
func (s *Source) RequestKey(track int) {
	if track >= 0 && track < len(s.out.lanes) {
		s.out.lanes[track].askPicture()
	}
}

// Demand implements hub.Source.
func (s *Source) Demand(int) {}

// Idle implements hub.Source.
func (s *Source) Idle(int) {}

// Ended implements hub.Source.
func (s *Source) Ended(reason error) { s.leg.leave(sourceHalf, reason) }

// write passes packets on, as long as they are what was described. A publication that has ended refuses them; the element hears of that
// otherwise.
func (o *output) write(a *lane, batch []media.Packet) {
	p := o.publication.Load()
	if i := o.index(a); i >= 0 && p != nil {
		_ = p.Write(i, batch)
	}
}

func (o *output) report(a *lane, ticks uint32, ntp, at time.Time) {
	p := o.publication.Load()
	if i := o.index(a); i >= 0 && p != nil {
		_ = p.Report(i, ticks, ntp, at) // as above
	}
}

// index is the track of a lane; -1 if it carries something else by now.
func (o *output) index(a *lane) int {
	w := a.way.Load()
	for i := range o.lanes {
		if o.lanes[i] == a && w != nil && o.codecs[i].Codec == w.codec.Codec && o.codecs[i].ClockRate == w.codec.Rate {
			return i
		}
	}
	return -1
}
