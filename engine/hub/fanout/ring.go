package fanout

import "time"

// slot is an item with what a log remembers of it.
type slot[T any] struct {
	item  *T
	at    time.Duration // when it came
	bytes int           // of media
	size  int           // of memory
	key   bool          // a key frame showed here
}

// ring keeps the newest items. Positions count from the first item ever and never repeat; those from tail up to head are
// kept. It grows when it must and never shrinks: a slot is small, and what it held is let go.
type ring[T any] struct {
	slots      []slot[T] // a power of two
	tail, head uint64
}

const firstRing = 64

func (r *ring[T]) push(s slot[T]) {
	if int(r.head-r.tail) == len(r.slots) {
		r.grow()
	}
	*r.at(r.head) = s
	r.head++
}

// at is the slot of a position from tail up to head.
func (r *ring[T]) at(pos uint64) *slot[T] { return &r.slots[pos&uint64(len(r.slots)-1)] }

// stretch is a part of a ring, copied.
type stretch[T any] struct {
	items []*T
	bytes int
	keys  int
}

// copy appends the items from one position to another to those of out, up to the first that came after until.
func (r *ring[T]) copy(out []*T, from, to uint64, until time.Duration) stretch[T] {
	c := stretch[T]{items: out}
	for pos := from; pos < to; pos++ {
		s := r.at(pos)
		if s.at > until {
			break
		}
		c.items = append(c.items, s.item)
		c.bytes += s.bytes
		if s.key {
			c.keys++
		}
	}
	return c
}

// evict lets the oldest item go and tells the memory that it took.
func (r *ring[T]) evict() int {
	s := r.at(r.tail)
	size := s.size
	*s = slot[T]{}
	r.tail++
	return size
}

func (r *ring[T]) len() int { return int(r.head - r.tail) }

func (r *ring[T]) grow() {
	old := *r
	r.slots = make([]slot[T], max(2*len(old.slots), firstRing))
	for pos := old.tail; pos < old.head; pos++ {
		*r.at(pos) = *old.at(pos)
	}
}
