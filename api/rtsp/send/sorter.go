package send

import (
	"time"

	"sluice/engine/media"
)

const (
	// maxHeld and maxWait are how many packets wait for one that is missing before them, and for how long, by their arrivals:
	// a retransmission over half the world.
	maxHeld = 128
	maxWait = 200 * time.Millisecond
)

// sorter puts the packets of a track in order, for players over TCP: these have no buffer to do so, since nothing comes out of
// order there but what did so on its way to us. The zero sorter is ready.
type sorter struct {
	begun  bool
	source uint32
	next   uint16
	held   []*media.Packet // by number, all of them after next
	out    []*media.Packet
}

// offer takes packets and gives those whose turn it is, which are the caller's until the next offer.
func (s *sorter) offer(items []*media.Packet) []*media.Packet {
	if len(s.held) == 0 && s.follow(items) {
		return items
	}
	clear(s.out)
	s.out = s.out[:0]
	for _, p := range items {
		s.take(p)
	}
	return s.out
}

// follow tells whether all packets are the next ones, and counts them then.
func (s *sorter) follow(items []*media.Packet) bool {
	next := s.next
	for _, p := range items {
		if !s.begun || p.Header.SSRC != s.source || p.Header.SequenceNumber != next {
			return false
		}
		next++
	}
	s.next = next
	return true
}

func (s *sorter) take(p *media.Packet) {
	number := p.Header.SequenceNumber
	ahead := int(int16(number - s.next))
	switch {
	case !s.begun || p.Header.SSRC != s.source || ahead > gap || ahead < -lateness: // it begins anew
		s.rest()
		s.begun, s.source = true, p.Header.SSRC
		s.emit(p)
	case ahead == 0:
		s.emit(p)
		s.release()
	case ahead > 0:
		s.hold(p)
		if len(s.held) > maxHeld || p.Arrival.Sub(s.held[0].Arrival) > maxWait {
			s.emit(s.first())
			s.release()
		}
	}
	// What is late has been waited for.
}

func (s *sorter) emit(p *media.Packet) {
	s.out = append(s.out, p)
	s.next = p.Header.SequenceNumber + 1
}

// hold keeps a packet, unless it is there already.
func (s *sorter) hold(p *media.Packet) {
	at := len(s.held)
	for at > 0 {
		switch d := int16(s.held[at-1].Header.SequenceNumber - p.Header.SequenceNumber); {
		case d == 0:
			return
		case d < 0:
			s.insert(at, p)
			return
		}
		at--
	}
	s.insert(0, p)
}

func (s *sorter) insert(at int, p *media.Packet) {
	s.held = append(s.held, nil)
	copy(s.held[at+1:], s.held[at:])
	s.held[at] = p
}

// first takes the first one that is held.
func (s *sorter) first() *media.Packet {
	p := s.held[0]
	copy(s.held, s.held[1:])
	s.held[len(s.held)-1] = nil
	s.held = s.held[:len(s.held)-1]
	return p
}

// release gives those whose turn it is now.
func (s *sorter) release() {
	for len(s.held) > 0 && s.held[0].Header.SequenceNumber == s.next {
		s.emit(s.first())
	}
}

// rest gives all that is held.
func (s *sorter) rest() {
	for len(s.held) > 0 {
		s.emit(s.first())
	}
}
