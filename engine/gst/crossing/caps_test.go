package crossing

import (
	"encoding/hex"
	"strings"
	"testing"

	"sluice/engine/caps"
	"sluice/engine/media"
)

func TestCaps(t *testing.T) {
	aac := media.NewTrack(media.AAC)
	aac.ClockRate, aac.Channels, aac.Extra = 44100, 2, [][]byte{{0x12, 0x10}}
	stereo := media.NewTrack(media.Opus)
	stereo.Channels = 2
	for _, c := range []struct {
		base  string
		track media.Track
		want  string
	}{
		{"audio/x-mulaw", media.NewTrack(media.PCMU), "audio/x-mulaw,rate=8000,channels=1"},
		{"audio/x-mulaw, rate=16000", media.NewTrack(media.PCMU), "audio/x-mulaw, rate=16000,channels=1"},
		{"audio/x-alaw", media.Track{Codec: media.PCMA, ClockRate: 16000, Channels: 2}, "audio/x-alaw,rate=16000,channels=2"},
		{"audio/G722", media.NewTrack(media.G722), "audio/G722,rate=16000,channels=1"},
		{"audio/G729", media.Track{Codec: media.G729}, "audio/G729,rate=8000,channels=1"},
		{"audio/x-opus", media.NewTrack(media.Opus), "audio/x-opus,channel-mapping-family=0"},
		{"audio/x-opus", stereo, "audio/x-opus,channels=2,channel-mapping-family=0"},
		{"audio/mpeg,mpegversion=4", aac, "audio/mpeg,mpegversion=4,rate=44100,channels=2,codec_data=(buffer)1210"},
		{"audio/mpeg,mpegversion=4", media.NewTrack(media.AAC), "audio/mpeg,mpegversion=4"},
		{"audio/mpeg,layer=3", media.NewTrack(media.MP3), "audio/mpeg,layer=3"},
		{"video/x-vp8", media.Track{Codec: media.VP8, ClockRate: 90000, Width: 64, Height: 48}, "video/x-vp8,width=64,height=48,framerate=30/1"},
		{"video/x-h264", media.NewTrack(media.H264), "video/x-h264"}, // its frames may say it
		{"video/x-flash-video", media.Track{Codec: media.Sorenson, ClockRate: 90000}, "video/x-flash-video,flvversion=1"},
		{
			"audio/x-vorbis", media.Track{Codec: media.Vorbis, ClockRate: 48000, Channels: 2, Extra: [][]byte{{1, 2}, {3}, {5}}},
			"audio/x-vorbis,rate=48000,channels=2,streamheader=(buffer)<0102,03,05>",
		},
		{"audio/x-vorbis", media.Track{Codec: media.Vorbis, ClockRate: 48000}, "audio/x-vorbis,rate=48000"},
	} {
		if got := Caps(c.base, c.track); got != c.want {
			t.Errorf("%s of %v: got %s, want %s", c.base, c.track, got, c.want)
		}
	}
	for _, info := range media.Codecs() {
		if _, err := caps.Parse(Caps(info.MediaType, media.NewTrack(info.Codec))); err != nil {
			t.Errorf("%s: %v", info.Codec, err)
		}
	}
}

// The header is laid out as in the Speex manual: 80 bytes of which rate is at 36, mode at 40, channels at 48.
func TestSpeexHeader(t *testing.T) {
	for rate, want := range map[int]string{
		8000:  "401f0000" + "00000000" + "04000000" + "01000000" + "ffffffff" + "a0000000",
		16000: "803e0000" + "01000000" + "04000000" + "01000000" + "ffffffff" + "40010000",
		32000: "007d0000" + "02000000" + "04000000" + "01000000" + "ffffffff" + "80020000",
	} {
		h := speexHeader(rate, 1)
		if len(h) != 80 || string(h[:8]) != "Speex   " || hex.EncodeToString(h[36:60]) != want {
			t.Errorf("%d Hz: %d bytes, %s", rate, len(h), hex.EncodeToString(h))
		}
	}
	if c := Caps("audio/x-speex", media.Track{Codec: media.Speex, ClockRate: 8000}); !strings.Contains(c, "rate=8000,channels=1,streamheader=(buffer)<5370656578") {
		t.Error(c)
	}
}
