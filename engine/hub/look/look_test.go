package look

import (
	"slices"
	"testing"
	"time"

	"github.com/pion/rtp"

	"sluice/engine/hub/fanout"
	"sluice/engine/media"
)

func TestLookAtPackets(t *testing.T) {
	line := media.NewTimeline(time.Unix(0, 0))
	key, delta := []byte{0x10, 0x50}, []byte{0x10, 0x51}
	rest := []byte{0x00, 0x50}
	look := Packets(media.NewTrack(media.VP8), func(p *media.Packet) time.Duration { return line.At(p.Arrival) }, nil)
	for i, row := range []struct {
		timestamp  uint32
		payload    []byte
		first, key bool
	}{
		{100, key, true, true},
		{100, rest, false, false},
		{300, delta, true, false}, // B-frames go back in time
		{200, delta, true, false},
		{300, rest, false, false}, // late, of the frame before
		{200, rest, false, false},
		{400, key, true, true},
		{500, delta, true, false},
		{400, key, false, false}, // late: where its frame begins is not known any more
	} {
		g := look(&media.Packet{
			Header: rtp.Header{Timestamp: row.timestamp}, Payload: row.payload, Arrival: time.Unix(0, 0).Add(time.Second),
		})
		if g.First != row.first || g.Key != row.key || g.At != time.Second || g.Bytes != 2 || g.Size <= 2 {
			t.Errorf("packet %d: %+v", i, g)
		}
	}
}

func TestLookAtUnits(t *testing.T) {
	u := &media.Unit{DTS: time.Second, AU: [][]byte{{1, 2}, {3}}}
	if g := Units(media.NewTrack(media.H264), nil)(u); !g.First || g.Key || g.At != time.Second || g.Bytes != 3 {
		t.Errorf("h264: %+v", g)
	}
	if g := Units(media.NewTrack(media.MJPEG), nil)(u); !g.Key {
		t.Error("a JPEG picture is no key frame")
	}
}

// glance looks at a payload with a timestamp.
func glance(look func(*media.Packet) fanout.Glance, ts uint32, payload ...byte) fanout.Glance {
	return look(&media.Packet{Header: rtp.Header{Timestamp: ts}, Payload: payload})
}

func arrival(*media.Packet) time.Duration { return 0 }

func TestKeyFramesOfEachCodec(t *testing.T) {
	for codec, row := range map[media.Codec]struct{ key, other []byte }{
		media.H264: {[]byte{0x65, 1}, []byte{0x41, 1}},
		media.H265: {[]byte{19 << 1, 1}, []byte{1 << 1, 1}},
		media.VP8:  {[]byte{0x10, 0x50}, []byte{0x10, 0x51}},
		media.VP9:  {[]byte{0x08, 1}, []byte{0x48, 1}},
		media.AV1:  {[]byte{0x18, 1}, []byte{0x10, 1}},
	} {
		look := Packets(media.NewTrack(codec), arrival, nil)
		if !glance(look, 1, row.key...).Key || glance(look, 2, row.other...).Key {
			t.Errorf("%s: key frames are not told from others", codec)
		}
	}
	if !glance(Packets(media.NewTrack(media.VP6), arrival, nil), 1).Key {
		t.Error("video that cannot be looked into never begins")
	}
	if glance(Packets(media.NewTrack(media.Opus), arrival, nil), 1, 0x50).Key {
		t.Error("audio has key frames")
	}
}

// vp8Key is a key frame of VP8 of a width and a height below 256.
func vp8Key(width, height byte) []byte {
	return []byte{0x10, 0x50, 0, 0, 0x9d, 0x01, 0x2a, width, 0, height, 0, 0}
}

func TestSizesAreToldWhenTheyAreNew(t *testing.T) {
	var got []Found
	track := media.NewTrack(media.VP8)
	track.Width, track.Height = 32, 16
	look := Packets(track, arrival, func(f Found) { got = append(got, f) })
	for i, payload := range [][]byte{vp8Key(32, 16), {0x10, 0x51}, vp8Key(64, 48), vp8Key(64, 48), vp8Key(32, 16)} {
		glance(look, uint32(i+1), payload...)
	}
	if want := []Found{{64, 48, false, ""}, {32, 16, false, ""}}; !slices.Equal(got, want) {
		t.Errorf("told %+v, want %+v", got, want)
	}
}

// Parameter sets of x264 and x265 for 322x182: one stream may reorder by two pictures, the other never does.
var (
	spsHigh = []byte{
		0x67, 0x64, 0x00, 0x14, 0xac, 0xd9, 0x41, 0x51, 0x9e, 0x22, 0x6c, 0x05, 0xa8, 0x30, 0x30, 0x35, 0x28, 0, 0, 3, 0, 8,
		0, 0, 3, 1, 0x94, 0x78, 0xa1, 0x4c, 0xb0,
	}
	spsBaseline = []byte{
		0x67, 0x42, 0xc0, 0x15, 0xd9, 0x01, 0x51, 0x9e, 0x22, 0x6c, 0x05, 0xa8, 0x30, 0x30, 0x35, 0x28, 0, 0, 3, 0, 8,
		0, 0, 3, 1, 0x94, 0x78, 0xb1, 0x72, 0x40,
	}
)

func TestBFramesAreToldWhenTheyAreSeen(t *testing.T) {
	idr, p, b := []byte{0x65, 0x88}, []byte{0x41, 0xc0}, []byte{0x01, 0xa0}
	var got []Found
	look := Packets(media.NewTrack(media.H264), arrival, func(f Found) { got = append(got, f) })
	glance(look, 1000, spsHigh...)
	glance(look, 1000, idr...)
	glance(look, 4000, p...)
	glance(look, 3000, p...) // the network gave it another place
	if want := []Found{{322, 182, false, "640014"}}; !slices.Equal(got, want) {
		t.Errorf("told %+v, want %+v", got, want)
	}
	glance(look, 9000, p...)
	glance(look, 7000, 9, 0xf0)
	glance(look, 7000, b...)
	glance(look, 8000, b...)
	glance(look, 10000, spsBaseline...)
	glance(look, 10000, idr...)
	glance(look, 9000, b...) // which its header rules out
	if want := []Found{{322, 182, false, "640014"}, {322, 182, true, "640014"}, {322, 182, false, "42c015"}}; !slices.Equal(got, want) {
		t.Errorf("told %+v, want %+v", got, want)
	}
}

func TestUnitsTellWhatTheirPicturesAreLike(t *testing.T) {
	for codec, want := range map[media.Codec][]Found{
		media.H264: {{322, 182, false, "640014"}, {322, 182, true, "640014"}, {322, 182, false, "42c015"}},
		media.VP8:  nil, // cannot reorder
		media.Opus: nil,
	} {
		var got []Found
		look := Units(media.NewTrack(codec), func(f Found) { got = append(got, f) })
		for _, u := range []media.Unit{
			{PTS: 0, Key: true, AU: [][]byte{spsHigh, {0x65, 1}}}, {PTS: 4, AU: [][]byte{{0x41}}}, {PTS: 2, AU: [][]byte{{1}}},
			{PTS: 8, AU: [][]byte{{0x41}}}, {PTS: 6, AU: [][]byte{{1}}},
			{PTS: 9, Key: true, AU: [][]byte{spsBaseline, {0x65, 1}}}, {PTS: 8, AU: [][]byte{{0x41}}},
		} {
			look(&u)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: told %+v, want %+v", codec, got, want)
		}
	}
}

func TestWhatIsKnownBefore(t *testing.T) {
	track := media.NewTrack(media.H264)
	track.Extra, track.BFrames = [][]byte{spsHigh}, true
	if f := First(track); f != (Found{322, 182, true, "640014"}) {
		t.Errorf("%+v", f)
	}
	if f := First(media.NewTrack(media.Opus)); f != (Found{}) {
		t.Errorf("%+v", f)
	}
}

func TestUnitsThatCanBeSpared(t *testing.T) {
	for codec, row := range map[media.Codec]struct{ spare, other []byte }{
		media.H264: {[]byte{0x01, 0xa0}, []byte{0x41, 0xc0}},
		media.H265: {[]byte{0, 1, 0x80}, []byte{2, 1, 0x80}},
		media.VP8:  {nil, []byte{0x51}},
	} {
		look := Units(media.NewTrack(codec), nil)
		if g := look(&media.Unit{AU: [][]byte{row.other}}); g.Spare {
			t.Errorf("%s: a reference can be spared", codec)
		}
		if row.spare == nil {
			continue
		}
		if g := look(&media.Unit{AU: [][]byte{row.spare}}); !g.Spare {
			t.Errorf("%s: what nobody refers to cannot be spared", codec)
		}
		if g := look(&media.Unit{Key: true, AU: [][]byte{row.spare}}); g.Spare {
			t.Errorf("%s: a key frame can be spared", codec)
		}
	}
}
