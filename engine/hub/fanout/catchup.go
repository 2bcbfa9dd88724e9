package fanout

import (
	"math"
	"time"
)

// catchUp serves a reader that is not in step: it waits for a key frame, replays, or was slow. It tells whether the
// reader can go on at once, and if not, when; neither if it needs something new or a Wake.
func (r *roster[T]) catchUp(reader *Reader[T], f *feed, b *fresh[T]) (again bool, due time.Time) {
	if dropped, why := f.settle(b.view); dropped > 0 {
		reader.stats.Drops.Add(why, dropped)
	}
	if f.waiting {
		f.asker.Ask()
		return false, time.Time{}
	}
	until := time.Duration(math.MaxInt64)
	if f.paced {
		until = reader.pace.until(r.loop.clock.Now())
	}
	to := b.to
	if f.only > 0 {
		to = min(to, f.only)
	}
	got, next, kept := r.read(f, to, until, burst)
	if !kept {
		return true, time.Time{} // it was let go since the view was taken: settle anew
	}
	if len(got.items) > 0 {
		if n := reader.sink.Push(f.track, got.items); n < len(got.items) {
			r.part(reader, f, got.places[:max(n, 0)])
			return false, time.Time{}
		}
		reader.took(len(got.items), got.bytes, got.keys)
	}
	f.pos = got.to
	switch {
	case f.had():
		return true, time.Time{} // settle anew
	case f.pos >= b.to:
		f.caughtUp()
		return b.to < b.head, time.Time{}
	case next > until:
		return false, reader.pace.due(next)
	}
	return true, time.Time{}
}

// read copies what a feed may have, up to position to and at most so many items, out of the log. next is the time of the
// item behind it, if there is one; kept is false if the feed's place is no longer in the log.
func (r *roster[T]) read(f *feed, to uint64, until time.Duration, most int) (got stretch[T], next time.Duration, kept bool) {
	r.log.mu.Lock()
	defer r.log.mu.Unlock()
	ring := &r.log.lanes[f.lane].ring
	if f.pos < ring.tail {
		return stretch[T]{}, 0, false
	}
	r.own = ring.copy(r.own, f.pos, to, until, most)
	if r.own.to < to {
		next = ring.at(r.own.to).at
	}
	return r.own, next, true
}

// part counts what a sink took that did not take all, by the positions of that.
func (r *roster[T]) part(reader *Reader[T], f *feed, took []uint64) {
	n := len(took)
	if n == 0 {
		return
	}
	end := took[n-1] + 1 // which may lie in what is read into
	got, _, _ := r.read(f, end, math.MaxInt64, n)
	f.pos = end
	reader.took(n, got.bytes, got.keys)
}

// level notes how far a reader is behind what was fetched. Readers in step are not behind and need no note.
func (r *roster[T]) level(reader *Reader[T]) {
	r.log.mu.Lock()
	defer r.log.mu.Unlock()
	var waiting uint64
	var lag time.Duration
	for _, f := range reader.feeds {
		head, ring := r.fresh[f.lane].head, &r.log.lanes[f.lane].ring
		if from := max(f.pos, ring.tail); from < head {
			waiting += head - from
			lag = max(lag, ring.at(head-1).at-ring.at(from).at)
		}
	}
	reader.stats.Level.Set(int64(waiting))
	reader.stats.Lag.Set(int64(lag))
}
