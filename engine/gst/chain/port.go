//go:build cgo && !nogst

package chain

import (
	"time"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/run"
	"sluice/engine/stat"
)

var _ run.Port = (*Leg)(nil)

// CopiesUnits makes a Leg a run.Copier.
func (l *Leg) CopiesUnits() {}

// Unit implements run.Port. What comes out has reached the outlet when it returns. False if the leg is not started, has
// ended or has failed.
func (l *Leg) Unit(u *media.Unit) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.ready() {
		l.got.Drops.Add(stat.Unlinked, 1)
		return false
	}
	data := l.join(u.AU)
	l.got.Units.Inc()
	l.got.Bytes.Add(uint64(len(data)))
	l.gotLast.Store(l.now())
	return l.deliver(l.chain.Push(data, u.PTS, 0))
}

// Gap implements run.Port. A short one is concealed if the decoder can; of any other, and of the rest of a long one, the outlet
// is told.
func (l *Leg) Gap(from, length time.Duration) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.ready() {
		return false
	}
	if l.conceals {
		part := min(length, mostConcealed)
		if !l.deliver(l.chain.Gap(from, part)) {
			return false
		}
		from, length = from+part, length-part
	}
	return length <= 0 || l.outlet.Gap(from, length)
}

// Codec implements run.Port. Another codec than the plan's breaks the leg at the next unit: the plan has no decoder for it.
func (l *Leg) Codec(t media.Track) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.track, l.told = t, false
}

// Mark implements run.Port. At the end everything held back comes out first.
func (l *Leg) Mark(m run.Mark) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.phase != legFlows || l.ended {
		return
	}
	switch m {
	case run.Flush:
		if err := l.chain.Flush(); err != nil {
			l.broke(err)
			return
		}
		l.outlet.Mark(run.Flush)
	case run.End:
		l.deliver(l.chain.End())
		l.ended = true
		l.outlet.Mark(run.End)
	}
}

// ready tells whether media can be pushed, having described it if need be.
func (l *Leg) ready() bool {
	if l.phase != legFlows || l.ended {
		return false
	}
	if l.told {
		return true
	}
	if l.track.Codec != l.in.Format.Codec {
		l.broke(fault.New(fault.GstNegotiation, l.in.Node.Of, "%q gives %s, and the plan is for %s",
			l.in.Node.Of, l.track.Codec, l.in.Format.Codec))
		return false
	}
	l.told = true
	return l.deliver(l.chain.Describe(l.track))
}

// join gives the parts of a unit in one piece.
func (l *Leg) join(parts [][]byte) []byte {
	if len(parts) == 1 {
		return parts[0]
	}
	l.joined = l.joined[:0]
	for _, p := range parts {
		l.joined = append(l.joined, p...)
	}
	return l.joined
}

// deliver hands on what came out. False if the chain is broken.
func (l *Leg) deliver(frames []Frame, err error) bool {
	for _, f := range frames {
		switch f.Kind {
		case Unit:
			l.unit(f)
		case Format:
			l.outlet.Codec(l.chain.Track(l.out.Format.Codec))
		case Gap, End: // which the outlet is told at once, also if an element keeps them
		}
	}
	if err != nil {
		l.broke(err)
	}
	return err == nil
}

// unit hands on one frame of media.
func (l *Leg) unit(f Frame) {
	pts := f.PTS
	if pts < 0 {
		pts = l.next
	}
	l.next = pts + max(f.Duration, 0)
	u := &l.lent
	if l.copies {
		u.PTS, u.DTS, u.Key, u.AU = pts, pts, true, append(u.AU[:0], f.Data)
	} else {
		l.batch, u = l.batch.add(f.Data, pts)
	}
	taken := l.outlet.Unit(u)
	if l.copies {
		clear(u.AU) // that memory is the chain's and may move
	}
	if !taken {
		l.gave.Drops.Add(stat.Slow, 1)
		return
	}
	l.gave.Units.Inc()
	l.gave.Bytes.Add(uint64(len(f.Data)))
	l.gaveLast.Store(l.now())
	if !l.first {
		l.first = true
		l.host.Tell(run.Notice{Kind: run.FirstMedia, Node: l.node})
	}
}

// broke ends the leg's use and says so.
func (l *Leg) broke(err error) {
	if l.phase != legFlows {
		return
	}
	l.phase = legBroken
	l.failed(err)
}
