package send

import (
	"encoding/binary"

	"github.com/pion/rtcp"

	"sluice/engine/fault"
)

// Feedback takes a compound RTCP packet from the peer, decrypted: it sends what is missing, asks for key frames, and learns how
// the way is. What is not about its tracks is nothing to it. It may wait for the writer loop. A malformed packet is
// fault.ProtocolViolation; what comes before it counts.
func (s *Sender) Feedback(compound []byte) error {
	for rest := compound; len(rest) > 0; {
		one, behind, ok := cut(rest)
		if !ok {
			return malformed(len(compound), nil)
		}
		rest = behind
		if err := s.take(one); err != nil {
			return malformed(len(compound), err)
		}
	}
	return nil
}

func malformed(n int, because error) error {
	return fault.New(fault.ProtocolViolation, "", "an RTCP packet of %d bytes cannot be understood", n).Because(because)
}

// cut takes the first packet off a compound one (RFC 3550 6.1).
func cut(b []byte) (one, rest []byte, ok bool) {
	if len(b) < 4 || b[0]>>6 != 2 {
		return nil, nil, false
	}
	n := 4 * (int(binary.BigEndian.Uint16(b[2:])) + 1)
	if n > len(b) {
		return nil, nil, false
	}
	return b[:n], b[n:], true
}

// take reads one packet. Transport-wide feedback comes twenty times a second where it is negotiated, so it is not unpacked; of
// the rest only what matters here is.
func (s *Sender) take(one []byte) error {
	format, kind := one[0]&31, rtcp.PacketType(one[1])
	switch kind {
	case rtcp.TypeTransportSpecificFeedback:
		if format == rtcp.FormatTCC {
			return s.arrived(one)
		}
	case rtcp.TypeSenderReport, rtcp.TypeReceiverReport, rtcp.TypePayloadSpecificFeedback:
	default:
		return nil
	}
	packets, err := rtcp.Unmarshal(one)
	for _, p := range packets {
		s.obey(p)
	}
	return err
}

func (s *Sender) obey(p rtcp.Packet) {
	switch p := p.(type) {
	case *rtcp.TransportLayerNack:
		s.nack(p)
	case *rtcp.PictureLossIndication:
		s.wantKey(p.MediaSSRC)
	case *rtcp.FullIntraRequest:
		for _, f := range p.FIR {
			s.wantKey(f.SSRC)
		}
	case *rtcp.ReceiverReport:
		s.reported(p.Reports)
	case *rtcp.SenderReport:
		s.reported(p.Reports)
	case *rtcp.ReceiverEstimatedMaximumBitrate:
		s.mu.Lock()
		defer s.mu.Unlock()
		s.quality.remb = float64(p.Bitrate)
	}
}

// arrived takes transport-wide feedback.
func (s *Sender) arrived(one []byte) error {
	packets, missing, ok := arrivals(one)
	if !ok {
		return errShort
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.quality.arrived(packets, missing, s.opt.Now(), s.counts.Bytes.Load())
	return nil
}

// trackOf finds the track with an SSRC. Which tracks there are never changes.
func (s *Sender) trackOf(ssrc uint32) *track {
	for _, t := range s.tracks {
		if t.SSRC == ssrc {
			return t
		}
	}
	return nil
}

// wantKey passes a request for a key frame on. That many of them come to one is the hub's business.
func (s *Sender) wantKey(ssrc uint32) {
	t := s.trackOf(ssrc)
	if t == nil {
		return
	}
	s.counts.PLIs.Inc()
	s.mu.Lock()
	index := t.index
	s.mu.Unlock()
	if index >= 0 {
		s.opt.RequestKey(index) // not under the lock: the hub's is taken in there
	}
}

// reported reads reception reports.
func (s *Sender) reported(reports []rtcp.ReceptionReport) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.opt.Now()
	for _, r := range reports {
		if t := s.trackOf(r.SSRC); t != nil {
			t.known = true
			s.quality.report(t.Kind, r, now, s.counts.Bytes.Load())
		}
	}
}
