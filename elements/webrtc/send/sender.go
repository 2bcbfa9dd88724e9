package send

import (
	"crypto/rand"
	"encoding/binary"
	"sync"
	"sync/atomic"
	"time"

	"sluice/engine/media"
)

// Sender sends to one peer. It is a hub.Sink, called by a writer loop of the hub; Feedback and Counts may be called by others
// at the same time.
type Sender struct {
	opt       Options
	collects  bool // there is a line on which packets of one size go together
	counts    counters
	transport atomic.Uint32 // transport-wide sequence number that was given out last

	again resender
	born  time.Time

	mu        sync.Mutex
	tracks    []*track  // that were negotiated
	incoming  []*track  // by index of Begin; nil where a track is not for us
	base      time.Time // when the publication's time was zero, on our clock
	based     bool      // that is known for what comes now,
	same      bool      // and is what it was before Begin
	started   bool
	now       time.Time // of the last burst
	reporting schedule
	quality   quality
}

// New makes a sender. It writes nothing before packets are pushed.
func New(opt Options) *Sender {
	s := &Sender{opt: opt.filled(), collects: opt.Line != nil}
	s.born = s.opt.Now()
	s.again.init()
	for _, t := range s.opt.Tracks {
		out := &track{Track: t, sender: s, index: -1, mid: []byte(t.MID), ring: newRing(t.Kind)}
		out.numbers.highest = int64(early + random()%(1<<15-early)) // below 2^15, as RFC 3711 3.3.1 advises
		out.timing.shift = random()
		if t.PlayoutDelay != nil {
			out.delay = t.PlayoutDelay.bytes()
		}
		s.tracks = append(s.tracks, out)
	}
	return s
}

// Begin implements hub.Sink. Of two tracks of a kind the first one is sent.
func (s *Sender) Begin(tracks []media.Track) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.incoming, s.based = make([]*track, len(tracks)), false
	for _, t := range s.tracks {
		t.rest()
		t.index = -1
	}
	for i, m := range tracks {
		for _, t := range s.tracks {
			if t.Kind == m.Kind && t.index < 0 {
				t.begin(i, m)
				if t.index >= 0 {
					s.incoming[i] = t
				}
				break
			}
		}
	}
}

// Push implements hub.Sink. It takes everything.
func (s *Sender) Push(index int, items []*media.Packet) int {
	if s.push(index, items) {
		s.opt.Started()
	}
	return len(items)
}

// push tells whether the first packet was sent.
func (s *Sender) push(index int, items []*media.Packet) (first bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if index < 0 || index >= len(s.incoming) || s.incoming[index] == nil || len(items) == 0 {
		return false
	}
	s.anchor(items[0])
	before := s.started
	s.incoming[index].push(items)
	s.reportIfDue()
	return s.started && !before
}

// End implements hub.Sink.
func (s *Sender) End(reason error) {
	s.mu.Lock()
	for _, t := range s.tracks {
		t.rest()
	}
	s.incoming = nil
	s.mu.Unlock()
	s.opt.Ended(reason)
}

// sameBase is how far two bases of one publication's time may be apart, which packets tell that were long on their way.
const sameBase = 500 * time.Millisecond

// anchor finds the wall clock of the publication's time, once for all its tracks: what it is off by, by the jitter of one
// packet, it is off for all of them.
func (s *Sender) anchor(p *media.Packet) {
	if s.based {
		return
	}
	at := p.Arrival
	if at.IsZero() {
		at = s.opt.Now()
	}
	base := at.Add(-p.PTS)
	s.based, s.same = true, !s.base.IsZero() && base.Sub(s.base).Abs() < sameBase
	if !s.same {
		s.base = base
	}
}

// moment is when a packet belongs, on our clock.
func (s *Sender) moment(p *media.Packet) time.Time { return s.base.Add(p.PTS) }

func (s *Sender) uncork() {
	if s.opt.Line.Uncork() != nil {
		s.counts.Failed.Inc()
	}
}

func (s *Sender) nextTransport() uint16 { return uint16(s.transport.Add(1)) }

// random is for first numbers (RFC 3550 5.1).
func random() uint32 {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	return binary.NativeEndian.Uint32(b[:])
}
