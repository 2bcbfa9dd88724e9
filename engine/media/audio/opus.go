package audio

import (
	"time"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/media/payload"
)

// OpusPacketizer puts each Opus packet into a payload of its own (RFC 7587 4.2), without copying; pion's and gortsplib's
// do the same, for an allocation a packet. Marker says that a talkspurt begins: after a gap, as of DTX (RFC 7587 4.1).
type OpusPacketizer struct {
	size int
	due  time.Duration
	talk bool
}

// maxOpus is the longest that an Opus packet lasts (RFC 6716 3.2.5).
const maxOpus = 120 * time.Millisecond

// NewOpusPacketizer makes a packetizer: payloads of at most size bytes.
func NewOpusPacketizer(size int) *OpusPacketizer { return &OpusPacketizer{size: size} }

// Packetize implements payload.Packetizer.
func (p *OpusPacketizer) Packetize(b *payload.Batch, u *media.Unit) error {
	before, pts := len(b.Payloads), u.PTS
	if (pts - p.due).Abs() > maxOpus {
		p.talk = false
	}
	for _, part := range u.AU {
		if len(part) > p.size {
			b.Truncate(before)
			return fault.New(fault.CodecNotAvailable, "", "an Opus packet of %d bytes cannot be cut into payloads of %d", len(part), p.size).
				Advise("encode with a bit rate of at most %d bit/s", p.size*8*50)
		}
		if len(part) == 0 {
			continue
		}
		b.Add(payload.Payload{Data: part, Marker: !p.talk, PTS: pts})
		p.talk = true
		pts += opusLasts(part)
	}
	p.due = pts
	return nil
}

// Flush implements payload.Packetizer; nothing is held back.
func (p *OpusPacketizer) Flush(*payload.Batch) {}

// opusLasts reads how long an Opus packet lasts from its first two bytes (RFC 6716 3.1, 3.2); 0 if it is not one.
func opusLasts(p []byte) time.Duration {
	config, frames := p[0]>>3, 1
	switch p[0] & 3 {
	case 1, 2:
		frames = 2
	case 3:
		if len(p) < 2 {
			return 0
		}
		frames = int(p[1] & 0x3f)
	}
	frame := 2500 * time.Microsecond << (config & 3) // CELT
	switch {
	case config < 12 && config&3 == 3: // SILK
		frame = 60 * time.Millisecond
	case config < 12:
		frame = 10 * time.Millisecond << (config & 3)
	case config < 16: // hybrid
		frame = 10 * time.Millisecond << (config & 1)
	}
	return frame * time.Duration(frames)
}
