package fanout

import "time"

// slot is an item with what a log remembers of it. One without an item was thinned out: readers pass it by.
type slot[T any] struct {
	item  *T
	at    time.Duration // when it came
	bytes int           // of media
	size  int           // of memory
	key   bool          // a key frame showed here
	spare bool          // nothing that comes later needs it
	first bool          // it begins a unit
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
	items  []*T
	places []uint64 // their positions
	to     uint64   // the position behind it
	bytes  int
	keys   int
}

// emptied is a stretch without anything, for another to be copied into.
func (s stretch[T]) emptied() stretch[T] {
	return stretch[T]{items: s.items[:0], places: s.places[:0]}
}

// copy puts the items from one position to another into c, up to the first that came after until, and at most so many.
func (r *ring[T]) copy(c stretch[T], from, to uint64, until time.Duration, most int) stretch[T] {
	c = c.emptied()
	for c.to = from; c.to < to && len(c.items) < most; c.to++ {
		s := r.at(c.to)
		if s.at > until {
			break
		}
		if s.item == nil {
			continue
		}
		c.items, c.places = append(c.items, s.item), append(c.places, c.to)
		c.bytes += s.bytes
		if s.key {
			c.keys++
		}
	}
	return c
}

// thin lets the item at a position go, if it can be spared, and tells the memory that it took.
func (r *ring[T]) thin(pos uint64) int {
	s := r.at(pos)
	if !s.spare {
		return 0
	}
	size := s.size
	*s = slot[T]{at: s.at}
	return size
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
