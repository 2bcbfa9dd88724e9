package mp4_test

import (
	"testing"
	"time"

	"sluice/api/records/mux/mp4"
	"sluice/api/records/recordtest"
	"sluice/engine/media"
)

const whole = time.Hour

func TestWhatFFmpegReads(t *testing.T) {
	for name, row := range map[string]struct {
		codecs []media.Codec
		want   string
	}{
		"h264 with b-frames, aac": {[]media.Codec{media.H264, media.AAC}, "h264 50, aac 95"},
		"h265, aac":               {[]media.Codec{media.H265, media.AAC}, "hevc 50, aac 95"},
		"h264, opus":              {[]media.Codec{media.H264, media.Opus}, "h264 50, opus 101"},
		"vp9, opus":               {[]media.Codec{media.VP9, media.Opus}, "vp9 50, opus 101"},
		"av1, aac":                {[]media.Codec{media.AV1, media.AAC}, "av1 50, aac 95"},
		"pictures alone":          {[]media.Codec{media.H264}, "h264 50"},
		"sound alone":             {[]media.Codec{media.AAC}, "aac 95"},
	} {
		t.Run(name, func(t *testing.T) {
			film := recordtest.Shoot(t, row.codecs...)
			w, file := recordtest.Begin(t, "a.mp4", film, mp4.New)
			recordtest.Write(t, w, film, whole)
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			got := recordtest.Probe(t, file.Name())
			if got.Codecs() != row.want || got.Seconds() < 1.95 || got.Seconds() > 2.1 || got.Streams[0].At() > 0.081 {
				t.Errorf("%s for %gs from %g", got.Codecs(), got.Seconds(), got.Streams[0].At())
			}
			recordtest.Decode(t, file.Name(), "0")
			recordtest.Decode(t, file.Name(), "1.2")
		})
	}
}

// TestCrash: what is there after a crash plays, and can be completed; of a fragment that was not written to its end nothing is needed.
func TestCrash(t *testing.T) {
	film := recordtest.Shoot(t, media.H264, media.AAC)
	w, file := recordtest.Begin(t, "a.mp4", film, mp4.New)
	recordtest.Write(t, w, film, 1500*time.Millisecond)
	got := recordtest.Probe(t, file.Name())
	before := got.Codecs()
	if before != "h264 29, aac 57" { // up to the last fragment
		t.Errorf("%s", before)
	}
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteAt([]byte("\x00\x00\x01\x00moof and then the machine stood still"), info.Size()); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time there is nothing to do
		if info, err = file.Stat(); err != nil {
			t.Fatal(err)
		}
		lasts, err := mp4.Repair(file, info.Size())
		if err != nil || lasts < 1150*time.Millisecond || lasts > 1600*time.Millisecond {
			t.Fatalf("%v: %v", lasts, err)
		}
		got = recordtest.Probe(t, file.Name())
		if got.Codecs() != before || got.Seconds() < 1.2 {
			t.Errorf("%s before, %s for %gs now", before, got.Codecs(), got.Seconds())
		}
	}
	recordtest.Decode(t, file.Name(), "1.1")
}

// TestGap: where media is missing the rest stays where it was.
func TestGap(t *testing.T) {
	film := recordtest.Shoot(t, media.H264, media.AAC)
	w, file := recordtest.Begin(t, "a.mp4", film, mp4.New)
	for _, i := range film.Items {
		u := *i.Unit
		if u.DTS >= time.Second {
			u.DTS, u.PTS = u.DTS+3*time.Second, u.PTS+3*time.Second
		}
		if err := w.Write(i.Track, &u); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	got := recordtest.Probe(t, file.Name())
	if got.Codecs() != "h264 50, aac 95" || got.Seconds() < 4.9 || got.Seconds() > 5.1 {
		t.Errorf("%s for %gs", got.Codecs(), got.Seconds())
	}
}
