package layout

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// netOf refines a graph without frames.
func netOf(t *rapid.T) *net {
	var g Graph
	boxes := rapid.IntRange(2, 14).Draw(t, "boxes")
	for range boxes {
		g.Boxes = append(g.Boxes, Box{Size: Size{10, 10}, Frame: None})
	}
	for range rapid.IntRange(1, 30).Draw(t, "edges") {
		g.Edges = append(g.Edges, Edge{From: rapid.IntRange(0, boxes-1).Draw(t, "from"), To: rapid.IntRange(0, boxes-1).Draw(t, "to")})
	}
	arrows, _ := orient(g)
	return refine(g, arrows, layers(boxes, arrows))
}

// slowCrossings compares every edge with every other.
func slowCrossings(n *net) int {
	total := 0
	for i := range n.segments {
		for j := range i {
			a, b := n.segments[i], n.segments[j]
			if n.vertices[a.from].layer != n.vertices[b.from].layer {
				continue
			}
			from, to := n.vertices[a.from].place-n.vertices[b.from].place, n.vertices[a.to].place-n.vertices[b.to].place
			if from*to < 0 {
				total++
			}
		}
	}
	return total
}

func TestCrossingsAreCounted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := netOf(t)
		n.items = make([][][]item, len(n.frames))
		n.begin(n.numbered())
		if got, want := n.cost().crossings, slowCrossings(n); got != want {
			t.Fatalf("counted %d, there are %d", got, want)
		}
	})
}

func TestArrangingNeverAddsCrossings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := netOf(t)
		n.items = make([][][]item, len(n.frames))
		n.begin(n.numbered())
		before := n.cost()
		n.arrange()
		if after := n.cost(); before.less(after) {
			t.Fatalf("it was %+v and is %+v", before, after)
		}
	})
}

func TestRising(t *testing.T) {
	for _, c := range []struct{ in, want []int }{
		{nil, []int{}}, {[]int{1, 2, 3}, []int{1, 2, 3}}, {[]int{3, 1}, []int{2, 2}}, {[]int{9, 0, 0, 5}, []int{3, 3, 3, 5}}, {[]int{4, 4}, []int{4, 4}},
	} {
		if got := rising(c.in); !slices.Equal(got, c.want) {
			t.Errorf("%v: got %v, want %v", c.in, got, c.want)
		}
	}
}

func TestRisingRises(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.SliceOf(rapid.IntRange(0, 100)).Draw(t, "numbers")
		if out := rising(in); !slices.IsSorted(out) || len(out) != len(in) {
			t.Fatalf("%v became %v", in, out)
		}
	})
}

// Frames that sweeps leave in a bad order are turned round.
func TestFramesAreTurned(t *testing.T) {
	g := Graph{Frames: []Frame{{Parent: None}, {Parent: None}}}
	for _, f := range []int{None, None, 0, 1, 0, 1, None, None} {
		g.Boxes = append(g.Boxes, Box{Size: Size{20, 20}, Frame: f})
	}
	// The upper source feeds the second frame, the lower one the first.
	for _, e := range [][2]int{{0, 3}, {1, 2}, {2, 4}, {3, 5}, {5, 6}, {4, 7}} {
		g.Edges = append(g.Edges, Edge{From: e[0], To: e[1]})
	}
	arrows, _ := orient(g)
	n := refine(g, arrows, layers(len(g.Boxes), arrows))
	n.arrange()
	if c := n.cost().crossings; c != 0 {
		t.Errorf("%d crossings are left", c)
	}
}

func TestNestRefusesCircles(t *testing.T) {
	frames := nest([]Frame{{Parent: 1}, {Parent: 0}, {Parent: 2}, {Parent: 0}, {Parent: None}, {Parent: 4}, {Parent: 99}})
	for f, want := range map[int]int{1: 0, 2: 0, 3: 0, 5: 0, 6: 5, 7: 0} {
		if got := frames[f].parent; got != want {
			t.Errorf("frame %d lies in %d, want %d", f, got, want)
		}
	}
}

// A label stands outside the frames of both ends if the edge has a place there.
func TestLabelStandsBetweenFrames(t *testing.T) {
	g := Graph{
		Frames: []Frame{{Parent: None}, {Parent: None}},
		Boxes:  []Box{{Size: Size{30, 20}, Frame: 0}, {Size: Size{30, 20}, Frame: 1}},
		Edges:  []Edge{{From: 0, To: 1, Label: Size{24, 14}}},
	}
	d := Lay(g)
	label := d.Edges[0].Label
	if label == (Rect{}) || overlap(label, d.Frames[0]) || overlap(label, d.Frames[1]) {
		t.Errorf("label at %v, frames at %v", label, d.Frames)
	}
}

func TestManyEdgesMakeABoxHigher(t *testing.T) {
	if d := Lay(star(20)); d.Boxes[0].H < 20*portGap {
		t.Errorf("twenty edges end at a box %d high", d.Boxes[0].H)
	}
}
