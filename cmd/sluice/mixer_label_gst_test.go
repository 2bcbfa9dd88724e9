//go:build cgo && !nogst

package main

import (
	"math"
	"net/http"
	"testing"

	"sluice/engine/enginetest/program"
)

const (
	labelWide, labelHigh = 320, 60 // the lower part of a guest's picture, where the label is
	guestHigh            = 180
)

// drawn is what textoverlay makes of a text in a picture that nothing else has touched, as brightness.
func drawn(t *testing.T, text string) []float64 {
	t.Helper()
	out := program.Output(t, "gst-launch-1.0", "-q", "videotestsrc", "num-buffers=1", "pattern=blue", "!",
		"video/x-raw,format=I420,width=320,height=180", "!", "textoverlay", "text="+text, "halignment=left", "valignment=bottom", "xpad=8", "ypad=8",
		"shaded-background=true", "font-desc=Sans 24", "!", "fdsink", "fd=1")
	if len(out) < labelWide*guestHigh {
		t.Fatalf("%d bytes", len(out))
	}
	bright := make([]float64, labelWide*labelHigh)
	for i := range bright {
		bright[i] = float64(out[labelWide*(guestHigh-labelHigh)+i])
	}
	return bright
}

// resembles is how much two labels have the same shapes, 1 if altogether, wherever they are to a few points.
func resembles(a, b []float64) float64 {
	const about = 3
	best := -1.0
	moved := make([]float64, len(b))
	for down := -about; down <= about; down++ {
		for right := -about; right <= about; right++ {
			for row := range labelHigh {
				for column := range labelWide {
					r, c := min(max(row-down, 0), labelHigh-1), min(max(column-right, 0), labelWide-1)
					moved[row*labelWide+column] = b[r*labelWide+c]
				}
			}
			best = max(best, correlation(a, moved))
		}
	}
	return best
}

// correlation is that of two pictures, 1 if they have the same shapes.
func correlation(a, b []float64) float64 {
	var ma, mb, aa, bb, ab float64
	for i := range a {
		ma, mb = ma+a[i]/float64(len(a)), mb+b[i]/float64(len(b))
	}
	for i := range a {
		x, y := a[i]-ma, b[i]-mb
		aa, bb, ab = aa+x*x, bb+y*y, ab+x*y
	}
	return ab / math.Sqrt(max(aa*bb, 1))
}

// TestMixerLabelText reads what is written: a label is the text that was asked for, and no other.
func TestMixerLabelText(t *testing.T) {
	t.Parallel()
	const same, other = 0.75, 0.55 // measured: 0.9, and 0.4 for another text
	program.Need(t, "gst-launch-1.0")
	const bob, eve = "Bob Miller", "Max & Eve"
	patterns := map[string][]float64{bob: drawn(t, bob), eve: drawn(t, "Max &amp; Eve")}
	if r := resembles(patterns[bob], patterns[eve]); r > other {
		t.Fatalf("the two texts are %.2f alike, so nothing can be told", r)
	}
	s, rtsp := twoInRoom(t, J{"labels": true})
	shown := closely(t, "rtsp://"+rtsp+"/room/hall", 640, 360)
	for text, others := range map[string]string{bob: eve, eve: bob} {
		s.want(http.StatusOK, "POST /v1/pipelines/hall/nodes/picture/actions/label", J{"key": "bob", "text": text})
		var got, wrong float64
		t.Cleanup(func() { t.Logf("%s: %.3f like it, %.3f like the other", text, got, wrong) })
		s.seldom(text, func() bool {
			seen := shown.label()
			got, wrong = resembles(seen, patterns[text]), resembles(seen, patterns[others])
			return got > same && wrong < other
		})
	}
}

// label is the brightness of where bob's label is, in a room of 640 by 360 with two guests.
func (w *screen) label() []float64 {
	const left, bottom = 320, 270
	bright := make([]float64, 0, labelWide*labelHigh)
	w.mu.Lock()
	defer w.mu.Unlock()
	for row := bottom - labelHigh; row < bottom; row++ {
		for column := left; column < left+labelWide; column++ {
			p := w.of(w.latest, column, row)
			bright = append(bright, 0.299*float64(p[0])+0.587*float64(p[1])+0.114*float64(p[2]))
		}
	}
	return bright
}
