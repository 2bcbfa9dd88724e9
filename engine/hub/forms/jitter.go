package forms

import (
	"time"

	"sluice/engine/media"
)

const (
	// window is how many packets at most are held behind one that is missing; a power of two.
	window = 512
	// misordered is how far behind a packet is late; one further behind is of a sender that began anew (RFC 3550 A.1, which
	// proposes 100: retransmissions come later than that).
	misordered = 3000
	// obstinate is how many late packets in a row make it certain that the sender began anew.
	obstinate = 64
)

// jitter puts packets in the order of their sequence numbers. It holds back only what came behind a gap, and that for a
// while: packets pass through it without delay as long as none is missing.
type jitter struct {
	wait time.Duration

	slots  [window]*media.Packet
	held   int
	due    uint16 // the sequence number that comes next
	source uint32
	begun  bool

	restart *media.Packet // comes when all that is held has gone, and then is what is due
	now     time.Time     // the latest arrival
	since   time.Time     // when the gap at due showed; zero if that was not found out yet
	late    int           // late packets in a row
}

// push takes a packet as it arrived. It is false for one that came too late or twice.
func (j *jitter) push(p *media.Packet) bool {
	if p.Arrival.After(j.now) {
		j.now = p.Arrival
	}
	ahead := int(int16(p.Header.SequenceNumber - j.due))
	switch {
	case !j.begun, p.Header.SSRC != j.source, ahead >= window, ahead < -misordered:
		j.restart = p
	case ahead < 0 || j.slots[p.Header.SequenceNumber%window] != nil:
		if j.late++; j.late <= obstinate {
			return false
		}
		j.restart = p
	default:
		j.slots[p.Header.SequenceNumber%window] = p
		j.held++
	}
	j.late = 0
	return true
}

// next gives the packet that comes next, if it is there or all those before it are given up, and tells whether any are
// missing before it. It is called until it gives nil, after every push.
func (j *jitter) next() (p *media.Packet, gap bool) {
	if j.held == 0 {
		if p = j.restart; p == nil {
			return nil, false
		}
		gap = j.begun
		j.restart, j.begun, j.source, j.due = nil, true, p.Header.SSRC, p.Header.SequenceNumber+1
		return p, gap
	}
	if j.slots[j.due%window] == nil {
		if j.restart == nil && !j.overdue() {
			return nil, false
		}
		for gap = true; j.slots[j.due%window] == nil; {
			j.due++
		}
	}
	p = j.slots[j.due%window]
	j.slots[j.due%window] = nil
	j.held--
	j.due++
	j.since = time.Time{}
	return p, gap
}

// overdue tells whether what is due was waited for long enough.
func (j *jitter) overdue() bool {
	if j.since.IsZero() {
		for _, p := range j.slots {
			if p != nil && (j.since.IsZero() || p.Arrival.Before(j.since)) {
				j.since = p.Arrival
			}
		}
	}
	return j.now.Sub(j.since) >= j.wait
}

// giveUp has next give all that is held.
func (j *jitter) giveUp() { j.wait = 0 }
