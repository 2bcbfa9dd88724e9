package mpa

import (
	"encoding/binary"
	"time"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/media/payload"
)

const (
	head      = 4       // zeros, and the offset of a fragment in its frame
	maxOffset = 1 << 16 // of a fragment
)

// Packetizer packs frames: those of a unit into as few payloads as possible, one that does not fit into several. It is our
// own because gortsplib's (5.6.4) allocates for every packet and takes its lengths of frames from mediacommon's header;
// pion has none. RFC 2250 3.5 sets the marker after a gap only, so what a unit begins with has it then.
type Packetizer struct {
	size int
	due  time.Duration
	talk bool
}

// maxGap is longer than any frame: 576 samples at 8 kHz.
const maxGap = 80 * time.Millisecond

// NewPacketizer makes a packetizer: payloads of at most size bytes.
func NewPacketizer(size int) *Packetizer { return &Packetizer{size: size} }

// Packetize implements payload.Packetizer.
func (p *Packetizer) Packetize(b *payload.Batch, u *media.Unit) error {
	before, pts := len(b.Payloads), u.PTS
	p.talk = p.talk && (pts-p.due).Abs() <= maxGap
	for i := 0; i < len(u.AU); {
		n, lasts, err := p.fits(u.AU[i:])
		if err != nil {
			b.Truncate(before)
			return err
		}
		if n == 0 {
			p.fragment(b, u.AU[i], pts)
			n = 1
		} else {
			p.pack(b, u.AU[i:i+n], pts)
		}
		i += n
		pts += lasts
	}
	p.due = pts
	return nil
}

// Flush implements payload.Packetizer; nothing is held back.
func (p *Packetizer) Flush(*payload.Batch) {}

// fits counts the frames that fit into one payload, and says how long they last; the first one if none fits.
func (p *Packetizer) fits(frames [][]byte) (n int, lasts time.Duration, err error) {
	room := p.size - head
	for i, frame := range frames {
		h, err := ParseHeader(frame)
		if err != nil || len(frame) > maxOffset {
			return 0, 0, fault.New(fault.MediaCorrupt, "", "a frame of MPEG audio of %d bytes cannot be read", len(frame)).Because(err)
		}
		if room -= len(frame); room < 0 && i > 0 {
			return i, lasts, nil
		}
		lasts += h.Lasts()
		if room < 0 {
			return 0, lasts, nil
		}
	}
	return len(frames), lasts, nil
}

func (p *Packetizer) pack(b *payload.Batch, frames [][]byte, pts time.Duration) {
	n := head
	for _, frame := range frames {
		n += len(frame)
	}
	data := append(b.Room(n, 0)[:0], 0, 0, 0, 0)
	for _, frame := range frames {
		data = append(data, frame...)
	}
	p.add(b, data, pts)
}

func (p *Packetizer) fragment(b *payload.Batch, frame []byte, pts time.Duration) {
	room := p.size - head
	for at := 0; at < len(frame); at += room {
		n := min(room, len(frame)-at)
		data := b.Room(head+n, len(frame)-at-n+head*(len(frame)/room+1))
		binary.BigEndian.PutUint32(data, uint32(at))
		copy(data[head:], frame[at:])
		p.add(b, data, pts)
	}
}

func (p *Packetizer) add(b *payload.Batch, data []byte, pts time.Duration) {
	b.Add(payload.Payload{Data: data, Marker: !p.talk, PTS: pts})
	p.talk = true
}
