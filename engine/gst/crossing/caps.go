// Package crossing translates between tracks and access units as sluice keeps them and caps and buffers as GStreamer does,
// for media that enters or leaves a pipeline. It is pure: it knows GStreamer's words, not its library.
package crossing

import (
	"fmt"
	"strings"

	"sluice/engine/caps"
	"sluice/engine/element"
	"sluice/engine/media"
)

// Caps describes a track to an appsrc whose plan has these caps: what only the track knows is added. The second result
// is the codec_data that belongs into them; nil if none does.
func Caps(planned string, t media.Track) (string, []byte) {
	var b strings.Builder
	b.WriteString(planned)
	add := func(field string, v int) {
		if v > 0 {
			fmt.Fprintf(&b, ",%s=%d", field, v)
		}
	}
	switch t.Codec {
	case media.Opus:
		// Family 0 is mono or stereo without a mapping table (RFC 7845, 5.1.1); decoders want to hear so.
		b.WriteString(",channel-mapping-family=0")
		add("channels", max(t.Channels, 1))
		add("rate", 48000)
	case media.PCMU, media.PCMA, media.G729:
		add("rate", 8000)
		add("channels", max(t.Channels, 1))
	case media.G722:
		add("rate", 16000) // its RTP clock says 8000 (RFC 3551, 4.5.2)
		add("channels", 1)
	case media.Speex, media.AAC, media.MP3, media.MP2, media.AC3, media.Vorbis, media.Nellymoser, media.G726:
		add("rate", int(t.ClockRate))
		add("channels", max(t.Channels, 1))
	default:
		add("width", t.Width)
		add("height", t.Height)
	}
	if t.Codec == media.AAC && len(t.Extra) > 0 {
		return b.String(), t.Extra[0]
	}
	return b.String(), nil
}

// Track reads what caps and codec data say of a track that leaves by an appsink. What they leave open stays zero.
func Track(text string, codecData []byte) (media.Track, error) {
	c, err := caps.Parse(text)
	if err != nil {
		return media.Track{}, err
	}
	codec := element.CodecOf(text)
	t := media.NewTrack(codec)
	if codec == "" {
		t.ID, t.Kind = string(media.Data), media.Data // a file, a picture: for whoever knows
		if kinds := element.KindsOf(text); len(kinds) == 1 {
			t.ID, t.Kind = string(kinds[0]), kinds[0]
		}
	}
	t.Width, t.Height, t.Channels = number(c, "width"), number(c, "height"), number(c, "channels")
	t.Profile, _ = word(c, "profile")
	if rate := number(c, "rate"); rate > 0 && t.ClockRate == 0 {
		t.ClockRate = uint32(rate)
	}
	if len(codecData) > 0 {
		t.Extra = [][]byte{codecData}
	}
	return t, nil
}

func number(c caps.Caps, field string) int {
	v, _ := c.Get(field)
	n, _ := v.(int64)
	return int(n)
}

func word(c caps.Caps, field string) (string, bool) {
	v, _ := c.Get(field)
	s, ok := v.(string)
	return s, ok
}
