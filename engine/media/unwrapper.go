package media

// unwrapper continues a 32-bit counter beyond its end: each value is taken to be the nearest to the one before.
type unwrapper struct {
	last int64
	seen bool
}

// next unwraps a value and counts on from it.
func (u *unwrapper) next(v uint32) int64 {
	u.last, u.seen = u.peek(v), true
	return u.last
}

// peek unwraps a value without counting on from it.
func (u *unwrapper) peek(v uint32) int64 {
	if !u.seen {
		return int64(v)
	}
	return u.last + int64(int32(v-uint32(u.last)))
}
