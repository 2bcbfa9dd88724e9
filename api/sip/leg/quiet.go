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
	switch c.Codec {
	case media.PCMU:
		return bytes.Repeat([]byte{0xff}, samples), samples
	case media.PCMA:
		return bytes.Repeat([]byte{0xd5}, samples), samples
	case media.Opus:
		return []byte{0xf8, 0xff, 0xfe}, 960 // a frame of nothing, as libopus makes it of zeros
	}
	return nil, 0
}
