//go:build cgo && !nogst

package shim_test

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"sluice/engine/gst/shim"
)

// What an encoder gives is timed as the sound in it is, and nothing before the beginning: of two frames at 48 kHz 1024 samples
// of priming are one too many, and 1600 two. Encoders that have none, or count it, stay as they are.
func TestPrime(t *testing.T) {
	const frame = 1024 * time.Second / 48000
	for _, c := range []struct {
		encoder string
		begin   time.Duration // of the sound
		first   time.Duration // time of what comes first
		early   time.Duration // how much sooner than it was the last comes
	}{
		{"avenc_aac", 0, 0, frame},
		{"avenc_aac", time.Hour, time.Hour - frame, frame},
		{"voaacenc", 0, 2*frame - time.Second/30, time.Second / 30},
		{"voaacenc", time.Hour, time.Hour - time.Second/30, time.Second / 30},
		{"mulawenc", time.Hour, time.Hour, 0},
	} {
		play := func(prime bool) (got []time.Duration) {
			p, own := line(t, "audiotestsrc num-buffers=20 samplesperbuffer=1024 timestamp-offset="+strconv.FormatInt(int64(c.begin), 10)+
				" ! audio/x-raw,rate=48000,channels=1 ! "+c.encoder+" name=e ! fakesink")
			e := named(t, p, "e")
			if prime {
				shim.Prime(e, c.encoder)
			}
			end := make(chan struct{})
			shim.Tap(pad(t, e, "src"), func(b shim.Buffer) {
				if b.Flags&shim.Final != 0 {
					close(end)
					return
				}
				if b.DTS >= 0 && b.DTS != b.PTS {
					t.Errorf("%s: decoded at %v, heard at %v", c.encoder, b.DTS, b.PTS)
				}
				got = append(got, b.PTS)
			})
			shim.SetState(own, shim.Playing)
			soon(t, "the end", end)
			return got
		}
		was, is := play(false), play(true)
		if !near(is[0], c.first) || !near(was[0], c.begin) || !near(is[len(is)-1], was[len(was)-1]-c.early) {
			t.Errorf("%s: %v have become %v", c.encoder, was, is)
		}
		if !slices.IsSorted(is) {
			t.Errorf("%s: %v goes back", c.encoder, is)
		}
	}
}

// near allows for what is lost when samples are counted in nanoseconds.
func near(a, b time.Duration) bool { return (a - b).Abs() < 10*time.Microsecond }
