package speex

import (
	"time"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/media/payload"
)

// Packetizer puts frames into payloads, bit behind bit: an encoder fills each to whole bytes, which no decoder expects
// between frames. Marker says that a talkspurt begins. Neither pion nor gortsplib packs Speex.
type Packetizer struct {
	size  int
	ptime time.Duration

	bits  writer
	count int
	pts   time.Duration // of what is held, or of what is due
	begun bool          // there is a stream to follow
	talk  bool          // no marker is due
}

// NewPacketizer makes a packetizer: payloads of at most size bytes that last ptime; every unit by itself if that is 0.
func NewPacketizer(size int, ptime time.Duration) *Packetizer {
	return &Packetizer{size: size, ptime: ptime}
}

// Packetize implements payload.Packetizer. A unit may hold several frames, in one part or several.
func (p *Packetizer) Packetize(b *payload.Batch, u *media.Unit) error {
	frames, err := p.check(u)
	if err != nil {
		return err
	}
	due := p.pts + time.Duration(p.count)*lasts
	if !p.begun || (u.PTS-due).Abs() > lasts {
		p.Flush(b)
		p.pts, p.begun, p.talk = u.PTS, true, false
	} else if p.count == 0 {
		p.pts = u.PTS
	}
	if p.count == 0 && len(u.AU) == 1 && time.Duration(frames)*lasts >= p.ptime && len(u.AU[0]) <= p.size {
		p.add(b, u.AU[0], frames) // as it is
		return nil
	}
	for _, part := range u.AU {
		p.write(b, part)
	}
	if p.ptime == 0 {
		p.Flush(b)
	}
	return nil
}

// check reads all frames of a unit, so that nothing of it is written if one is bad.
func (p *Packetizer) check(u *media.Unit) (frames int, err error) {
	for _, part := range u.AU {
		r := reader{data: part}
		for more, from := true, 0; more; from = r.at {
			if more, err = r.frame(); err != nil {
				return 0, fault.New(fault.MediaCorrupt, "", "a Speex packet of %d bytes cannot be read", len(part)).Because(err)
			}
			if more {
				frames++
			}
			if r.at-from > p.size*8 {
				return 0, fault.New(fault.CodecNotAvailable, "", "a Speex frame does not fit a payload of %d bytes", p.size).
					Advise("allow payloads of at least 112 bytes")
			}
		}
	}
	if frames == 0 {
		return 0, fault.New(fault.MediaCorrupt, "", "a Speex packet of %d bytes holds no frame", u.Bytes())
	}
	return frames, nil
}

func (p *Packetizer) write(b *payload.Batch, part []byte) {
	r := reader{data: part}
	for from := 0; ; from = r.at {
		if more, err := r.frame(); !more || err != nil {
			return
		}
		if len(p.bits.data)*8+8+r.at-from > p.size*8 {
			p.Flush(b)
		}
		p.bits.copy(part, from, r.at)
		p.count++
		if p.ptime > 0 && time.Duration(p.count)*lasts >= p.ptime {
			p.Flush(b)
		}
	}
}

// Flush implements payload.Packetizer.
func (p *Packetizer) Flush(b *payload.Batch) {
	if p.count == 0 {
		return
	}
	p.bits.fill()
	data := b.Room(len(p.bits.data), 0)
	copy(data, p.bits.data)
	frames := p.count
	p.bits.data, p.count = p.bits.data[:0], 0
	p.add(b, data, frames)
}

func (p *Packetizer) add(b *payload.Batch, data []byte, frames int) {
	b.Add(payload.Payload{Data: data, Marker: !p.talk, PTS: p.pts})
	p.talk = true
	p.pts += time.Duration(frames) * lasts
}
