package send

import (
	"time"

	"github.com/pion/rtcp"
)

// schedule has reports sent every one to three seconds (RFC 3550 6.2: at random, so that those of many peers do not meet),
// while packets are sent.
type schedule struct{ next time.Time }

// soon has one sent with the packets that are being sent.
func (r *schedule) soon() { r.next = time.Time{} }

func (r *schedule) due(now time.Time) bool {
	if now.Before(r.next) {
		return false
	}
	r.next = now.Add(time.Second + time.Duration(random()%2000)*time.Millisecond)
	return true
}

// reportIfDue tells of all tracks that have been sent which time their timestamps stand for.
func (s *Sender) reportIfDue() {
	if !s.started || !s.reporting.due(s.now) {
		return
	}
	var compound []rtcp.Packet
	var names rtcp.SourceDescription
	for _, t := range s.tracks {
		if t.packets == 0 || t.index < 0 && !t.inserted {
			continue
		}
		compound = append(compound, &rtcp.SenderReport{
			SSRC: t.SSRC, NTPTime: ntp(s.now), RTPTime: t.timing.now(s.now), PacketCount: t.packets, OctetCount: t.octets,
		})
		names.Chunks = append(names.Chunks, rtcp.SourceDescriptionChunk{
			Source: t.SSRC, Items: []rtcp.SourceDescriptionItem{{Type: rtcp.SDESCNAME, Text: s.opt.CNAME}},
		})
	}
	packet, err := rtcp.Marshal(append(compound, &names))
	if err == nil {
		_, err = s.opt.Control.Write(packet)
	}
	if err != nil {
		s.counts.Failed.Inc()
	}
}
