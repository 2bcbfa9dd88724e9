//go:build cgo && !nogst

package chain

import (
	"math"
	"testing"
	"time"

	"sluice/engine/media"
)

// Sound is heard when it was, to 5 ms, after it was coded as AAC and Opus, from which encoders begin with samples of their own;
// wherever its times begin.
func TestOnsetStays(t *testing.T) {
	const onset = 25 // packets of silence
	for _, c := range conversions() {
		if c.codec != media.AAC && c.codec != media.Opus {
			continue
		}
		for _, begin := range []time.Duration{0, time.Hour} {
			in := speech(1000, 2*onset)
			for i := range in {
				in[i].pts += begin
				if i < onset {
					for k := range in[i].data {
						in[i].data[k] = mulaw(0)
					}
				}
			}
			coded, track := through(t, row1(media.PCMU, c.there...), media.NewTrack(media.PCMU), c.codec, in)
			out, _ := through(t, row1(c.codec, c.back...), track, media.PCMU, coded)
			at, heard := loud(out)
			if late := at - (begin + onset*packet); !heard || late.Abs() > 5*time.Millisecond {
				t.Errorf("%s from %v on: the tone comes %v late", c.codec, begin, late)
			}
			// A frame that would begin before the stream does is dropped, so the first may be late by less than itself.
			if coded[0].pts >= begin+coded[0].duration {
				t.Errorf("%s: the first frame comes at %v, the sound at %v", c.codec, coded[0].pts, begin)
			}
		}
	}
}

// loud is when µ-law sound of 8 kHz becomes loud.
func loud(frames []frame) (time.Duration, bool) {
	for _, f := range frames {
		for k, b := range f.data {
			if math.Abs(linear(b)) > 0.25 {
				return f.pts + time.Duration(k)*time.Second/8000, true
			}
		}
	}
	return 0, false
}
