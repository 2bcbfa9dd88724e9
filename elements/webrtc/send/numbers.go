package send

const (
	// lateness is how far packets may be out of order. RFC 3550 A.1 has 100 as MAX_MISORDER; with retransmissions a source
	// fills gaps that are some round trips old.
	lateness = 500
	// hubGap is how many packets are missing at least if the hub dropped them, and not the network.
	hubGap = 64
	// maxDropout is RFC 3550's MAX_DROPOUT.
	maxDropout = 3000
	// early is how many packets before the very first one still have a number.
	early = 16
)

// numbers maps a source's sequence numbers to outgoing ones, both counted without wrap-around. Within a stretch they differ
// by its shift.
type numbers struct {
	highest     int64 // that was given out
	run, before stretch
	runs        int
	inserted    bool // a number was given to what is not the source's, behind the run
}

// stretch is a part of the source's numbers, with its bounds. The zero stretch holds nothing.
type stretch struct {
	first, last int64
	shift       int64
	used        bool
}

func (s stretch) holds(n int64) bool { return s.used && s.first <= n && n <= s.last }

// distance is how far a number is from the highest of the source so far: 1 if it follows.
func (n *numbers) distance(seq uint16) int { return int(int16(seq - uint16(n.run.last))) }

// begin starts a stretch with seq. If it is of the same numbering as the one before, late packets of that one keep their place.
func (n *numbers) begin(seq uint16, same bool) int64 {
	at := int64(seq)
	if n.before = (stretch{}); same {
		n.before = n.run
		at = n.run.last + int64(n.distance(seq))
	}
	n.highest++
	n.inserted = false
	n.run = stretch{first: at, last: at, shift: n.highest - at, used: true}
	n.runs++
	return n.highest
}

// insert gives out a number for what is not the source's.
func (n *numbers) insert() {
	n.highest++
	n.inserted = n.runs > 0
}

// forward numbers a packet that comes after the highest one.
func (n *numbers) forward(distance int) int64 {
	n.run.last += int64(distance)
	n.highest = n.run.last + n.run.shift
	return n.highest
}

// late numbers one that comes before it, or is the same; false if it has no place.
func (n *numbers) late(distance int) (int64, bool) {
	at := n.run.last + int64(distance)
	switch {
	case n.run.holds(at), n.runs == 1 && n.run.first-at <= early:
		return at + n.run.shift, true
	case n.before.holds(at):
		return at + n.before.shift, true
	}
	return 0, false
}
