package link

import (
	"time"

	"sluice/api/srt/wire"
)

// outgoing is a packet that was sent and is not known to have come.
type outgoing struct {
	packet *[]byte
	at     time.Time // when it was sent
	again  time.Time // when it was sent again last; zero if it never was
}

// sender keeps what may have to be sent again. Its connection's lock guards it.
type sender struct {
	ring        ring[outgoing]
	first, next uint32 // what was not acknowledged; what comes next
	message     uint32
	limit       int           // packets on their way
	keep        time.Duration // what is older is not sent again

	again    budget
	repeated time.Time // when something was sent again last

	moved time.Time // when something new was sent last, or the peer told of what it has or lacks
	tries int       // since then, without an answer
}

// flight is how many packets are on their way.
func (s *sender) flight() int { return wire.Distance(s.next, s.first) }

// add takes the next packet; false if too many are on their way.
func (s *sender) add(packet *[]byte, at time.Time) bool {
	n := s.flight()
	if n >= s.limit || !s.ring.room(s.first, n, n+1) {
		return false
	}
	*s.ring.at(s.next) = outgoing{packet: packet, at: at}
	s.next = wire.Next(s.next, 1)
	s.message = s.message%(1<<26-1) + 1
	s.move(at)
	return true
}

// forget drops all before a sequence number, giving the memory back.
func (s *sender) forget(upTo uint32, back func(*[]byte)) {
	for s.first != upTo {
		o := s.ring.at(s.first)
		back(o.packet)
		*o = outgoing{}
		s.first = wire.Next(s.first, 1)
	}
}

// took is how long it took at most until a peer said what it has, from when that was sent. It is not known of what was sent before
// something was sent again, for which it may have waited (compare Karn's algorithm, RFC 6298 3).
func (s *sender) took(next uint32, now time.Time) (time.Duration, bool) {
	if n := wire.Distance(next, s.first); n <= 0 || n > s.flight() {
		return 0, false
	}
	o := s.ring.at(wire.Next(next, -1))
	return now.Sub(o.at), o.again.IsZero() && o.at.After(s.repeated)
}

// acknowledge takes what a peer says it has. What it cannot have is not believed.
func (s *sender) acknowledge(next uint32, now time.Time, back func(*[]byte)) {
	if n := wire.Distance(next, s.first); n > 0 && n <= s.flight() {
		s.forget(next, back)
		s.move(now)
	}
}

func (s *sender) move(now time.Time) { s.moved, s.tries = now, 0 }

// unanswered sends the last packets again of which a peer has said nothing for so long. A peer misses what stands before something
// that came, and what is lost before a silence has nothing behind it. Only a few are sent: with the last of them the peer knows what
// else it lacks. libsrt has such a timer, too (CUDT::checkRexmitTimer), which does nothing where the peer reports losses.
func (s *sender) unanswered(now time.Time, patience time.Duration, send func(*[]byte)) {
	const few = 16
	n := s.flight()
	if n == 0 || now.Sub(s.moved) < time.Duration(s.tries+1)*patience {
		return
	}
	s.tries++
	s.lost(wire.Range{First: wire.Next(s.next, -min(n, few)), Last: wire.Next(s.next, -1)}, now, patience, few, func(b *[]byte) bool {
		send(b)
		return true
	})
}

// expire drops what is too old to be sent again, and tells how many that were.
func (s *sender) expire(now time.Time, back func(*[]byte)) uint64 {
	n := uint64(0)
	for s.first != s.next && now.Sub(s.ring.at(s.first).at) > s.keep {
		s.forget(wire.Next(s.first, 1), back)
		n++
	}
	return n
}

// lost gives the packets of a row that are to be sent again: those that were not just now. It looks at most packets at most, and
// tells at how many it did. It ends where send does not send.
func (s *sender) lost(r wire.Range, now time.Time, rtt time.Duration, most int, send func(*[]byte) bool) int {
	first, last := r.First, r.Last
	if wire.Distance(first, s.next) >= 0 || wire.Distance(last, s.first) < 0 {
		return 0
	}
	if wire.Distance(first, s.first) < 0 {
		first = s.first
	}
	if wire.Distance(last, s.next) >= 0 {
		last = wire.Next(s.next, -1)
	}
	count := min(wire.Distance(last, first)+1, most)
	for n := range count {
		o := s.ring.at(first)
		if o.again.IsZero() || now.Sub(o.again) >= rtt {
			if !send(o.packet) {
				return n + 1
			}
			o.again, s.repeated = now, now
		}
		first = wire.Next(first, 1)
	}
	return count
}
