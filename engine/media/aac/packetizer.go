// Package aac is the RTP payload format of AAC: mpeg4-generic in mode AAC-hbr (RFC 3640 3.3.6), with AU headers of 13 bits
// of size and 3 of index, and no interleaving. It decodes nothing and knows no LATM.
package aac

import (
	"encoding/binary"
	"time"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/media/payload"
)

const (
	lengthSize = 2 // AU-headers-length, in bits
	headerBits = 16
	headerSize = headerBits / 8
	indexBits  = 3
	indexMask  = 1<<indexBits - 1

	// maxAU is what 13 bits count.
	maxAU = 1<<(headerBits-indexBits) - 1
)

// Packetizer packs raw AAC frames: those of a unit into as few payloads as possible, a frame that does not fit into
// several. It is our own because gortsplib's (5.6.4) writes the size of the fragment where RFC 3640 3.2.1.1 wants that of
// the whole frame, and allocates for every packet; pion has none.
type Packetizer struct {
	size  int
	lasts time.Duration
}

// NewPacketizer makes a packetizer of a track: payloads of at most size bytes.
func NewPacketizer(t media.Track, size int) *Packetizer {
	return &Packetizer{size: size, lasts: frameLasts(t)}
}

// Packetize implements payload.Packetizer.
func (p *Packetizer) Packetize(b *payload.Batch, u *media.Unit) error {
	for _, frame := range u.AU {
		if len(frame) == 0 || len(frame) > maxAU {
			return fault.New(fault.MediaCorrupt, "", "an AAC frame of %d bytes, where 1 to %d are possible", len(frame), maxAU)
		}
	}
	for i := 0; i < len(u.AU); {
		n, pts := p.fits(u.AU[i:]), u.PTS+time.Duration(i)*p.lasts
		if n == 0 {
			p.fragment(b, u.AU[i], pts)
			i++
			continue
		}
		p.pack(b, u.AU[i:i+n], pts)
		i += n
	}
	return nil
}

// Flush implements payload.Packetizer; nothing is held back.
func (p *Packetizer) Flush(*payload.Batch) {}

// fits counts the frames that fit into one payload.
func (p *Packetizer) fits(frames [][]byte) int {
	room := p.size - lengthSize
	for i, frame := range frames {
		if room -= headerSize + len(frame); room < 0 {
			return i
		}
	}
	return len(frames)
}

func (p *Packetizer) pack(b *payload.Batch, frames [][]byte, pts time.Duration) {
	n := lengthSize
	for _, frame := range frames {
		n += headerSize + len(frame)
	}
	data := b.Room(n, 0)[:0]
	data = binary.BigEndian.AppendUint16(data, uint16(len(frames)*headerBits))
	for _, frame := range frames {
		data = binary.BigEndian.AppendUint16(data, uint16(len(frame)<<indexBits))
	}
	for _, frame := range frames {
		data = append(data, frame...)
	}
	b.Add(payload.Payload{Data: data, Marker: true, PTS: pts})
}

// fragment writes one frame into several payloads; only the last has the marker (RFC 3640 3.1).
func (p *Packetizer) fragment(b *payload.Batch, frame []byte, pts time.Duration) {
	const head = lengthSize + headerSize
	room := p.size - head
	for rest := frame; len(rest) > 0; {
		n := min(room, len(rest))
		data := b.Room(head+n, len(rest)-n+head*(len(rest)/room+1))
		binary.BigEndian.PutUint16(data, headerBits)
		binary.BigEndian.PutUint16(data[lengthSize:], uint16(len(frame)<<indexBits))
		copy(data[head:], rest)
		rest = rest[n:]
		b.Add(payload.Payload{Data: data, Marker: len(rest) == 0, PTS: pts})
	}
}
