//go:build cgo && !nogst

package shim_test

import (
	"testing"

	"sluice/engine/gst/shim"
)

// Of several ratios that a picture is given between two frames the last is in force with the next frame, and again later.
func TestCrop(t *testing.T) {
	p, own := line(t, "videotestsrc num-buffers=60 ! video/x-raw,format=GRAY8,width=64,height=32 ! "+
		"aspectratiocrop name=c aspect-ratio=2/1 ! appsink name=s max-buffers=1 sync=false")
	c, next := named(t, p, "c"), paced(t, own, named(t, p, "s"))
	for _, round := range []struct {
		ratios []string
		size   int // of a frame
	}{{nil, 64 * 32}, {[]string{"2/1", "1/2", "1/1"}, 32 * 32}, {[]string{"1/1", "2/1"}, 64 * 32}, {[]string{"1/2"}, 16 * 32}} {
		for _, ratio := range round.ratios {
			if wrong := shim.Set(c, "aspect-ratio", ratio, true); wrong != "" {
				t.Fatal(wrong)
			}
		}
		frame := next()
		for range 10 { // some were on their way
			if len(frame) == round.size {
				break
			}
			frame = next()
		}
		if len(frame) != round.size {
			t.Errorf("%v: %d bytes, not %d", round.ratios, len(frame), round.size)
		}
	}
}

// While no picture comes, ratios replace each other, and the last is in force with the first picture.
func TestCropBeforeAnyPicture(t *testing.T) {
	p, own := line(t, "videotestsrc num-buffers=5 ! video/x-raw,format=GRAY8,width=64,height=32 ! "+
		"aspectratiocrop name=c ! appsink name=s max-buffers=1 sync=false")
	c := named(t, p, "c")
	for _, ratio := range []string{"1/2", "2/1", "1/1"} {
		if wrong := shim.Set(c, "aspect-ratio", ratio, true); wrong != "" {
			t.Fatal(wrong)
		}
	}
	next := paced(t, own, named(t, p, "s"))
	next() // its format was agreed on before
	if frame := next(); len(frame) != 32*32 {
		t.Errorf("%d bytes", len(frame))
	}
}
