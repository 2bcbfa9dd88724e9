// Package audio is the RTP payload formats of codecs whose frames lie in payloads as they are: G.711 and G.722 (RFC 3551
// 4.5), G.729 (RFC 3551 4.5.6) and Opus (RFC 7587). It decodes nothing and fills no gaps.
package audio

import (
	"time"

	"sluice/engine/media"
	"sluice/engine/media/payload"
)

// Stream says how the bytes of a codec of constant bit rate lie in time.
type Stream struct {
	Grain int // bytes that must stay together: a sample of all channels, or a frame
	Rate  int // bytes a second
}

// Samples is the stream of G.711 and G.722: 64 kbit/s a channel.
func Samples(channels int) Stream {
	channels = max(channels, 1)
	return Stream{Grain: channels, Rate: 8000 * channels}
}

// G729 is a frame of 10 bytes every 10 ms.
func G729() Stream { return Stream{Grain: frameG729, Rate: 1000} }

func (s Stream) lasts(n int) time.Duration {
	return time.Duration(n) * time.Second / time.Duration(s.Rate)
}

// StreamPacketizer cuts a stream into packets of a length in time, whatever the length of the units: G.711 from a file
// comes in other pieces than a phone wants. Marker says that a talkspurt begins (RFC 3551 4.1): the first packet, and the
// one after a gap in the units. Neither library has it: pion's G.711 and G.722 cut each unit by itself and allocate for
// every packet, gortsplib's LPCM the same, and neither knows G.729.
type StreamPacketizer struct {
	stream Stream
	whole  int  // bytes of a whole packet
	wait   bool // for a whole packet
	gap    time.Duration

	held  []byte
	pts   time.Duration // of what is held, or of what is due
	begun bool          // there is a stream to follow
	talk  bool          // no marker is due
}

// NewStreamPacketizer makes a packetizer: payloads of at most size bytes that last ptime; every unit by itself if that
// is 0.
func NewStreamPacketizer(s Stream, size int, ptime time.Duration) *StreamPacketizer {
	p := &StreamPacketizer{stream: s, whole: size / s.Grain * s.Grain}
	if n := int(ptime * time.Duration(s.Rate) / time.Second); n > 0 && n < p.whole {
		p.whole = max(n/s.Grain, 1) * s.Grain
	}
	p.wait, p.gap = ptime > 0, max(ptime, minGap)
	p.held = make([]byte, 0, p.whole)
	return p
}

// Packetize implements payload.Packetizer.
func (p *StreamPacketizer) Packetize(b *payload.Batch, u *media.Unit) error {
	p.follow(b, u.PTS)
	for _, part := range u.AU {
		p.write(b, part)
	}
	return nil
}

// Differences between where a unit lies and where the stream has come to. Below the first, they are rounding, as of FLV's
// milliseconds, and would tear RTP timestamps that a phone expects in an even row; up to the second, they are the drift
// that the timeline takes out; above, something is missing and a talkspurt begins.
const (
	rounding = 5 * time.Millisecond
	minGap   = 20 * time.Millisecond
)

func (p *StreamPacketizer) follow(b *payload.Batch, pts time.Duration) {
	off := (pts - p.pts - p.stream.lasts(len(p.held))).Abs()
	switch {
	case !p.begun || off > p.gap:
		p.Flush(b)
		p.pts, p.begun, p.talk = pts, true, false
	case off > rounding && len(p.held) == 0:
		p.pts = pts
	}
}

// write cuts what is held and the part into whole packets. What is not in whole grains, as a SID frame of G.729 (2 bytes
// behind the others, RFC 3551 4.5.6), ends a packet.
func (p *StreamPacketizer) write(b *payload.Batch, part []byte) {
	for len(p.held)+len(part) >= p.whole {
		n := p.whole - len(p.held)
		if n == p.whole {
			p.add(b, part[:n:n])
		} else {
			p.held = append(p.held, part[:n]...)
			p.Flush(b)
		}
		part = part[n:]
	}
	if len(part) == 0 {
		return
	}
	ends := !p.wait || len(part)%p.stream.Grain != 0
	if ends && len(p.held) == 0 {
		p.add(b, part)
		return
	}
	p.held = append(p.held, part...)
	if ends {
		p.Flush(b)
	}
}

// Flush implements payload.Packetizer.
func (p *StreamPacketizer) Flush(b *payload.Batch) {
	if len(p.held) > 0 {
		data := b.Room(len(p.held), 0)
		copy(data, p.held)
		p.held = p.held[:0]
		p.add(b, data)
	}
}

func (p *StreamPacketizer) add(b *payload.Batch, data []byte) {
	b.Add(payload.Payload{Data: data, Marker: !p.talk, PTS: p.pts})
	p.talk = true
	p.pts += p.stream.lasts(len(data))
}
