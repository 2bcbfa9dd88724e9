package reel_test

import (
	"bytes"
	"testing"

	"sluice/api/vod/reel"
)

// FuzzOpen: whatever a file holds, it is read to an end, and its tracks are such as can be published.
func FuzzOpen(f *testing.F) {
	for _, name := range []string{"pattern.mp4", "pattern.fmp4", "pattern.mkv", "pattern.webm", "pattern.ts", "pattern.opus", "bars.flv"} {
		f.Add(file(f, name))
	}
	f.Add([]byte("ID3\x04\x00\x00\x00\x00\x00\x00\xff\xfb\x90\x64"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := reel.Open(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return
		}
		n := len(r.Tracks())
		if n == 0 || n > 2 {
			t.Fatalf("%d tracks", n)
		}
		for {
			i, u, err := r.Next()
			if err != nil {
				return
			}
			if i < 0 || i >= n || len(u.AU) == 0 {
				t.Fatalf("a unit of track %d with %d parts", i, len(u.AU))
			}
		}
	})
}
