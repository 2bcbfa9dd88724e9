package send

import (
	"time"

	"sluice/engine/media"
)

// Own is a packet that the source does not have: a key that is pressed (RFC 4733), or silence.
type Own struct {
	Payload   uint8 // its type
	Marker    bool
	Timestamp uint32
	Data      []byte
}

// Clock gives the timestamp of now on the track of a kind; rate is that of its clock, in Hz, if nothing was sent on it yet.
func (s *Sender) Clock(kind media.Kind, rate uint32) uint32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.trackFor(kind)
	if t == nil {
		return 0
	}
	now := s.opt.Now()
	t.timing.open(rate, now)
	t.timing.note(t.timing.now(now), now)
	return t.timing.last
}

// Insert sends a packet on the track of a kind, behind all that was sent. What the source goes on with follows it without a gap. The
// data is not kept.
func (s *Sender) Insert(kind media.Kind, own Own) {
	s.mu.Lock()
	t := s.trackFor(kind)
	if t == nil {
		s.mu.Unlock()
		return
	}
	now, before := s.opt.Now(), s.started
	s.now = now
	t.numbers.insert()
	if int32(own.Timestamp-t.timing.last) > 0 { // or it goes on being told of what began before
		t.timing.note(own.Timestamp, now)
	}
	t.inserted = true
	packet := slot{
		packet: &media.Packet{Payload: own.Data}, number: uint32(t.numbers.highest), timestamp: own.Timestamp, payloadType: own.Payload,
		intro: !t.known, sendTime: absSendTime(now),
	}
	packet.packet.Header.Marker = own.Marker
	var tally tally
	t.write(&packet, &tally)
	s.count(t.Kind, tally)
	s.reportIfDue()
	first := s.started && !before
	s.mu.Unlock()
	if first {
		s.opt.Started()
	}
}

// trackFor is the track that was negotiated for a kind; nil if there is none.
func (s *Sender) trackFor(kind media.Kind) *track {
	for _, t := range s.tracks {
		if t.Kind == kind {
			return t
		}
	}
	return nil
}

// open begins the track's time before its source does.
func (t *timing) open(rate uint32, now time.Time) {
	if !t.used && rate > 0 {
		t.used, t.rate, t.last, t.at = true, rate, t.shift, now
	}
}
