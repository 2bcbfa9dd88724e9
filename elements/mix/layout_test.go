package mix

import (
	"slices"
	"testing"
)

// TestBoxes: no picture reaches beyond the whole, and in a grid none covers another, and nothing is left between them.
func TestBoxes(t *testing.T) {
	for _, layout := range []string{"grid", "speaker", "pip"} {
		for n := range 37 {
			list := boxes(layout, n, 1280, 720)
			if len(list) != n {
				t.Fatalf("%s: %d places for %d", layout, len(list), n)
			}
			for i, b := range list {
				if b.x < 0 || b.y < 0 || b.width < 1 || b.height < 1 || b.x+b.width > 1280 || b.y+b.height > 720 {
					t.Errorf("%s of %d: the picture %d lies at %v", layout, n, i, b)
				}
				for _, c := range list[:i] {
					apart := b.x+b.width <= c.x || c.x+c.width <= b.x || b.y+b.height <= c.y || c.y+c.height <= b.y
					if layout != "pip" && !apart {
						t.Errorf("%s of %d: %v and %v", layout, n, b, c)
					}
				}
			}
		}
	}
	for want, got := range map[string][]box{
		"side by side": boxes("grid", 2, 640, 360), "large": boxes("speaker", 2, 640, 360), "in a corner": boxes("pip", 2, 640, 360),
	} {
		if !slices.Equal(got, map[string][]box{
			"side by side": {{0, 0, 320, 360}, {320, 0, 320, 360}},
			"large":        {{0, 0, 480, 360}, {480, 0, 160, 360}},
			"in a corner":  {{0, 0, 640, 360}, {470, 260, 160, 90}},
		}[want]) {
			t.Errorf("%s: %v", want, got)
		}
	}
}
