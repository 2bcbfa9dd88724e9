// Package harm damages media on purpose, the same way for the same seed: bits are flipped, ends are cut off, pieces are
// repeated, left out or swapped, and lengths become enormous. It knows no format; what decodes the result is not its affair.
// It is for tests.
package harm

import (
	"math/bits"
	"math/rand/v2"
)

// head is how many bytes at the beginning are sometimes damaged alone: most of what a parser believes stands there.
const head = 256

// most is how many times larger than the original a damaged file gets at most.
const most = 4

// File gives a damaged copy of a file's content. Seed 0 damages nothing.
func File(seed uint64, data []byte) []byte {
	out := append([]byte(nil), data...)
	if seed == 0 {
		return out
	}
	r := random(seed)
	for range 1 + r.IntN(4) {
		out = once(r, out)
	}
	return out[:min(len(out), most*len(data)+head)]
}

// random is what a seed stands for.
func random(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, bits.Reverse64(seed))) } //nolint:gosec // damage is no secret

// once does one kind of damage. It may change data.
func once(r *rand.Rand, data []byte) []byte {
	if len(data) == 0 {
		return insert(r, data)
	}
	limit := len(data)
	if r.IntN(4) == 0 {
		limit = min(limit, head)
	}
	switch r.IntN(9) {
	case 0, 1, 2:
		flip(r, data[:limit])
	case 3:
		return data[:r.IntN(len(data))]
	case 4:
		from, to := span(r, data[:limit])
		return append(data[:from:from], data[to:]...)
	case 5:
		from, to := span(r, data[:limit])
		at := r.IntN(len(data))
		return append(append(data[:at:at], data[from:to]...), data[at:]...)
	case 6:
		number(r, data[:limit])
	case 7:
		from, to := span(r, data[:limit])
		clear(data[from:to])
	default:
		return insert(r, data)
	}
	return data
}

// flip flips one bit, some, or one in a thousand.
func flip(r *rand.Rand, data []byte) {
	n := 1 + r.IntN(16)
	if r.IntN(3) == 0 {
		n += len(data) * 8 / 1000
	}
	for range n {
		data[r.IntN(len(data))] ^= 1 << r.IntN(8)
	}
}

// number writes a value that lengths and counts should not have, in one, two, three, four or eight bytes of either order.
func number(r *rand.Rand, data []byte) {
	values := []uint64{
		0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fffff, 0xffffff, 0x7fffffff, 0x80000000, 0xffffffff, 1<<63 - 1, 1 << 63, 1<<64 - 1,
	}
	v := values[r.IntN(len(values))]
	width := []int{1, 2, 3, 4, 8}[r.IntN(5)]
	at, big := r.IntN(len(data)), r.IntN(2) == 0
	for i := range min(width, len(data)-at) {
		shift := 8 * i
		if big {
			shift = 8 * (width - 1 - i)
		}
		data[at+i] = byte(v >> shift)
	}
}

// insert puts random bytes somewhere.
func insert(r *rand.Rand, data []byte) []byte {
	at := 0
	if len(data) > 0 {
		at = r.IntN(len(data))
	}
	noise := make([]byte, 1+r.IntN(64))
	for i := range noise {
		noise[i] = byte(r.Uint32())
	}
	return append(append(data[:at:at], noise...), data[at:]...)
}

// span is a piece of data, of a quarter at most.
func span(r *rand.Rand, data []byte) (from, to int) {
	from = r.IntN(len(data))
	return from, min(from+1+r.IntN(len(data)/4+1), len(data))
}
