package fanout

import "sluice/engine/stat"

// Reader is served by one loop all its life, whichever log it is attached to, so its sink is never called twice at a
// time. Its methods may be called from anywhere.
type Reader[T any] struct {
	loop  *loop
	sink  Sink[T]
	stats *stat.Set

	// Only the loop touches these.
	roster *roster[T] // nil while the reader is attached to nothing
	place  int        // in the roster
	feeds  []feed
	coming []change
	pace   pace
	// To be called once everything was offered, and whether it was.
	finish   func()
	finished bool
}

// NewReader makes a reader that is attached to nothing yet. What it takes and loses is counted in stats.
func NewReader[T any](loops *Loops, sink Sink[T], stats *stat.Set) *Reader[T] {
	return &Reader[T]{loop: loops.pick(), sink: sink, stats: stats}
}

// Attach begins to read lanes of a log; the sink knows them as tracks 0, 1 and so on. It leaves the log that the reader
// was attached to. The reader gets what the log keeps from the last key frame on and then what is written, without gap
// or repetition, unless replay says otherwise; without a key frame it gets the other lanes at once and keyed ones from their
// next key frame on. The writer is asked for a key frame. before is called on the reader's loop before the first item.
func (r *Reader[T]) Attach(log *Log[T], lanes []int, replay Replay, before func()) {
	feeds, p := log.start(lanes, r.loop.index, replay)
	for _, f := range feeds {
		if f.keyed {
			f.asker.Ask()
		}
	}
	r.begin(log, feeds, p, before)
}

// Prime is Attach to one lane for a reader that is attached to nothing and whose sink takes everything: what the log keeps
// is pushed before it returns, by the caller, who is to keep others from the sink until then.
func (r *Reader[T]) Prime(log *Log[T], lane int) {
	feeds, p := log.start([]int{lane}, r.loop.index, Replay{})
	if items := log.drain(&feeds[0]); len(items) > 0 {
		r.sink.Push(0, items)
	} else if feeds[0].waiting {
		feeds[0].asker.Ask()
	}
	r.begin(log, feeds, p, func() {})
}

func (r *Reader[T]) begin(log *Log[T], feeds []feed, p pace, before func()) {
	r.loop.post(func() { // from here on the feeds are the loop's
		r.leave()
		before()
		r.feeds, r.pace = feeds, p
		log.rosters[r.loop.index].join(r)
	})
}

// Detach leaves the log at once and then calls after, on the reader's loop, where nothing is pushed to the sink any
// more.
func (r *Reader[T]) Detach(after func()) {
	if !r.loop.post(func() { r.leave(); after() }) {
		after()
	}
}

// Finish is like Detach, but offers what was written until now before; to a paced reader, what is due. If the reader is
// detached or attached anew in the meantime, after is not called.
func (r *Reader[T]) Finish(after func()) {
	posted := r.loop.post(func() {
		if r.roster == nil {
			after()
			return
		}
		if before := r.finish; before != nil {
			r.finish = func() { before(); after() }
		} else {
			r.finish = after
			r.roster.finishing++
		}
		r.roster.wake()
	})
	if !posted {
		after()
	}
}

// Wake has the sink offered again what it did not take.
func (r *Reader[T]) Wake() {
	r.loop.post(func() {
		if r.roster != nil {
			r.roster.wake()
		}
	})
}

// leave detaches the reader. Its loop calls it.
func (r *Reader[T]) leave() {
	if r.roster != nil {
		r.roster.remove(r)
	}
}

// took counts what the sink took.
func (r *Reader[T]) took(units, bytes, keys int) {
	r.stats.Units.Add(uint64(units))
	r.stats.Bytes.Add(uint64(bytes))
	if keys > 0 {
		r.stats.Keyframes.Add(uint64(keys))
	}
}
