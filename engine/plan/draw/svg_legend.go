package draw

import (
	"fmt"
	"strings"

	"sluice/engine/plan/draw/layout"
)

// sample is an entry of the legend: a small box, or a line.
type sample struct {
	class string
	line  bool
	text  string
}

// samples lists what the picture has, and nothing else.
func (s *sketch) samples() []sample {
	boxes, arrows := map[look]bool{}, map[look]bool{}
	lazy, optional := false, false
	for _, b := range s.pic.boxes {
		boxes[b.look] = true
		lazy = lazy || b.lazy
	}
	for _, a := range s.pic.arrows {
		arrows[a.look] = true
		optional, lazy = optional || a.optional, lazy || a.lazy
	}
	var out []sample
	for _, x := range []struct {
		is bool
		sample
	}{
		{boxes[lookGo], sample{"go", false, "Go"}},
		{boxes[lookGst], sample{"gst", false, "GStreamer"}},
		{boxes[lookAdded], sample{"added", false, "put in by the compiler"}},
		{arrows[lookBridge], sample{"crossing", true, "crosses between Go and GStreamer"}},
		{lazy, sample{"link lazy", true, "comes and goes"}},
		{optional, sample{"link optional", true, "may never appear"}},
	} {
		if x.is {
			out = append(out, x.sample)
		}
	}
	return out
}

// legend draws the samples in rows from a height on, and returns the height below them.
func (s *sketch) legend(width, y int) (string, int) {
	var b strings.Builder
	x, y := 20, y+14
	for _, e := range s.samples() {
		wide := 34 + measure(e.text, smallSize, false) + 18
		if x > 20 && x+wide > width {
			x, y = 20, y+20
		}
		fmt.Fprintf(&b, "<g class=%q>\n", e.class)
		if e.line {
			fmt.Fprintf(&b, "<path d=\"M%d %dH%d\"/>\n", x, y-3, x+26)
		} else {
			b.WriteString(rounded(layout.Rect{X: x, Y: y - 10, W: 26, H: 14}, 4))
		}
		b.WriteString("</g>\n" + text(x+34, y+1, smallSize, "faint", e.text))
		x += wide
	}
	if len(s.pic.idle) > 0 {
		y += 20
		b.WriteString(text(20, y, smallSize, "faint", clip("nothing to do: "+strings.Join(s.pic.idle, ", "), width/7)))
	}
	return b.String(), y
}
