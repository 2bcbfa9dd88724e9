package viewer

import (
	"fmt"
	"slices"
	"strings"

	"sluice/api/websocket/mse"
	"sluice/engine/media"
)

// offer is what is read of a page's offer, of which each provider has a fixed one: which kinds it has a section of. The ports of
// these are always 0 and mean nothing.
type offer struct{ audio, video bool }

// maxLine bounds how far into a line is looked.
const maxLine = 64

func parse(text string) offer {
	var o offer
	for line := range strings.Lines(text) {
		line = line[:min(len(line), maxLine)]
		switch {
		case strings.HasPrefix(line, "m=audio "):
			o.audio = true
		case strings.HasPrefix(line, "m=video "):
			o.video = true
		}
	}
	return o
}

// want is what the page takes of the codecs that are allowed; none: all.
func (o offer) want(p Provider, allowed []media.Codec) media.Want {
	w := media.Want{NoBFrames: true} // times are those of showing, and of decoding
	audio, video := media.AAC, media.H264
	if p == WSPlayer {
		audio, video = media.PCMU, media.MPEG1
	}
	may := func(c media.Codec) bool { return len(allowed) == 0 || slices.Contains(allowed, c) }
	if o.audio && may(audio) {
		w.Audio = []media.Codec{audio}
	}
	if p == MSE {
		w.Rate, w.Channels = mse.Rate, mse.Channels
	}
	if o.video && may(video) {
		w.Video = []media.Codec{video}
	}
	return w
}

// answer says which kinds come. Media Source Extensions wait for all that is announced before they show anything.
func (o offer) answer(p Provider, tracks []media.Track) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\r\n", args...) }
	line("v=0")
	line("o=- 0 1 IN IP4 127.0.0.1")
	line("s=-")
	line("c=IN IP4 0.0.0.0")
	line("t=0 0")
	d := media.Description{Tracks: tracks}
	for _, kind := range []media.Kind{media.Video, media.Audio} {
		if kind == media.Video && !o.video || kind == media.Audio && !o.audio {
			continue
		}
		t, comes := d.Track(kind)
		payload, name := format(p, kind, t)
		port, direction := 9, "sendonly" // RFC 3264 has no port for what does not go by RTP: 9, the port for nothing
		if !comes {
			port, direction = 0, "inactive"
		}
		line("m=%s %d RTP/AVP %d", kind, port, payload)
		line("a=rtpmap:%d %s", payload, name)
		if kind == media.Video && p == MSE {
			line("a=fmtp:%d packetization-mode=1; profile-level-id=420020", payload)
		}
		line("a=%s", direction)
	}
	return b.String()
}

// format is the payload type and the name of a kind in the offers.
func format(p Provider, kind media.Kind, t media.Track) (int, string) {
	switch {
	case p == WSPlayer && kind == media.Video:
		return 32, "MPV/90000"
	case p == WSPlayer:
		return 0, "PCMU/8000"
	case kind == media.Video:
		return 112, "H264/90000"
	}
	const usual, usualRate = 108, 48000
	payload, known := map[uint32]int{
		8000: 96, 11025: 97, 12000: 98, 16000: 99, 22050: 100, 32000: 102, 44100: 103, 24000: 104, usualRate: usual,
	}[t.ClockRate]
	if !known {
		return usual, fmt.Sprintf("mpeg4-generic/%d/1", usualRate)
	}
	return payload, fmt.Sprintf("mpeg4-generic/%d/%d", t.ClockRate, max(t.Channels, 1))
}
