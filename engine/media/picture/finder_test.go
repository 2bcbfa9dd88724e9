package picture

import (
	"encoding/hex"
	"testing"

	"sluice/engine/media"
)

// Headers as encoders wrote them for pictures of 322x182: x264 and x265 with and without B-frames, libvpx and libaom.
const (
	spsHigh     = "67640014acd94151 9e226c05a8303035 2800000300080000 03019478a14cb0"
	spsBaseline = "6742c015d901519e 226c05a830303528 0000030008000003 019478b17240"
	vpsH265     = "40010c01ffff0160 0000030090000003 0000033f95980900"
	spsH265     = "4201010160000003 0090000003000003 003fa00a480b9c95 9656692 4cafff00010 0016a0c0c0c08000 00030080 00000c84"
	spsH265Low  = "4201010160000003 0090000003000003 003fa00a480b9c95 964a924cafff0001 00016a0c0c0c0800 0003000800000300 c840"
	keyVP8      = "705a009d012a4201 b600014708858588"
	keyVP9      = "824983422014100b 5608382 41c184200"
	sequenceAV1 = "00000004 3d06d781b5f20080"
)

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	clean := make([]byte, 0, len(text))
	for _, c := range []byte(text) {
		if c != ' ' {
			clean = append(clean, c)
		}
	}
	b, err := hex.DecodeString(string(clean))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func join(parts ...[]byte) (all []byte) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

func TestShapeOfPackets(t *testing.T) {
	sps := unhex(t, spsHigh)
	structure := []byte{0x18 | 1<<5, 0, 161, 0, 91, 1, 66, 0, 182, 1, 0x14, 1} // two layers, the larger of 322x182
	for name, row := range map[string]struct {
		codec   media.Codec
		payload []byte
		key     bool
		want    Shape
	}{
		"h264 alone":        {media.H264, sps, false, Shape{322, 182, 2, "640014"}},
		"h264 in a STAP-A":  {media.H264, join([]byte{0x78, 0, byte(len(sps))}, sps, []byte{0, 2, 0x65, 0x88}), true, Shape{322, 182, 2, "640014"}},
		"h264 baseline":     {media.H264, unhex(t, spsBaseline), false, Shape{322, 182, 0, "42c015"}},
		"h265 alone":        {media.H265, unhex(t, spsH265), false, Shape{322, 182, 2, "1"}},
		"h265 without b":    {media.H265, unhex(t, spsH265Low), false, Shape{322, 182, 0, "1"}},
		"vp8":               {media.VP8, join([]byte{0x10}, unhex(t, keyVP8)), true, Shape{322, 182, 0, ""}},
		"vp8, not a start":  {media.VP8, join([]byte{0x00}, unhex(t, keyVP8)), false, Shape{0, 0, Unsaid, ""}},
		"vp8, no code":      {media.VP8, []byte{0x10, 0x50, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, true, Shape{0, 0, Unsaid, ""}},
		"vp9":               {media.VP9, join([]byte{0x88, 1}, unhex(t, keyVP9)), true, Shape{322, 182, 0, "0"}},
		"vp9 in two layers": {media.VP9, join([]byte{0xaa, 1, 0, 0}, structure, unhex(t, keyVP9)), true, Shape{322, 182, 0, "0"}},
		"av1":               {media.AV1, join([]byte{0x18, 0x08}, unhex(t, sequenceAV1)), true, Shape{322, 182, 0, "0"}},
		"av1 with a length": {media.AV1, join([]byte{0x28, 13, 0x08}, unhex(t, sequenceAV1), []byte{0x30, 0x10}), true, Shape{322, 182, 0, "0"}},
		"other video":       {media.VP6, []byte{1, 2, 3}, true, Shape{0, 0, Unsaid, ""}},
	} {
		f := NewFinder(media.NewTrack(row.codec))
		key, changed := f.Packet(row.payload)
		if key != row.key || changed != (row.want.Width > 0) || f.Shape() != row.want {
			t.Errorf("%s: key %v, changed %v, %+v", name, key, changed, f.Shape())
		}
		if _, again := f.Packet(row.payload); again {
			t.Errorf("%s: the same is new", name)
		}
	}
	if NewFinder(media.NewTrack(media.Opus)) != nil {
		t.Error("audio has pictures")
	}
}

func TestShapeOfUnits(t *testing.T) {
	profiles := map[media.Codec]string{media.H264: "42c015", media.H265: "1", media.VP9: "0", media.AV1: "0"}
	for codec, au := range map[media.Codec][][]byte{
		media.H264: {{9, 0xf0}, unhex(t, spsBaseline), {0x68, 1}, {0x65, 1}},
		media.H265: {unhex(t, vpsH265), unhex(t, spsH265Low), {68, 1, 1}, {38, 1, 1}},
		media.VP8:  {unhex(t, keyVP8)},
		media.VP9:  {unhex(t, keyVP9)},
		media.AV1:  {join([]byte{0x12, 0, 0x0a, 12}, unhex(t, sequenceAV1), []byte{0x32, 1, 0x10})},
	} {
		f := NewFinder(media.NewTrack(codec))
		want := Shape{322, 182, 0, profiles[codec]}
		if !f.Unit(au) || f.Shape() != want {
			t.Errorf("%s: %+v", codec, f.Shape())
		}
		if f.Unit(au) || f.Unit(nil) || f.Unit([][]byte{{}}) {
			t.Errorf("%s: something is new that is not", codec)
		}
	}
}

func TestParameterSetsThatAreToldApartCount(t *testing.T) {
	track := media.NewTrack(media.H264)
	track.Extra = [][]byte{unhex(t, spsHigh), {0x68, 1}}
	f := NewFinder(track)
	if f.Shape() != (Shape{322, 182, 2, "640014"}) {
		t.Errorf("%+v", f.Shape())
	}
	if _, changed := f.Packet(unhex(t, spsBaseline)); !changed || f.Shape().Reorder != 0 {
		t.Errorf("changed %v to %+v", changed, f.Shape())
	}
}

func TestReordering(t *testing.T) {
	b, p := []byte{0x01, 0xa0}, []byte{0x41, 0xc0}
	for name, row := range map[string]struct {
		codec     media.Codec
		header    string
		may, b, p bool
	}{
		"h264, not said": {media.H264, "", true, true, false},
		"h264 high":      {media.H264, spsHigh, true, true, false},
		"h264 baseline":  {media.H264, spsBaseline, false, false, false},
		"h265, not said": {media.H265, "", true, false, false},
		"h265":           {media.H265, spsH265, true, true, true},
		"h265 low delay": {media.H265, spsH265Low, false, false, false},
		"vp8":            {media.VP8, "", false, false, false},
	} {
		f := NewFinder(media.NewTrack(row.codec))
		f.Packet(unhex(t, row.header))
		if f.MayReorder() != row.may || f.Reorders(b) != row.b || f.Reorders(p) != row.p {
			t.Errorf("%s: may %v, b %v, p %v", name, f.MayReorder(), f.Reorders(b), f.Reorders(p))
		}
	}
}

func TestSizesThatCannotBe(t *testing.T) {
	for _, row := range [][2]int{{0, 10}, {10, 0}, {-16, 10}, {maxSide + 1, 10}, {10, maxSide + 1}} {
		if s, ok := sized(row[0], row[1], 0, ""); ok {
			t.Errorf("%+v is believed", s)
		}
	}
	if depth(17) != Unsaid || depth(16) != 16 {
		t.Error("what no decoder holds is believed")
	}
}

func TestPacketsWithoutHeadersCostNothing(t *testing.T) {
	for codec, payload := range map[media.Codec][]byte{
		media.H264: {0x61, 0x88}, media.H265: {2, 1, 0x88}, media.VP8: {0x10, 0x51}, media.VP9: {0x48, 1}, media.AV1: {0x10, 1},
	} {
		f := NewFinder(media.NewTrack(codec))
		if n := testing.AllocsPerRun(10, func() { f.Packet(payload) }); n != 0 {
			t.Errorf("%s: %v allocations", codec, n)
		}
	}
}

// FuzzFinder: no header makes it panic or gives an impossible shape.
func FuzzFinder(f *testing.F) {
	for i, text := range []string{spsHigh, spsBaseline, spsH265, "10" + keyVP8, "8801" + keyVP9, "1808" + sequenceAV1} {
		f.Add(uint8(i), unhex(f, text))
	}
	all := []media.Codec{media.H264, media.H265, media.VP8, media.VP9, media.AV1}
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		finder := NewFinder(media.NewTrack(all[int(which)%len(all)]))
		_, changed := finder.Packet(data)
		changed = finder.Unit([][]byte{data}) || changed
		s := finder.Shape()
		if changed != (s.Width > 0) || s.Width > maxSide || s.Height > maxSide || s.Reorder > 16 {
			t.Errorf("changed %v, %+v", changed, s)
		}
	})
}

// TestMPEG1 holds what is read of a sequence header (ISO 11172-2 2.4.2.3), without which no unit is looked into.
func TestMPEG1(t *testing.T) {
	f := NewFinder(media.NewTrack(media.MPEG1))
	for _, broken := range [][]byte{nil, {0, 0, 1, 0xb3, 0x14}, unhex(t, "000001b8 1420b6 14"), unhex(t, "000001b3 000000 14")} {
		if f.Unit([][]byte{broken}) || f.Shape().Width != 0 {
			t.Errorf("%x is %+v", broken, f.Shape())
		}
	}
	if want := (Shape{322, 182, Unsaid, ""}); !f.Unit([][]byte{unhex(t, "000001b3 1420b6 14")}) || f.Shape() != want || f.MayReorder() {
		t.Errorf("got %+v, want %+v", f.Shape(), want)
	}
}
