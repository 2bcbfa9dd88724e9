package fanout

import (
	"math"
	"sync/atomic"
	"time"
)

// burst is how many items a reader is offered at a time.
const burst = 256

// roster holds the readers that one loop serves from one log. What is new is copied out of the log once for all of
// them; only a reader that is not in step has its items looked up for itself. All but wake is the loop's own.
type roster[T any] struct {
	log    *Log[T]
	loop   *loop
	queued atomic.Bool

	readers   []*Reader[T]
	fresh     []fresh[T] // by lane
	own       stretch[T] // what one reader is offered that is not in step
	finishing int        // readers with a finish
}

// fresh is what is new in a lane since the run before.
type fresh[T any] struct {
	stretch[T]
	view
	feeds int // readers of the lane here; nothing is fetched for nobody
	from  uint64
}

// wake has the loop run the roster, once for however many writes.
func (r *roster[T]) wake() {
	if r.queued.CompareAndSwap(false, true) {
		r.loop.wake(r)
	}
}

// run serves all readers and tells when the next of those that are paced is due.
func (r *roster[T]) run() (due time.Time) {
	r.queued.Store(false)
	r.fetch()
	more := false
	for _, reader := range r.readers {
		again, at := r.serve(reader)
		more = more || again
		reader.finished = reader.finish != nil && !again
		if !at.IsZero() && (due.IsZero() || at.Before(due)) {
			due = at
		}
	}
	r.forget()
	r.dismiss()
	if more {
		r.wake()
	}
	return due
}

// serve offers a reader what it may have now. It tells whether the reader can go on at once, and when at the latest.
func (r *roster[T]) serve(reader *Reader[T]) (again bool, due time.Time) {
	inStep := true
	for i := range reader.feeds {
		f := &reader.feeds[i]
		b := &r.fresh[f.lane]
		if f.pos == b.from && f.live() {
			again = r.hand(reader, f, b) || again
			inStep = inStep && f.pos == b.to
			continue
		}
		inStep = false
		more, at := r.catchUp(reader, f, b)
		again = more || again
		if !at.IsZero() && (due.IsZero() || at.Before(due)) {
			due = at
		}
	}
	if len(reader.coming) > 0 {
		again = r.turn(reader) || again
	}
	if !inStep {
		r.level(reader)
	}
	return again, due
}

// fetch copies what is new out of the log, one burst of it.
func (r *roster[T]) fetch() {
	r.log.mu.Lock()
	defer r.log.mu.Unlock()
	for i := range r.fresh {
		b := &r.fresh[i]
		if b.feeds == 0 {
			continue
		}
		ln := r.log.lanes[i]
		b.view = ln.view()
		b.from = max(b.to, b.tail)
		b.stretch = ln.ring.copy(b.stretch, b.from, min(b.from+burst, b.head), math.MaxInt64, burst)
	}
}

// hand offers what is new to a reader that is in step. It tells whether there is more.
func (r *roster[T]) hand(reader *Reader[T], f *feed, b *fresh[T]) (again bool) {
	if len(b.items) > 0 {
		if n := reader.sink.Push(f.track, b.items); n < len(b.items) {
			r.part(reader, f, b.places[:max(n, 0)])
			return false
		}
		reader.took(len(b.items), b.bytes, b.keys)
	}
	f.pos = b.to
	return b.to < b.head
}

// forget drops what was fetched, so as not to keep alive what the log lets go.
func (r *roster[T]) forget() {
	for i := range r.fresh {
		clear(r.fresh[i].items)
	}
	clear(r.own.items)
}

// dismiss ends the readers that were to be served to the end, and were.
func (r *roster[T]) dismiss() {
	for i := len(r.readers) - 1; i >= 0 && r.finishing > 0; i-- {
		reader := r.readers[i]
		if after := reader.finish; reader.finished {
			r.remove(reader)
			after()
		}
	}
}

// join takes a reader in and has it served.
func (r *roster[T]) join(reader *Reader[T]) {
	r.log.mu.Lock()
	for _, f := range reader.feeds {
		r.expect(f.lane)
	}
	r.log.mu.Unlock()
	reader.roster, reader.place = r, len(r.readers)
	r.readers = append(r.readers, reader)
	r.wake()
}

// expect has a lane fetched for one feed more, which the lane has to wake already. The caller holds the log's lock.
func (r *roster[T]) expect(lane int) {
	for len(r.fresh) <= lane {
		r.fresh = append(r.fresh, fresh[T]{})
	}
	b := &r.fresh[lane]
	if b.feeds == 0 {
		b.to = r.log.lanes[lane].ring.head
	}
	b.feeds++
}

// ignore is the opposite of expect, and of the lane's waking. The caller holds the log's lock.
func (r *roster[T]) ignore(lane int) {
	r.log.lanes[lane].listen(r, -1)
	r.fresh[lane].feeds--
}

// remove lets a reader go.
func (r *roster[T]) remove(reader *Reader[T]) {
	r.log.mu.Lock()
	for _, f := range reader.feeds {
		r.ignore(f.lane)
	}
	for _, c := range reader.coming {
		r.ignore(c.lane)
	}
	r.log.mu.Unlock()
	if reader.finish != nil {
		reader.finish, reader.finished = nil, false
		r.finishing--
	}
	last := len(r.readers) - 1
	r.readers[reader.place] = r.readers[last]
	r.readers[reader.place].place = reader.place
	r.readers[last] = nil
	r.readers = r.readers[:last]
	reader.roster, reader.feeds, reader.coming = nil, nil, nil
}
