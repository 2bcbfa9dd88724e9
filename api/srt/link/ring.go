package link

// ring keeps what belongs to consecutive sequence numbers, as many as window at most. The zero ring is empty.
type ring[T any] struct {
	slots []T // a power of two
}

// at is the place of a sequence number. room has to have been made for it.
func (r *ring[T]) at(seq uint32) *T { return &r.slots[int(seq)&(len(r.slots)-1)] }

// room makes room for n of them from first on, of which used are in use; false if that is more than there may be.
func (r *ring[T]) room(first uint32, used, n int) bool {
	const least = 64
	if n > window {
		return false
	}
	if n <= len(r.slots) {
		return true
	}
	size := max(len(r.slots), least)
	for size < n {
		size *= 2
	}
	old := r.slots
	r.slots = make([]T, size)
	if len(old) == 0 {
		return true
	}
	for i := range min(used, len(old)) {
		seq := int(first) + i
		r.slots[seq&(size-1)] = old[seq&(len(old)-1)]
	}
	return true
}
