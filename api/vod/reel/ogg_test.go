package reel_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"sluice/api/vod/reel"
	"sluice/engine/fault"
)

// TestOgg: a file of Opus is read whole, one behind another goes on where that ended, of one that is cut off there is what is there, and
// of one that lost a page the rest.
func TestOgg(t *testing.T) {
	whole := file(t, "pattern.opus")
	pages := bytes.SplitAfter(whole, []byte("OggS"))
	const least = 4 // two of headers and two of sound, behind what stands before the first
	if len(pages) <= least {
		t.Fatalf("%d pages", len(pages))
	}
	lost := append(bytes.Join(pages[:least-1], nil), bytes.Join(pages[least:], nil)...)
	for _, c := range []struct {
		name        string
		b           []byte
		least, most int
		until       time.Duration
	}{
		{"whole", whole, 51, 51, time.Second},
		{"two", slices.Concat(whole, whole), 102, 102, 2020 * time.Millisecond},
		{"cut off", whole[:len(whole)/2], 25, 25, 980 * time.Millisecond},
		{"without a page", lost, 26, 26, 980 * time.Millisecond},
	} {
		p := play(t, c.name, c.b)
		if p.tracks != "opus 48000/2" || p.units[0] < c.least || p.units[0] > c.most || p.keys != p.units[0] || p.last[0] > c.until {
			t.Errorf("%s: %s, %v units until %v", c.name, p.tracks, p.units, p.last)
		}
	}
	spoiled := bytes.Replace(whole, []byte("OggS\x00\x00"), []byte("Oggs\x00\x00"), 1)
	r, err := reel.Open(bytes.NewReader(spoiled), int64(len(spoiled)))
	for err == nil {
		_, _, err = r.Next()
	}
	if fault.CodeOf(err) != fault.MediaCorrupt {
		t.Errorf("with something else between its pages: %v", err)
	}
}
