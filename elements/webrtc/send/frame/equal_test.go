package frame

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestEqualise(t *testing.T) {
	cases := []struct {
		name  string
		sizes []int
		pads  []uint8
		calls int
	}{
		{"nothing", nil, nil, 0},
		{"one", []int{9}, []uint8{0}, 1},
		{"equal", []int{9, 9, 9}, []uint8{0, 0, 0}, 1},
		{"the last shorter", []int{900, 900, 400}, []uint8{0, 0, 0}, 1},
		{"the last a little shorter", []int{900, 900, 899}, []uint8{0, 0, 0}, 1},
		{"by a byte", []int{900, 899, 900, 899}, []uint8{0, 1, 0, 0}, 1},
		{"the last larger", []int{899, 899, 900}, []uint8{1, 1, 0}, 1},
		{"as far as it goes", []int{900 - Padding, 900, 500}, []uint8{Padding, 0, 0}, 1},
		{"too far", []int{899 - Padding, 900, 900, 500}, []uint8{0, 0, 0, 0}, 2},
		{"parameter sets first", []int{30, 8, 1200, 1200, 1199, 700}, []uint8{0, 0, 0, 0, 1, 0}, 2},
		{"two frames", []int{900, 900, 400, 800, 801, 300}, []uint8{0, 0, 0, 1, 0, 0}, 2},
		{"drifting", []int{900, 950, 1000}, []uint8{50, 0, 0}, 2},
	}
	for _, c := range cases {
		pads := make([]uint8, len(c.sizes))
		Equalise(pads, c.sizes, Padding)
		if !slices.Equal(pads, c.pads) {
			t.Errorf("%s: %v, not %v", c.name, pads, c.pads)
		}
		if n := calls(c.sizes, pads); n != c.calls {
			t.Errorf("%s: %d calls, not %d", c.name, n, c.calls)
		}
	}
}

// calls is how many calls the connection needs for a burst, as package gso counts.
func calls(sizes []int, pads []uint8) int {
	n, segment, last := 0, 0, true
	for i := range sizes {
		size := sizes[i] + int(pads[i])
		if last || size > segment {
			n, segment, last = n+1, size, false
			continue
		}
		last = size < segment
	}
	return n
}

// TestEqualiseAnything: padding never costs a call, and is never more than allowed.
func TestEqualiseAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sizes := rapid.SliceOfN(rapid.OneOf(rapid.IntRange(1, 1200), rapid.IntRange(1000, 1010)), 1, 64).Draw(t, "sizes")
		most := rapid.IntRange(0, 255).Draw(t, "most")
		pads := make([]uint8, len(sizes))
		for i := range pads {
			pads[i] = 77 // of the burst before
		}
		Equalise(pads, sizes, most)
		for i, p := range pads {
			if int(p) > most {
				t.Fatalf("packet %d is padded with %d", i, p)
			}
		}
		if with, without := calls(sizes, pads), calls(sizes, make([]uint8, len(sizes))); with > without {
			t.Fatalf("%d calls with padding, %d without", with, without)
		}
	})
}
