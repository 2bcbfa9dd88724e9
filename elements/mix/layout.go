package mix

import (
	"sluice/engine/element"
)

// box is where a picture lies in the whole, in pixels from its left upper corner.
type box struct{ x, y, width, height int64 }

// boxes says where pictures lie, by the name of a layout, in their order; a later one covers an earlier.
func boxes(layout string, n int, width, height int64) []box {
	switch {
	case n == 0:
		return nil
	case layout == "speaker" && n > 1: // the first large, the others below each other at its right
		side := width / 4
		out := []box{{0, 0, width - side, height}}
		return append(out, column(n-1, width-side, 0, side, height)...)
	case layout == "pip": // the first fills all, the others lie in its lower right corner, from right to left
		out := []box{{0, 0, width, height}}
		for i, small := int64(0), int64(n-1); i < small; i++ {
			gap := width / max(64, 8*small)
			w := min(width/4, width/small-gap)
			h := max(1, height*w/width)
			out = append(out, box{width - (i+1)*(w+gap), height - h - gap, w, h})
		}
		return out
	}
	return grid(n, width, height)
}

// column divides a box among pictures below each other.
func column(n int, x, y, width, height int64) []box {
	out := make([]box, 0, n)
	for i := range int64(n) {
		from, to := y+i*height/int64(n), y+(i+1)*height/int64(n)
		out = append(out, box{x, from, width, to - from})
	}
	return out
}

// grid makes as many columns as rows, or one more.
func grid(n int, width, height int64) []box {
	columns := 1
	for columns*columns < n {
		columns++
	}
	rows := (n + columns - 1) / columns
	out := make([]box, 0, n)
	for i := range n {
		x, y := int64(i%columns), int64(i/columns)
		left, top := x*width/int64(columns), y*height/int64(rows)
		out = append(out, box{left, top, (x+1)*width/int64(columns) - left, (y+1)*height/int64(rows) - top})
	}
	return out
}

// props are a box as a compositor's pad has it, which keeps the sides of what comes in their ratio.
func (b box) props() []element.Prop {
	return []element.Prop{
		element.Set("xpos", b.x), element.Set("ypos", b.y), element.Set("width", b.width), element.Set("height", b.height),
		element.Set("sizing-policy", "keep-aspect-ratio"),
	}
}
