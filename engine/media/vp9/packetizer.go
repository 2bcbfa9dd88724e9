package vp9

import (
	"encoding/binary"

	"github.com/pion/rtp/codecs/vp9"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/media/payload"
)

const (
	endOfFrame   = 0x04 // E
	hasStructure = 0x02 // V
	notUpper     = 0x01 // Z

	descriptor    = 3 // with a picture ID of 15 bits
	structureSize = 8
)

// Packetizer cuts frames, in non-flexible mode with one layer. Every payload has a picture ID of 15 bits, which counts on
// from frame to frame as long as the packetizer lives (RFC 9628 4.2): receivers tell by it what is missing, so a track must
// keep its packetizer. TL0PICIDX is left out, as it goes with layers. It is our own because of what pion's does (1.10.6;
// gortsplib's is the same): its flexible mode marks every frame as one that needs no other, its other mode takes a frame
// that shows an earlier one again for a key frame of 0×0, and both allocate for every packet. The frame's header is read
// with pion's package vp9.
type Packetizer struct {
	size    int
	picture uint16
}

// NewPacketizer makes a packetizer: payloads of at most size bytes, and the first picture ID, of which 15 bits count.
func NewPacketizer(size int, first uint16) *Packetizer {
	return &Packetizer{size: size, picture: first}
}

// Packetize implements payload.Packetizer.
func (p *Packetizer) Packetize(b *payload.Batch, u *media.Unit) error {
	rest := payload.Whole(u)
	var header vp9.Header
	if err := header.Unmarshal(rest); err != nil {
		return fault.New(fault.MediaCorrupt, "", "a VP9 frame of %d bytes has no header", len(rest)).Because(err)
	}
	flags := byte(hasPictureID | notUpper | startOfFrame)
	head := descriptor
	if isKey(&header) {
		flags |= hasStructure
		head += structureSize
	} else {
		flags |= predicted
	}
	for len(rest) > 0 {
		n := min(p.size-head, len(rest))
		if n == len(rest) {
			flags |= endOfFrame
		}
		data := b.Room(head+n, len(rest)-n+descriptor*(len(rest)/(p.size-descriptor)+1))
		data[0] = flags
		binary.BigEndian.PutUint16(data[1:], longPicture<<8|p.picture)
		if head > descriptor {
			putStructure(data[descriptor:], &header)
		}
		copy(data[head:], rest)
		rest = rest[n:]
		b.Add(payload.Payload{Data: data, Marker: len(rest) == 0, PTS: u.PTS})
		flags, head = flags&^(startOfFrame|hasStructure), descriptor
	}
	p.picture++
	return nil
}

// putStructure describes one layer of a size, of which each picture follows from the one before (RFC 9628 4.2.1).
func putStructure(b []byte, h *vp9.Header) {
	const (
		hasSize, hasGroup = 0x10, 0x08
		switchUp, oneRef  = 0x10, 1 << 2
	)
	b[0] = hasSize | hasGroup
	binary.BigEndian.PutUint16(b[1:], h.Width())
	binary.BigEndian.PutUint16(b[3:], h.Height())
	b[5] = 1 // pictures in a group
	b[6] = switchUp | oneRef
	b[7] = 1 // the one before
}

func isKey(h *vp9.Header) bool { return !h.NonKeyFrame && !h.ShowExistingFrame }

// Flush implements payload.Packetizer; nothing is held back.
func (p *Packetizer) Flush(*payload.Batch) {}
