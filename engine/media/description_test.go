package media

import (
	"errors"
	"strings"
	"testing"

	"sluice/engine/fault"
)

func TestTrackString(t *testing.T) {
	video := NewTrack(H264)
	video.Width, video.Height, video.BFrames = 1280, 720, true
	audio := NewTrack(Opus)
	audio.Channels = 2
	for want, track := range map[string]Track{
		"h264 1280x720 with b-frames": video,
		"opus 48000/2":                audio,
		"pcmu 8000":                   NewTrack(PCMU),
		"data":                        {ID: "d", Kind: Data},
	} {
		if got := track.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestDescriptionCheck(t *testing.T) {
	vp8, opus := NewTrack(VP8), NewTrack(Opus)
	with := func(change func(*Track)) []Track {
		t := vp8
		change(&t)
		return []Track{t}
	}
	for name, row := range map[string]struct {
		tracks []Track
		want   string // "" if sound
	}{
		"sound":             {[]Track{vp8, opus}, ""},
		"data of any form":  {[]Track{{ID: "d", Kind: Data, Codec: "klv"}}, ""},
		"empty":             {nil, "at least one track"},
		"no id":             {with(func(t *Track) { t.ID = "" }), "no id"},
		"unknown codec":     {with(func(t *Track) { t.Codec = "vp7" }), `unknown codec "vp7"`},
		"wrong kind":        {with(func(t *Track) { t.Kind = Audio }), "vp8 is video"},
		"negative size":     {with(func(t *Track) { t.Width = -1 }), "negative"},
		"same id":           {[]Track{vp8, vp8}, `two tracks are called "video"`},
		"any is not coding": {with(func(t *Track) { t.Codec = Any }), "unknown codec"},
	} {
		err := Description{row.tracks}.Check()
		if row.want == "" && err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if row.want != "" && (!errors.Is(err, fault.InvalidRequest) || !strings.Contains(err.Error(), row.want)) {
			t.Errorf("%s: %v, want %q", name, err, row.want)
		}
	}
}

func TestDescriptionTrack(t *testing.T) {
	d := Description{[]Track{NewTrack(Opus), NewTrack(VP8)}}
	if v, ok := d.Track(Video); !ok || v.Codec != VP8 {
		t.Errorf("video is %v", v)
	}
	if _, ok := d.Track(Data); ok || d.Index(Data) != -1 {
		t.Error("found data where there is none")
	}
	if got := d.String(); got != "opus 48000, vp8" {
		t.Errorf("it reads %q", got)
	}
}

func TestSizesCountWhatKeepingCosts(t *testing.T) {
	p := &Packet{Payload: make([]byte, 1000)}
	if p.Bytes() != 1000 || p.Size() <= 1000 {
		t.Errorf("packet: %d bytes, size %d", p.Bytes(), p.Size())
	}
	crumbs := &Unit{AU: make([][]byte, 500)}
	for i := range crumbs.AU {
		crumbs.AU[i] = []byte{1}
	}
	if crumbs.Bytes() != 500 || crumbs.Size() < 500*(1+24) {
		t.Errorf("unit of crumbs: %d bytes, size %d", crumbs.Bytes(), crumbs.Size())
	}
}
