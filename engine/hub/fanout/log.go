package fanout

import (
	"slices"
	"sync"
)

// maxKept bounds a lane's items, so that very small ones do not cost more in slots than in memory of their own.
const maxKept = 1 << 15

// Log keeps the newest items of its lanes: as far back as readers may be behind, and from the last key frame on for who
// begins to read, as long as all that fits its limit. Safe for concurrent use; each lane has one writer.
type Log[T any] struct {
	clock   Clock
	limit   int
	rosters []*roster[T] // one for each loop

	mu    sync.Mutex
	lanes []*lane[T]
	size  int // memory that is kept, of all lanes
}

// NewLog makes a log that keeps at most limit bytes for the loops' readers.
func NewLog[T any](loops *Loops, limit int) *Log[T] {
	l := &Log[T]{clock: loops.clock, limit: limit, rosters: make([]*roster[T], len(loops.all))}
	for i, loop := range loops.all {
		l.rosters[i] = &roster[T]{log: l, loop: loop}
	}
	return l
}

// AddLane adds a lane and gives its index.
func (l *Log[T]) AddLane(described Lane[T]) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lanes = append(l.lanes, &lane[T]{Lane: described})
	return len(l.lanes) - 1
}

// Append writes items to a lane and has the readers of the lane served. It does not wait for them. The batch belongs to
// the log from now on; a reader that keeps an item keeps the whole batch in memory.
func (l *Log[T]) Append(at int, batch []T) {
	l.mu.Lock()
	ln := l.lanes[at]
	size := ln.size
	for i := range batch {
		if ln.add(&batch[i]) {
			l.mark(ln)
		}
	}
	l.size += ln.size - size
	l.trim(at, len(batch))
	ears := ln.ears
	l.mu.Unlock()
	for _, e := range ears {
		e.roster.wake()
	}
}

// Size is how many bytes of memory the log keeps.
func (l *Log[T]) Size() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.size
}

// Forget empties a lane: who begins to read finds nothing but what is written from now on.
func (l *Log[T]) Forget(at int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	ln := l.lanes[at]
	for ln.ring.len() > 0 {
		l.evict(ln)
	}
	ln.unit, ln.hasKey = ln.ring.head, false
}

// mark notes where all lanes stand at a key unit of ln: there a reader of both begins.
func (l *Log[T]) mark(ln *lane[T]) {
	ln.marks = ln.marks[:0]
	for _, other := range l.lanes {
		ln.marks = append(ln.marks, other.ring.head)
	}
}

// trim lets go what nobody needs in the lane that was written to, and what does not fit in any; but not what was written
// just now, which no reader has seen.
func (l *Log[T]) trim(at, written int) {
	ln := l.lanes[at]
	for need := l.need(at); ln.ring.tail < need && !l.accompanies(ln) || ln.ring.len() > max(maxKept, written); {
		l.evict(ln)
	}
	for l.size > l.limit {
		largest := ln
		for _, other := range l.lanes {
			if other.size > largest.size {
				largest = other
			}
		}
		switch {
		case l.thin(largest):
		case largest == ln && ln.ring.len() <= written:
			return
		default:
			l.evict(largest)
		}
	}
}

// thin lets one item go that can be spared, so that the key unit behind which it came need not go yet. It leaves alone what
// readers may have yet to get who are not just beginning.
func (l *Log[T]) thin(ln *lane[T]) bool {
	end := ln.ring.head - min(uint64(ln.Window), ln.ring.head)
	for pos := max(ln.thin, ln.ring.tail); pos < end; pos++ {
		ln.thin = pos + 1
		if size := ln.ring.thin(pos); size > 0 {
			ln.size -= size
			l.size -= size
			return true
		}
	}
	return false
}

// need is the first position of a lane that somebody may still want: a slow reader, or a new one that begins at a key
// unit of this lane or of another.
func (l *Log[T]) need(at int) uint64 {
	ln := l.lanes[at]
	need := ln.ring.head - min(uint64(ln.Window), ln.ring.head)
	for i, other := range l.lanes {
		switch {
		case !other.view().hasKey:
		case i == at:
			need = min(need, other.key)
		case at < len(other.marks):
			need = min(need, other.marks[at])
		}
	}
	return need
}

// accompanies tells whether the oldest item of a lane came after one that a keyed lane still keeps: who is behind then has both, or
// neither.
func (l *Log[T]) accompanies(ln *lane[T]) bool {
	if ln.Keyed {
		return false
	}
	oldest := ln.ring.at(ln.ring.tail).at
	return slices.ContainsFunc(l.lanes, func(k *lane[T]) bool {
		return k.hasKey && k.ring.len() > 0 && k.ring.at(k.ring.tail).at < oldest
	})
}

func (l *Log[T]) evict(ln *lane[T]) {
	size := ln.ring.evict()
	ln.size -= size
	l.size -= size
}
