package packager

import "time"

// lane is one track on its way to the output: what waits, and how far it has come.
type lane struct {
	intake intake
	queue  []sample
	room   []sample      // the memory that the queue walks through, empty
	bytes  int           // in the queue
	newest time.Duration // decoding time of the last sample that came
	reach  time.Duration // of sound: when that ends
	even   bool          // it has been about as far as the other track since the last interruption
	seen   bool          // one came since the last interruption
	since  time.Duration // when it came again after its last pause
	absent bool          // so far behind the other track that this one does not wait
}

// push adds what came.
func (l *lane) push(s sample) {
	full := len(l.queue) == cap(l.queue)
	if full && len(l.queue) <= cap(l.room)/2 {
		n := copy(l.room[:cap(l.room)], l.queue)
		l.queue, full = l.room[:n], false
	}
	l.queue = append(l.queue, s)
	if full {
		l.room = l.queue[:0]
	}
	l.bytes += s.size
	l.newest, l.reach, l.seen = s.dts, s.end, true
}

// pop takes the first one.
func (l *lane) pop() sample {
	s := l.queue[0]
	l.queue[0] = sample{}
	l.queue, l.bytes = l.queue[1:], l.bytes-s.size
	return s
}

// pause notes that what comes for a time does so behind a pause. The time of that is not one in which the other track was late: both
// may have paused. While the other track is late one pause counts, not each of many.
func (l *lane) pause(at time.Duration, other *lane) {
	const short = 200 * time.Millisecond
	if l.seen && other != nil && at-l.newest > short && l.since <= other.newest {
		l.since = at
	}
}

// without drops what waits from a time on: it belongs behind a jump that the other track has told of now.
func (l *lane) without(from time.Duration) {
	if l == nil {
		return
	}
	for n := len(l.queue); n > 0 && l.queue[n-1].dts >= from; n-- {
		l.bytes -= l.queue[n-1].size
		l.queue[n-1], l.queue = sample{}, l.queue[:n-1]
	}
}

// first is when the first one is decoded; false if none waits.
func (l *lane) first() (time.Duration, bool) {
	if l == nil || len(l.queue) == 0 {
		return 0, false
	}
	return l.queue[0].dts, true
}

// reset forgets what was before an interruption.
func (l *lane) reset() {
	if l != nil {
		l.intake.reset()
		l.queue, l.room, l.bytes, l.reach = nil, nil, 0, 0
		l.since, l.seen, l.even, l.absent = 0, false, false, false
	}
}

// patience is how far this track may be behind the other until that goes on without it. At the beginning somebody may still be
// converting it, or it begins with pictures that are kept since the last key picture while sound that is converted is live; and
// tracks that come later cost all players a new beginning.
func (l *lane) patience() time.Duration {
	if l.even {
		return time.Second
	}
	return forgotten
}

// compare notes whether the track is where the other one is.
func (l *lane) compare(other *lane) {
	l.even = l.even || other != nil && other.seen && other.newest-l.newest < time.Second
}
