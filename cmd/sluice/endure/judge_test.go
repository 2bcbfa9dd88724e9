//go:build cgo && !nogst

package endure

import (
	"math"
	"testing"
	"time"
)

// TestJudge: who is heard and seen for a part of the time only does not pass for one who always is, however small that part.
func TestJudge(t *testing.T) {
	t.Parallel()
	const tone, beep, length = 700, 1500, 40 * time.Second
	for what, c := range map[string]struct {
		there time.Duration // from the beginning
		good  bool
	}{
		"always": {length, true}, "for most of it": {25 * time.Second, false}, "for a third": {13 * time.Second, false}, "never": {0, false},
	} {
		r := &recording{audio: []time.Duration{0}}
		for at := time.Duration(0); at < length; at += picturePace {
			var p [columns * rows]uint8
			if at < c.there && at >= signal && at%signal < lasts {
				p[0] = 255
			}
			r.video, r.luma = append(r.video, at), append(r.luma, p)
		}
		for i := range int(length/time.Second) * rate {
			at, v := time.Duration(i)*time.Second/rate, math.Sin(2*math.Pi*3*float64(i)/rate) // nearly silence
			if at < c.there {
				v += 3000 * math.Sin(2*math.Pi*tone*float64(i)/rate)
				if at >= signal && at%signal < lasts {
					v += 6000 * math.Sin(2*math.Pi*beep*float64(i)/rate)
				}
			}
			r.samples = append(r.samples, int16(v))
		}
		if gap, _ := r.silence(tone); (gap <= gapMost) != c.good {
			t.Errorf("%s: a gap of %v", what, gap)
		}
		if err := r.enough(r.flashes(0, 0), r.beeps(beep)); (err == nil) != c.good {
			t.Errorf("%s: %v", what, err)
		}
	}
}
