package crossing

import (
	"bytes"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"sluice/engine/media"
)

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		name string
		data []byte
		want [][]byte
	}{
		{"short and long start codes", []byte{0, 0, 1, 9, 16, 0, 0, 0, 1, 65, 7}, [][]byte{{9, 16}, {65, 7}}},
		{"zeros at the end", []byte{0, 0, 0, 1, 65, 7, 0, 0, 0}, [][]byte{{65, 7}}},
		{"nothing between two", []byte{0, 0, 1, 0, 0, 1, 65}, [][]byte{{65}}},
		{"no start code", []byte{65, 7}, nil},
		{"nothing", nil, nil},
	} {
		if got := Split(nil, media.H264, c.data); !slices.EqualFunc(got, c.want, bytes.Equal) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	if got := Split(nil, media.Opus, []byte{0, 0, 1, 2}); len(got) != 1 || len(got[0]) != 4 {
		t.Errorf("a frame of sound is one part: %v", got)
	}
}

// NAL units survive, whatever is in them: emulation prevention keeps start codes out, and none ends in zero.
func TestJoinAndSplit(t *testing.T) {
	nal := rapid.Custom(func(t *rapid.T) []byte {
		return append(rapid.SliceOf(rapid.ByteRange(0, 255)).Draw(t, "bytes"), 0x80)
	}).Filter(func(b []byte) bool { return !bytes.Contains(b, []byte{0, 0, 1}) && !bytes.Contains(b, []byte{0, 0, 0}) })
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(nal, 1, 5).Draw(t, "parts")
		if got := Split(nil, media.H265, Join(nil, media.H265, parts)); !slices.EqualFunc(got, parts, bytes.Equal) {
			t.Fatalf("%v became %v", parts, got)
		}
	})
}

func FuzzSplit(f *testing.F) {
	f.Add([]byte{0, 0, 1, 9, 16, 0, 0, 0, 1, 65, 7})
	f.Fuzz(func(t *testing.T, data []byte) {
		n := 0
		for _, part := range Split(nil, media.H264, data) {
			n += len(part)
			if len(part) == 0 || part[len(part)-1] == 0 {
				t.Fatalf("part %v", part)
			}
		}
		if n > len(data) {
			t.Fatalf("%d bytes of %d", n, len(data))
		}
	})
}

func TestTrack(t *testing.T) {
	for _, c := range []struct {
		caps string
		want media.Track
	}{
		{ // GStreamer names profiles in words of its own; the hub finds them in the stream
			"video/x-h264, stream-format=(string)byte-stream, alignment=(string)au, width=(int)320, height=(int)180, profile=(string)high",
			media.Track{ID: "video", Kind: media.Video, Codec: media.H264, ClockRate: 90000, Width: 320, Height: 180},
		},
		{"audio/x-opus, rate=(int)48000, channels=(int)2", media.Track{ID: "audio", Kind: media.Audio, Codec: media.Opus, ClockRate: 48000, Channels: 2}},
		{
			"audio/mpeg, mpegversion=(int)4, rate=(int)44100, channels=(int)2, codec_data=(buffer)1210",
			media.Track{ID: "audio", Kind: media.Audio, Codec: media.AAC, ClockRate: 44100, Channels: 2, Extra: [][]byte{{0x12, 0x10}}},
		},
		{
			"audio/x-vorbis, rate=(int)48000, channels=(int)1, streamheader=(buffer)< 01766f72, 0376, 05 >",
			media.Track{ID: "audio", Kind: media.Audio, Codec: media.Vorbis, ClockRate: 48000, Channels: 1,
				Extra: [][]byte{{1, 0x76, 0x6f, 0x72}, {3, 0x76}, {5}}},
		},
		{
			"audio/x-vorbis, streamheader=(buffer)< 01766, 03 >", // half a byte
			media.Track{ID: "audio", Kind: media.Audio, Codec: media.Vorbis},
		},
		{"image/png, width=(int)64, height=(int)48", media.Track{ID: "video", Kind: media.Video, Width: 64, Height: 48}},
	} {
		got, err := Track(c.caps)
		if err != nil || got.String() != c.want.String() || got.ID != c.want.ID || got.Profile != c.want.Profile ||
			!slices.EqualFunc(got.Extra, c.want.Extra, bytes.Equal) {
			t.Errorf("%s: %+v, %v", c.caps, got, err)
		}
	}
	if _, err := Track("video/x-h264, ="); err == nil {
		t.Error("broken caps are no track")
	}
}
