package send

// padding is how many bytes a packet is padded with at most so that a frame can be sent with one call. Browsers cut frames
// into packets that differ by a byte, and by the extensions of the first and the last one, which are taken off.
const padding = 32

// equalise says how many bytes each of the packets of a burst is to be padded with. Of packets that are sent with one call all
// must be equal but the last, which may be shorter.
func equalise(pads []uint8, sizes []int, most int) {
	clear(pads)
	for from := 0; from < len(sizes); {
		size, to := group(sizes[from:], most)
		to += from
		for i := from; i < to-1; i++ {
			pads[i] = uint8(size - sizes[i])
		}
		from = to
	}
}

// group is how many packets from the first one on can go together, and in which size.
func group(sizes []int, most int) (size, n int) {
	low, size := sizes[0], sizes[0]
	for n = 1; n < len(sizes); n++ {
		s := sizes[n]
		if s < size-most {
			return size, n + 1
		}
		if max(size, s)-min(low, s) > most {
			return size, n
		}
		low, size = min(low, s), max(size, s)
	}
	return size, n
}
