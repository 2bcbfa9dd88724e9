package fanout

import "math"

// start finds where a reader of the lanes begins, and has its loop's roster woken from now on, so that nothing is lost
// until the reader has joined it.
func (l *Log[T]) start(lanes []int, loop int, replay Replay) ([]feed, pace) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := pace{rate: replay.Rate, began: l.clock.Now()}
	lead := l.lead(lanes)
	if lead != nil {
		p.first = lead.ring.at(lead.key).at
	}
	feeds := make([]feed, len(lanes))
	for i, at := range lanes {
		ln := l.lanes[at]
		ln.listen(l.rosters[loop], 1)
		f := feed{lane: at, track: i, keyed: ln.Keyed, asker: ln.Asker, window: uint64(max(ln.Window, 1))}
		f.place(ln.view(), lead != nil && replay.Live <= 0, lead.mark(at), replay.Rate > 0)
		if f.keyed {
			f.only = ln.alone(replay.Live)
		}
		feeds[i] = f
	}
	return feeds, p
}

// lead is the first of the lanes that has a key unit to begin at; nil if none has.
func (l *Log[T]) lead(lanes []int) *lane[T] {
	for _, at := range lanes {
		if ln := l.lanes[at]; ln.Keyed && ln.view().hasKey {
			return ln
		}
	}
	return nil
}

// mark is where the lane at that index stood when the newest key unit of this one came; 0 if it was not there yet.
func (ln *lane[T]) mark(at int) uint64 {
	if ln == nil || at >= len(ln.marks) {
		return 0
	}
	return ln.marks[at]
}

// place puts a new feed where it begins. mark is where the leading lane's key unit came, if one leads.
func (f *feed) place(v view, led bool, mark uint64, paced bool) {
	switch {
	case f.keyed && v.hasKey:
		f.pos = v.key
	case f.keyed:
		f.pos, f.waiting = v.unit, true
	case led:
		f.pos = max(mark, v.tail)
	default:
		f.pos = v.head
	}
	f.limit = f.window + v.head - f.pos
	f.paced = paced && !f.waiting && f.pos < v.head
}

// drain copies what there is for a feed and moves it behind that.
func (l *Log[T]) drain(f *feed) []*T {
	l.mu.Lock()
	defer l.mu.Unlock()
	ring := &l.lanes[f.lane].ring
	if f.waiting || f.pos < ring.tail {
		return nil
	}
	got := ring.copy(stretch[T]{}, f.pos, ring.head, math.MaxInt64, math.MaxInt)
	f.pos = got.to
	f.caughtUp()
	return got.items
}
