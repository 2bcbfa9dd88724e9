package reel_test

import (
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"testing"
	"time"

	"sluice/api/doortest"
	"sluice/api/vod/reel"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// played is what was found in a file.
type played struct {
	tracks string
	units  [2]int
	first  [2]media.Unit
	last   [2]time.Duration // when the latest unit of each is shown
	keys   int
}

// play reads a file to its end, and holds what all files have in common.
func play(t *testing.T, name string, b []byte) played {
	t.Helper()
	r, err := reel.Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	p := played{tracks: media.Description{Tracks: r.Tracks()}.String()}
	if err := (media.Description{Tracks: r.Tracks()}).Check(); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	var dts [2]time.Duration
	for {
		i, u, err := r.Next()
		if errors.Is(err, io.EOF) {
			return p
		}
		if err != nil {
			t.Fatalf("%s: after %v units: %v", name, p.units, err)
		}
		if p.units[i] == 0 {
			p.first[i] = u
		} else if u.DTS < dts[i] {
			t.Errorf("%s: track %d goes back from %v to %v", name, i, dts[i], u.DTS)
		}
		if u.PTS < u.DTS {
			t.Errorf("%s: a unit is shown at %v and decoded at %v", name, u.PTS, u.DTS)
		}
		dts[i] = u.DTS
		p.last[i] = max(p.last[i], u.PTS)
		p.units[i]++
		if i == 0 && u.Key {
			p.keys++
		}
	}
}

func file(t testing.TB, name string) []byte {
	t.Helper()
	return doortest.Film(t, filepath.Join("../../../testdata/media", name))
}

func TestFilesAreReadWhole(t *testing.T) {
	const picture, sound = 960 * time.Millisecond, time.Second
	for name, want := range map[string]struct {
		tracks string
		units  [2]int
	}{
		"pattern.mp4":  {"h264 160x90, aac 48000/2", [2]int{25, 48}},
		"pattern.fmp4": {"h264 160x90, aac 48000/2", [2]int{25, 48}},
		"pattern.mkv":  {"h264 160x90, opus 48000/2", [2]int{25, 51}},
		"pattern.webm": {"vp8 160x90, opus 48000/2", [2]int{25, 51}},
		"pattern.ts":   {"h264, aac 48000/2", [2]int{25, 48}},
	} {
		p := play(t, name, file(t, name))
		if p.tracks != want.tracks || p.units != want.units || p.keys != 1 || !p.first[0].Key {
			t.Errorf("%s: %s, %v units, %d of them keys", name, p.tracks, p.units, p.keys)
		}
		if d := p.last[1] - sound; p.last[0] != picture || d.Abs() > 10*time.Millisecond {
			t.Errorf("%s: it ends at %v", name, p.last)
		}
	}
}

// TestWhatIsCutOff: of a file that is not whole, what is there plays; what says nothing at all is refused.
func TestWhatIsCutOff(t *testing.T) {
	for name, least := range map[string]int{"pattern.fmp4": 20, "pattern.mkv": 10, "pattern.webm": 10, "pattern.ts": 10} {
		b := file(t, name)
		p := play(t, name, b[:len(b)*19/20])
		if n := p.units[0] + p.units[1]; n < least {
			t.Errorf("%s: only %d units", name, n)
		}
	}
}

func TestWhatIsNoFilm(t *testing.T) {
	for name, c := range map[string]struct {
		bytes []byte
		want  fault.Code
	}{
		"nothing": {nil, fault.MediaCorrupt}, "text": {[]byte("#!/bin/sh\necho hello\n"), fault.MediaCorrupt},
		"a head alone": {file(t, "pattern.mp4")[:40], fault.MediaCorrupt},
		"waves":        {[]byte("RIFF\x24\x00\x00\x00WAVEfmt "), fault.MediaCorrupt},
	} {
		_, err := reel.Open(bytes.NewReader(c.bytes), int64(len(c.bytes)))
		if fault.CodeOf(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}
