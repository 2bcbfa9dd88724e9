package wsplayer

// packetSize is 20 ms of G.711 in bytes, which are samples. The player takes every packet for that long.
const packetSize = 160

const (
	// slack is how far from where it should be sound may come without being put there: times of units are rounded.
	slack = packetSize / 2
	// hole is the longest gap that is filled with silence, as the player takes what it gets for steady.
	hole = 2 * audioRate
	// silence is a sample of 0 (G.711, µ-law).
	silence = 0xff
)

// sound cuts samples into packets of the size that the player wants. Times are in samples.
type sound struct {
	waiting []byte
	from    int64 // the time of the first that waits
	broken  bool  // what comes next has nothing to do with what was before
}

// add takes samples that begin at a time. Small gaps are filled; over longer ones time jumps. What comes too early was there
// already, and is left out.
func (s *sound) add(at int64, parts [][]byte) {
	gap, skip := at-s.from-int64(len(s.waiting)), int64(0)
	switch {
	case s.broken, gap > hole, gap < -hole:
		s.waiting, s.from, s.broken = s.waiting[:0], at, false
	case gap > slack:
		for range gap {
			s.waiting = append(s.waiting, silence)
		}
	case gap < -slack:
		skip = -gap
	}
	for _, part := range parts {
		n := min(skip, int64(len(part)))
		skip -= n
		s.waiting = append(s.waiting, part[n:]...)
	}
}

// next takes the next packet; nil if there are not enough samples for one. It is good until add is called.
func (s *sound) next() (from int64, packet []byte) {
	if len(s.waiting) < packetSize {
		return 0, nil
	}
	from, packet = s.from, s.waiting[:packetSize]
	s.waiting = s.waiting[packetSize:]
	s.from += packetSize
	return from, packet
}
