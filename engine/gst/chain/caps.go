package chain

import (
	"encoding/binary"
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
		extra = ",streamheader=(buffer)<" + hex.EncodeToString(speexHeader(rate, channels)) + "," + hex.EncodeToString(speexComment()) + ">"
	case media.AAC:
		if len(t.Extra) > 0 {
			extra = ",codec_data=(buffer)" + hex.EncodeToString(t.Extra[0])
		}
	case media.MP3, media.MP2:
		rate = 0 // 90000 is RTP's clock; the parser finds the true one
	}
	return base + field(base, "rate", rate) + field(base, "channels", channels) + extra
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

// speexHeader is the header with which an Ogg file of Speex begins (Speex manual, 7.3). RTP has none (RFC 5574), but
// speexdec would take the first packets for it. Only rate, mode and channels matter.
func speexHeader(rate, channels int) []byte {
	const size = 80
	mode, frame := uint32(1), uint32(320) // wideband
	switch {
	case rate < 12500:
		mode, frame = 0, 160
	case rate >= 25000:
		mode, frame = 2, 640
	}
	h := make([]byte, 0, size)
	h = append(h, "Speex   1.2             "...) // magic, and the version in 20 bytes
	h = append(h, make([]byte, 28-len(h))...)
	const unknown = 0xFFFFFFFF // the bit rate
	for _, n := range []uint32{1, size, uint32(rate), mode, 4, uint32(channels), unknown, frame, 0, 1, 0, 0, 0} {
		h = binary.LittleEndian.AppendUint32(h, n)
	}
	return h
}

// speexComment is the second header of an Ogg file: a vendor's name of no length, and no comments.
func speexComment() []byte { return make([]byte, 8) }
