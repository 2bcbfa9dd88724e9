package webm_test

import (
	"os"
	"testing"
	"time"

	"github.com/at-wat/ebml-go"
	ebmlwebm "github.com/at-wat/ebml-go/webm"

	"sluice/api/records/mux/webm"
	"sluice/api/records/recordtest"
	"sluice/engine/media"
)

func TestWhatFFmpegReads(t *testing.T) {
	for name, row := range map[string]struct {
		codecs []media.Codec
		want   string
	}{
		"vp8, opus":   {[]media.Codec{media.VP8, media.Opus}, "vp8 50, opus 101"},
		"vp9, opus":   {[]media.Codec{media.VP9, media.Opus}, "vp9 50, opus 101"},
		"av1, opus":   {[]media.Codec{media.AV1, media.Opus}, "av1 50, opus 101"},
		"sound alone": {[]media.Codec{media.Opus}, "opus 101"},
	} {
		t.Run(name, func(t *testing.T) {
			film := recordtest.Shoot(t, row.codecs...)
			w, file := recordtest.Begin(t, "a.webm", film, webm.New)
			recordtest.Write(t, w, film, time.Hour)
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			got := recordtest.Probe(t, file.Name())
			if got.Codecs() != row.want || got.Seconds() < 1.9 || got.Seconds() > 2.1 {
				t.Errorf("%s for %gs", got.Codecs(), got.Seconds())
			}
			recordtest.Decode(t, file.Name(), "0")
			recordtest.Decode(t, file.Name(), "1.2")
			check(t, file, 2)
		})
	}
}

// document is a WebM as a library reads it that is not ours.
type document struct {
	Header  ebmlwebm.EBMLHeader `ebml:"EBML"`
	Segment ebmlwebm.Segment    `ebml:"Segment"`
}

// check reads a recording with another library: sizes are right, and the index says where clusters begin.
func check(t *testing.T, file *os.File, cues int) {
	t.Helper()
	if _, err := file.Seek(0, 0); err != nil {
		t.Fatal(err)
	}
	var d document
	if err := ebml.Unmarshal(file, &d); err != nil {
		t.Fatal(err)
	}
	if d.Header.DocType != "webm" || d.Segment.Info.Duration < 1000 || d.Segment.SeekHead == nil || d.Segment.Cues == nil {
		t.Fatalf("%+v", d.Segment.Info)
	}
	if n := len(d.Segment.Cues.CuePoint); n < cues-1 || n > cues {
		t.Errorf("%d points in the index", n)
	}
}

// TestCrash: what is there after a crash plays, and can be completed.
func TestCrash(t *testing.T) {
	film := recordtest.Shoot(t, media.VP8, media.Opus)
	w, file := recordtest.Begin(t, "a.webm", film, webm.New)
	recordtest.Write(t, w, film, 1500*time.Millisecond)
	before := recordtest.Probe(t, file.Name()).Codecs()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteAt([]byte("\x1f\x43\xb6\x75\x01\x00\x00\x00\x00\x00\xff\xff and then the machine stood still"), info.Size()); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time there is nothing to do
		if info, err = file.Stat(); err != nil {
			t.Fatal(err)
		}
		lasts, err := webm.Repair(file, info.Size())
		if err != nil || lasts < 1100*time.Millisecond || lasts > 1600*time.Millisecond {
			t.Fatalf("%v: %v", lasts, err)
		}
		got := recordtest.Probe(t, file.Name())
		if got.Codecs() != before || got.Seconds() < 1.1 {
			t.Errorf("%s before, %s for %gs now", before, got.Codecs(), got.Seconds())
		}
	}
	check(t, file, 2)
}
