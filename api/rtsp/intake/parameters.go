package intake

import (
	"sluice/api/rtsp/sdp"
	"sluice/engine/media"
	"sluice/engine/media/h264"
)

// largestSet is how long a parameter set can be for a packet of its own.
const largestSet = 1200

// parameters puts those of H.264 that a source has only announced (sprop-parameter-sets, RFC 6184 8.1), as ffmpeg does, before key
// pictures that come without. Players over WebRTC hear of no others. What follows is numbered anew. One goroutine at a time.
type parameters struct {
	sets  [][]byte // nothing to do if there are none
	with  uint32   // timestamp of the picture that has its own, or was given some
	any   bool
	added uint16 // packets so far
}

func newParameters(t media.Track) *parameters {
	if t.Codec != media.H264 {
		return &parameters{}
	}
	for _, s := range t.Extra {
		if len(s) == 0 || len(s) > largestSet {
			return &parameters{}
		}
	}
	return &parameters{sets: t.Extra}
}

// parametersOf are those of all tracks.
func parametersOf(lines []sdp.Line) []*parameters {
	out := make([]*parameters, len(lines))
	for i, l := range lines {
		out[i] = newParameters(l.Track)
	}
	return out
}

// complete is what packets become.
func (p *parameters) complete(list []media.Packet) []media.Packet {
	if len(p.sets) == 0 {
		return list
	}
	out := make([]media.Packet, 0, len(list))
	for _, packet := range list {
		stamp := packet.Header.Timestamp
		key, sps := h264.Inspect(packet.Payload)
		if (key || sps != nil) && (!p.any || p.with != stamp) {
			p.any, p.with = true, stamp
			for i := 0; i < len(p.sets) && sps == nil; i++ {
				set := packet
				set.Payload, set.Header.Marker = p.sets[i], false
				set.Header.SequenceNumber += p.added
				out = append(out, set)
				p.added++
			}
		}
		packet.Header.SequenceNumber += p.added
		out = append(out, packet)
	}
	return out
}
