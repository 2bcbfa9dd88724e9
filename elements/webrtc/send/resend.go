package send

import (
	"encoding/binary"
	"sync"
	"time"

	"github.com/pion/rtcp"
)

const (
	// patience is added to the round-trip time before a packet is sent once more: the answer to a NACK may be on its way.
	patience = 5 * time.Millisecond
	// unknownRTT stands for a round-trip time that is not known.
	unknownRTT = 20 * time.Millisecond
	// Retransmissions use no more bytes than packets that are sent for the first time, and what is saved up.
	firstCredit = 64 << 10
	maxCredit   = 512 << 10
)

// resender sends packets again. What follows mu is guarded by it; credit by the sender's lock.
type resender struct {
	credit int

	mu      sync.Mutex
	paper   envelope
	numbers map[uint32]uint16 // next sequence number, by SSRC
	buf     []byte
}

func (r *resender) init() { r.credit, r.numbers = firstCredit, map[uint32]uint16{} }

// earn adds to the credit what was sent for the first time.
func (r *resender) earn(bytes int) { r.credit = min(r.credit+bytes, maxCredit) }

// nack sends what a receiver misses.
func (s *Sender) nack(n *rtcp.TransportLayerNack) {
	t := s.trackOf(n.MediaSSRC)
	if t == nil {
		return
	}
	s.again.mu.Lock()
	defer s.again.mu.Unlock()
	for _, pair := range n.Nacks {
		s.resend(t, pair.PacketID)
		for bit, mask := uint16(1), uint16(pair.LostPackets); mask != 0; bit, mask = bit+1, mask>>1 {
			if mask&1 != 0 {
				s.resend(t, pair.PacketID+bit)
			}
		}
	}
}

// resend sends one packet again, unless that was done just now. The lock that the writer loop needs is not held meanwhile.
func (s *Sender) resend(t *track, seq uint16) {
	s.counts.NACKs.Inc()
	now := s.opt.Now()
	again, ok := s.recall(t, seq, now)
	if !ok {
		return
	}
	payload := again.packet.Payload
	if again.rtxType == 0 {
		s.again.paper.fill(t, &again)
	} else {
		payload = s.retransmission(t, &again, now)
	}
	if _, err := t.Write.WriteRTP(&s.again.paper.header, payload); err != nil {
		s.counts.Failed.Inc()
		return
	}
	s.counts.Resent.Inc()
}

// recall finds a packet that may be sent again now.
func (s *Sender) recall(t *track, seq uint16, now time.Time) (slot, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := t.ring.find(seq)
	if found == nil {
		return slot{}, false
	}
	wait := unknownRTT
	if s.quality.rtt > 0 {
		wait = s.quality.rtt + patience
	}
	life := uint32(now.Sub(s.born).Milliseconds()) + 1
	if n := len(found.packet.Payload); found.resent != 0 && life-found.resent < uint32(wait.Milliseconds()) || n > s.again.credit {
		return slot{}, false
	}
	found.resent = life
	s.again.credit -= len(found.packet.Payload)
	return *found, true
}

// retransmission makes a packet of RFC 4588: the payload behind the original number.
func (s *Sender) retransmission(t *track, again *slot, now time.Time) []byte {
	r := &s.again
	again.pad, again.sendTime = 0, absSendTime(now)
	if t.Extensions.TransportCC != 0 {
		again.transport = s.nextTransport()
	}
	r.paper.fill(t, again)
	next, ok := r.numbers[t.RTX]
	if !ok {
		next = uint16(random() % (1 << 15))
	}
	r.numbers[t.RTX] = next + 1
	h := &r.paper.header
	h.SSRC, h.PayloadType, h.SequenceNumber = t.RTX, again.rtxType, next
	r.buf = binary.BigEndian.AppendUint16(r.buf[:0], uint16(again.number))
	r.buf = append(r.buf, again.packet.Payload...)
	return r.buf
}
