package vp8

import (
	"encoding/binary"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/media/payload"
)

const descriptor = 4 // with a picture ID of 15 bits

// Packetizer cuts frames. Every payload has a picture ID of 15 bits, which counts on from frame to frame as long as the
// packetizer lives (RFC 7741 4.2): receivers tell by it what is missing, so a track must keep its packetizer. TL0PICIDX is
// left out, as it goes with temporal layers, and what is cut here has one. It is our own because pion's (1.10.6) allocates
// for every packet and always begins to count at 0; gortsplib's is pion's without a picture ID.
type Packetizer struct {
	size    int
	picture uint16
}

// NewPacketizer makes a packetizer: payloads of at most size bytes, and the first picture ID, of which 15 bits count.
func NewPacketizer(size int, first uint16) *Packetizer {
	return &Packetizer{size: size, picture: first}
}

// Packetize implements payload.Packetizer. All of a frame passes for its first partition, which RFC 7741 4.4 permits.
func (p *Packetizer) Packetize(b *payload.Batch, u *media.Unit) error {
	rest := payload.Whole(u)
	if len(rest) == 0 {
		return fault.New(fault.MediaCorrupt, "", "a VP8 frame without bytes")
	}
	room, first := p.size-descriptor, byte(extended|startOfPart)
	for len(rest) > 0 {
		n := min(room, len(rest))
		data := b.Room(descriptor+n, len(rest)-n+descriptor*(len(rest)/room+1))
		data[0], data[1] = first, hasPictureID
		binary.BigEndian.PutUint16(data[2:], longPicture<<8|p.picture)
		copy(data[descriptor:], rest)
		rest, first = rest[n:], extended
		b.Add(payload.Payload{Data: data, Marker: len(rest) == 0, PTS: u.PTS})
	}
	p.picture++
	return nil
}

// Flush implements payload.Packetizer; nothing is held back.
func (p *Packetizer) Flush(*payload.Batch) {}
