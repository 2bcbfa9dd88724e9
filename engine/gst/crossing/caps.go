// Package crossing translates between tracks and access units as sluice keeps them and caps and buffers as GStreamer does,
// for media that enters or leaves a pipeline. It is pure: it knows GStreamer's words, not its library.
package crossing

import (
	"encoding/hex"
	"strconv"
	"strings"

	"sluice/engine/media"
)

// Caps completes the caps of a bridge, which the compiler wrote knowing the codec alone, by what a track says of itself.
// What neither says is what the codec always has.
func Caps(base string, t media.Track) string {
	rate, channels := int(t.ClockRate), t.Channels
	extra := ""
	switch t.Codec {
	case media.Opus:
		rate = 0                            // what it was made from, which the decoder need not know
		extra = ",channel-mapping-family=0" // mono or stereo in one stream, as RTP has it (RFC 7587 4.2)
	case media.PCMU, media.PCMA, media.G729:
		rate, channels = or(rate, 8000), or(channels, 1)
	case media.G722:
		rate, channels = 16000, 1 // RTP's clock is 8000 by mistake (RFC 3551 4.5.2)
	case media.G726:
		rate, channels = 8000, 1
		extra = ",bitrate=32000" // G726-32, the only one that is in use
	case media.Speex:
		rate, channels = or(rate, 16000), or(channels, 1)
		extra = headers(speexHeader(rate, channels), speexComment())
	case media.Vorbis:
		if len(t.Extra) > 0 { // its codebooks are in them
			extra = headers(t.Extra...)
		}
	case media.AAC:
		if len(t.Extra) > 0 {
			extra = ",codec_data=(buffer)" + hex.EncodeToString(t.Extra[0])
		}
	case media.Sorenson:
		rate, channels, extra = 0, 0, ",flvversion=1" // the only one there is
	case media.VP8, media.VP9, media.AV1:
		// Their frames do not say how many come a second. Where none is known, x264enc 1.22 keeps each picture back until the next
		// comes, to know how long it lasts; times are those of the units all the same.
		rate, channels, extra = 0, 0, ",framerate="+usualFPS
	case media.H264, media.H265, media.MJPEG:
		rate, channels = 0, 0 // RTP's clock; a size is added below
	case media.MP3, media.MP2:
		rate = 0 // 90000 is RTP's clock; the parser finds the true one
	}
	size := field(base, "width", t.Width) + field(base, "height", t.Height)
	return base + field(base, "rate", rate) + field(base, "channels", channels) + size + extra
}

// usualFPS is what cameras give.
const usualFPS = "30/1"

// headers is the field in which caps carry what an Ogg file begins with.
func headers(list ...[]byte) string {
	texts := make([]string, 0, len(list))
	for _, h := range list {
		texts = append(texts, hex.EncodeToString(h))
	}
	return ",streamheader=(buffer)<" + strings.Join(texts, ",") + ">"
}

func or(n, usual int) int {
	if n > 0 {
		return n
	}
	return usual
}

// field is an addition to caps, unless the value is not known or the caps have the field.
func field(base, name string, n int) string {
	if n <= 0 || strings.Contains(strings.ReplaceAll(base, " ", ""), ","+name+"=") {
		return ""
	}
	return "," + name + "=" + strconv.Itoa(n)
}
