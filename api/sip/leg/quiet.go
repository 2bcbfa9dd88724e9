package leg

import (
	"bytes"
	"time"

	"sluice/api/sip/sdp"
	"sluice/elements/webrtc/send"
	"sluice/engine/media"
)

// fill sends silence in the place of sound that the graph does not give, as with a page that is muted: exchanges end calls in which nothing
// comes, and NAT forgets where we are. It tells whether it does.
func (a *lane) fill(now time.Time) bool {
	w := a.way.Load()
	if a.kind != media.Audio || w == nil || !w.sends() || a.pressed.Load() || now.Sub(time.Unix(0, a.went.Load())) < quiet {
		return false
	}
	data, ticks := silence(&w.codec)
	if data == nil {
		return false
	}
	f := &a.filling
	if now.Sub(f.next) > quiet {
		f.next, f.at = now, a.sender.Clock(media.Audio, w.codec.Rate)
	}
	for ; !f.next.After(now); f.next, f.at = f.next.Add(standardPTime), f.at+ticks {
		a.sender.Insert(media.Audio, send.Own{Payload: w.codec.Payload, Timestamp: f.at, Data: data})
	}
	return true
}

// filling is where silence goes on; of the lane's tick.
type filling struct {
	next time.Time
	at   uint32
}

// silence is 20 ms of it, and how many ticks those are.
func silence(c *sdp.Codec) (data []byte, ticks uint32) {
	const samples = 160
	switch {
	case c.Codec == media.PCMU:
		return bytes.Repeat([]byte{0xff}, samples), samples
	case c.Codec == media.PCMA:
		return bytes.Repeat([]byte{0xd5}, samples), samples
	case c.Codec == media.G722:
		// Both bands at their smallest step: decoders come to rest at zero, whatever they heard before (ITU-T G.722 4).
		return bytes.Repeat([]byte{0xfc}, samples), samples // its clock is 8 kHz (RFC 3551 4.5.2)
	case c.Codec == media.Opus:
		return []byte{0xf8, 0xff, 0xfe}, 960 // a frame of nothing, as libopus makes it of zeros
	case c.Codec == media.G729:
		return bytes.Repeat(quietG729(), 2), samples // two frames: not all phones take the silence of annex B
	case c.Codec == media.Speex && c.Rate == 8000:
		return quietSpeex(), samples
	case c.Codec == media.Speex && c.Rate == 16000:
		return quietSpeexWide(), 2 * samples
	}
	return nil, 0
}

// quietG729 is what an encoder that has heard zeros for a while makes of 10 ms more.
func quietG729() []byte { return []byte{0x78, 0xae, 0xc0, 0xa0, 0x00, 0xfa, 0xc2, 0x00, 0x07, 0xd6} }

// quietSpeex is what the encoder makes of zeros at its usual quality, 15 kbit/s: the frame of zeros after zeros, which is always the same.
func quietSpeex() []byte {
	return []byte{
		0x2e, 0x9d, 0x1b, 0x9a, 0x20, 0x02, 0x01, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0x81, 0x00, 0xbf, 0xff, 0xff, 0xff, 0xff,
		0xff, 0xc0, 0x80, 0x5f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xe0, 0x40, 0x2f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xf7,
	}
}

// quietSpeexWide is the same for 16 kHz.
func quietSpeexWide() []byte {
	return []byte{
		0x36, 0x9d, 0x1b, 0x9a, 0x20, 0x08, 0x01, 0x68, 0xe8, 0xe8, 0xe8, 0xe8, 0xe8, 0xe8, 0xe8, 0x84, 0x00, 0xb4, 0x74, 0x74,
		0x74, 0x74, 0x74, 0x74, 0x74, 0x42, 0x00, 0x5a, 0x3a, 0x3a, 0x3a, 0x3a, 0x3a, 0x3a, 0x3a, 0x21, 0x00, 0x2d, 0x1d, 0x1d,
		0x1d, 0x1d, 0x1d, 0x1d, 0x1d, 0x1b, 0x3b, 0x60, 0xab, 0xab, 0xab, 0xab, 0xab, 0x0a, 0xba, 0xba, 0xba, 0xba, 0xb0, 0xab,
		0xab, 0xab, 0xab, 0xab, 0x0a, 0xba, 0xba, 0xba, 0xba, 0xb7,
	}
}
