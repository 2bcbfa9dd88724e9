package media

import "testing"

func TestProfilesThatSuit(t *testing.T) {
	chrome := map[Codec][]string{H264: {"42001f", "42e01f", "4d001f", "f4001f"}, VP9: {"0", "2"}, AV1: {"0"}, H265: {"1"}}
	for _, row := range []struct {
		codec   Codec
		profile string
		named   map[Codec][]string
		takes   bool
	}{
		{H264, "", chrome, true},
		{H264, "42c01e", chrome, true},
		{H264, "640028", chrome, true}, // nobody names High, everybody has it
		{H264, "F40028", chrome, true}, // named, at another level
		{H264, "7a0028", chrome, false},
		{H264, "6e0028", chrome, false},
		{H264, "f40028", map[Codec][]string{H264: {"42e01f"}}, false},
		{H264, "f40028", nil, true}, // a reader that says nothing takes all
		{H264, "f40028", map[Codec][]string{VP9: {"0"}}, true},
		{H264, "x", chrome, false},
		{VP9, "0", map[Codec][]string{VP9: nil}, true},
		{VP9, "2", chrome, true},
		{VP9, "1", chrome, false},
		{AV1, "1", chrome, false},
		{AV1, "0", chrome, true},
		{H265, "1", chrome, true},
		{H265, "2", chrome, false},
		{VP8, "3", map[Codec][]string{VP8: {"0"}}, true}, // it has none
	} {
		track := NewTrack(row.codec)
		track.Profile = row.profile
		w := Want{Video: []Codec{Any}, Profiles: row.named}
		if got := w.Takes(track) >= 0; got != row.takes {
			t.Errorf("%s profile %q, named %v: taken %v", row.codec, row.profile, row.named, got)
		}
	}
}

func TestMismatchOfProfilesIsSaid(t *testing.T) {
	d := describe(H264)
	d.Tracks[0].Profile = "f4001f"
	_, err := Want{Video: []Codec{H264, VP8}, Profiles: map[Codec][]string{H264: {"42e01f"}}}.Match(d)
	if err == nil || err.Error() != "video: h264 profile f4001f published, h264 or vp8 wanted" {
		t.Errorf("%v", err)
	}
}

func TestPicturesOfAShapeAreNeverThereYet(t *testing.T) {
	d := describe(VP8, Opus)
	d.Tracks[0].Width, d.Tracks[0].Height = 640, 360
	w := Want{Video: []Codec{VP8}, Audio: []Codec{Opus}, Shape: Shape{Width: 640, Height: 360}}
	m, err := w.Match(d)
	if len(m.Picks) != 1 || m.Picks[0] != 1 || len(m.Missing) != 1 {
		t.Errorf("%+v", m)
	}
	if err == nil || err.Error() != "video: vp8 published, vp8 640x360 wanted" {
		t.Errorf("%v", err)
	}
}

func TestShapeInWords(t *testing.T) {
	for want, s := range map[string]Shape{
		"":                           {},
		"640x360":                    {Width: 640, Height: 360},
		"640 wide 25 a second":       {Width: 640, FPS: 25},
		"360 high at 500 kbit/s":     {Height: 360, Bitrate: 500_000},
		"at 96 kbit/s of quality 30": {Bitrate: 96_000, Quality: 30},
		"2x4 5 a second at 1 kbit/s": {Width: 2, Height: 4, FPS: 5, Bitrate: 1000},
		"100 high of quality 1":      {Height: 100, Quality: 1},
	} {
		if got := s.String(); got != want {
			t.Errorf("%+v is %q, not %q", s, got, want)
		}
	}
}
