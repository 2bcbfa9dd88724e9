package audio

import (
	"sluice/engine/media"
	"sluice/engine/media/payload"
)

// G726 is the stream of G.726 at 32 kbit/s.
func G726() Stream { return Stream{Grain: 1, Rate: 4000} }

// AAL2 is the Profile of a track of G.726 whose payloads have the first sample of each byte in its high bits (RFC 3551 4.5.4,
// AAL2-G726-32); the usual ones have it in the low bits. Units have it in the high bits always, as decoders take it.
const AAL2 = "aal2"

// NewG726Depacketizer makes a depacketizer of G.726.
func NewG726Depacketizer(t media.Track) payload.Depacketizer {
	if t.Profile == AAL2 {
		return NewDepacketizer()
	}
	return payload.NewFramer(swapped{})
}

// swapped payloads are frames whose halves of bytes are the other way round.
type swapped struct{ plain }

// Take implements payload.Framing.
func (swapped) Take(dst []media.Unit, p *media.Packet) ([]media.Unit, error) {
	return append(dst, media.Unit{PTS: p.PTS, AU: [][]byte{swap(p.Payload)}}), nil
}

// swap gives the halves of each byte in the other order.
func swap(b []byte) []byte {
	const half = 4
	out := make([]byte, len(b))
	for i, c := range b {
		out[i] = c<<half | c>>half
	}
	return out
}

// G726Packetizer cuts G.726 as StreamPacketizer does, with the halves of bytes as the track has them.
type G726Packetizer struct {
	*StreamPacketizer
	swapped bool
}

// NewG726Packetizer makes a packetizer of a track.
func NewG726Packetizer(t media.Track, p *StreamPacketizer) *G726Packetizer {
	return &G726Packetizer{p, t.Profile != AAL2}
}

// Packetize implements payload.Packetizer.
func (g *G726Packetizer) Packetize(b *payload.Batch, u *media.Unit) error {
	if !g.swapped {
		return g.StreamPacketizer.Packetize(b, u)
	}
	c := *u
	c.AU = make([][]byte, len(u.AU))
	for i, part := range u.AU {
		c.AU[i] = swap(part)
	}
	return g.StreamPacketizer.Packetize(b, &c)
}
