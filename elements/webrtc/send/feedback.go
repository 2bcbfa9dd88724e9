package send

import (
	"github.com/pion/rtcp"

	"sluice/engine/fault"
)

// Feedback takes a compound RTCP packet from the peer, decrypted: it sends what is missing, asks for key frames, and learns how
// the way is. What is not about its tracks is nothing to it. It may wait for the writer loop, and a malformed packet is
// fault.ProtocolViolation.
func (s *Sender) Feedback(compound []byte) error {
	packets, err := rtcp.Unmarshal(compound)
	if err != nil {
		return fault.New(fault.ProtocolViolation, "", "an RTCP packet of %d bytes cannot be understood", len(compound)).Because(err)
	}
	for _, p := range packets {
		s.take(p)
	}
	return nil
}

func (s *Sender) take(p rtcp.Packet) {
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
	case *rtcp.TransportLayerCC:
		s.mu.Lock()
		defer s.mu.Unlock()
		s.quality.arrived(p, s.opt.Now(), s.counts.Bytes.Load())
	}
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
