package payload

import "github.com/pion/rtp"

// maxLate is how far behind a packet is late; further behind, the sender began anew (RFC 3550 A.1).
const maxLate = 100

// step is how a packet follows the one before.
type step int

const (
	next  step = iota // it is the next one
	jump              // something is missing before it, or may be
	stale             // it came late or twice
)

// sequence follows the sequence numbers of one stream.
type sequence struct {
	due   uint16
	ssrc  uint32
	begun bool
}

// step takes a packet's header and says how many packets are missing before it; 0 if that cannot be said.
func (s *sequence) step(h *rtp.Header) (step, uint64) {
	ahead := int16(h.SequenceNumber - s.due)
	fresh := !s.begun || h.SSRC != s.ssrc
	if !fresh && ahead < 0 && ahead >= -maxLate {
		return stale, 0
	}
	s.due, s.ssrc, s.begun = h.SequenceNumber+1, h.SSRC, true
	switch {
	case fresh || ahead < 0:
		return jump, 0
	case ahead > 0:
		return jump, uint64(ahead)
	}
	return next, 0
}
