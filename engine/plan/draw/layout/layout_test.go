package layout

import (
	"fmt"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// drawGraph makes any graph at all: cycles, loops, doubles, indexes that lead nowhere, frames in frames in themselves.
func drawGraph(t *rapid.T) Graph {
	var g Graph
	size := rapid.IntRange(0, 90)
	count := rapid.SampledFrom([]int{0, 1, 2, 3, 5, 8, 13, 21, 34})
	frames := rapid.SampledFrom([]int{0, 1, 2, 3, 4, 5, 6, 7, 8}).Draw(t, "frames")
	for range frames {
		g.Frames = append(g.Frames, Frame{
			Parent: rapid.IntRange(-1, frames).Draw(t, "parent"),
			Title:  Size{size.Draw(t, "title"), rapid.IntRange(0, 20).Draw(t, "title height")},
		})
	}
	boxes := count.Draw(t, "boxes")
	for range boxes {
		g.Boxes = append(g.Boxes, Box{Size: Size{size.Draw(t, "w"), size.Draw(t, "h")}, Frame: rapid.IntRange(-1, frames).Draw(t, "frame")})
	}
	for range 2 * count.Draw(t, "edges") {
		e := Edge{From: rapid.IntRange(-1, boxes).Draw(t, "from"), To: rapid.IntRange(-1, boxes).Draw(t, "to")}
		if rapid.Bool().Draw(t, "labelled") {
			e.Label = Size{1 + size.Draw(t, "label"), 14}
		}
		g.Edges = append(g.Edges, e)
	}
	return g
}

func TestPictureIsSound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		d := Lay(g)
		if problem := unsound(g, d); problem != "" {
			t.Fatal(problem)
		}
	})
}

func TestSameGraphSamePicture(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		if a, b := Lay(g), Lay(g); !reflect.DeepEqual(a, b) {
			t.Fatalf("two pictures of one graph: %v and %v", a, b)
		}
	})
}

// Without cycles everything flows to the right.
func TestLeftToRight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := drawGraph(t)
		for i, e := range g.Edges {
			g.Edges[i].From, g.Edges[i].To = min(e.From, e.To), max(e.From, e.To)
		}
		d := Lay(g)
		for i, r := range d.Edges {
			if r.Back {
				t.Fatalf("edge %d runs back though there is no cycle", i)
			}
			for k := 1; k < len(r.Points); k++ {
				if r.Points[k].X <= r.Points[k-1].X {
					t.Fatalf("edge %d turns back: %v", i, r.Points)
				}
			}
		}
	})
}

func TestEdgesWithoutEndsAreLeftOut(t *testing.T) {
	g := Graph{Boxes: []Box{{Size: Size{10, 10}, Frame: None}}, Edges: []Edge{{From: 0, To: 0}, {From: 0, To: 7}, {From: None, To: 0}}}
	for i, r := range Lay(g).Edges {
		if len(r.Points) != 0 {
			t.Errorf("edge %d: got %v, want no points", i, r.Points)
		}
	}
}

func TestCycleHasOneEdgeBack(t *testing.T) {
	g := Graph{Edges: []Edge{{From: 0, To: 1}, {From: 1, To: 2}, {From: 2, To: 0}}}
	for range 3 {
		g.Boxes = append(g.Boxes, Box{Size: Size{40, 20}, Frame: None})
	}
	d := Lay(g)
	for i, want := range []bool{false, false, true} {
		if d.Edges[i].Back != want {
			t.Errorf("edge %d: back is %v, want %v", i, d.Edges[i].Back, want)
		}
	}
	if p := d.Edges[2].Points; p[0].X <= p[len(p)-1].X {
		t.Errorf("the edge back runs to the right: %v", p)
	}
}

// What the sweeps and the rows are for: a chain is one straight line, beside another, whatever the order of the lists.
func TestChainsAreStraightAndDoNotCross(t *testing.T) {
	var g Graph
	for range 12 {
		g.Boxes = append(g.Boxes, Box{Size: Size{40, 20}, Frame: None})
	}
	for i := range 5 { // 0 2 4 6 8 10 and 11 9 7 5 3 1
		g.Edges = append(g.Edges, Edge{From: 2 * i, To: 2*i + 2}, Edge{From: 11 - 2*i, To: 9 - 2*i})
	}
	d := Lay(g)
	for i, r := range d.Edges {
		if len(r.Points) != 2 || r.Points[0].Y != r.Points[1].Y {
			t.Errorf("edge %d is not straight: %v", i, r.Points)
		}
	}
}

func TestLongEdgeIsStraight(t *testing.T) {
	g := Graph{Edges: []Edge{{From: 0, To: 1}, {From: 1, To: 2}, {From: 2, To: 3}, {From: 3, To: 4}, {From: 0, To: 4}}}
	for range 5 {
		g.Boxes = append(g.Boxes, Box{Size: Size{60, 30}, Frame: None})
	}
	points := Lay(g).Edges[4].Points
	longest := 0
	for k := 1; k < len(points); k++ {
		if points[k].Y == points[k-1].Y {
			longest = max(longest, points[k].X-points[k-1].X)
		}
	}
	if longest < 3*60 {
		t.Errorf("the longest straight piece is %d wide: %v", longest, points)
	}
}

// However large and senseless a graph is, it is laid out soundly, and the search for better places ends: a layout that does not
// is ended with the test.
func TestLargeGraphs(t *testing.T) {
	for name, g := range map[string]Graph{
		"tangle":   tangle(200, 400),
		"ladder":   ladder(500),
		"one star": star(500),
	} {
		t.Run(name, func(t *testing.T) {
			if problem := unsound(g, Lay(g)); problem != "" {
				t.Error(problem)
			}
		})
	}
}

// tangle is a graph without any sense, the same each time.
func tangle(boxes, edges int) Graph {
	var g Graph
	for i := range 10 {
		g.Frames = append(g.Frames, Frame{Parent: i/2 - 1, Title: Size{50, 16}})
	}
	for i := range boxes {
		g.Boxes = append(g.Boxes, Box{Size: Size{40 + i%50, 20 + i%30}, Frame: i%12 - 1})
	}
	x := uint32(1)
	next := func() int {
		x = x*1664525 + 1013904223
		return int(x>>8) % boxes
	}
	for range edges {
		g.Edges = append(g.Edges, Edge{From: next(), To: next()})
	}
	return g
}

// ladder is two chains with rungs and an edge from one end to the other.
func ladder(boxes int) Graph {
	g := Graph{Edges: []Edge{{From: 0, To: boxes - 1}}}
	for i := range boxes {
		g.Boxes = append(g.Boxes, Box{Size: Size{60, 30}, Frame: None})
		if i >= 2 {
			g.Edges = append(g.Edges, Edge{From: i - 2, To: i})
		}
		if i%2 == 1 {
			g.Edges = append(g.Edges, Edge{From: i - 1, To: i})
		}
	}
	return g
}

func star(boxes int) Graph {
	var g Graph
	for i := range boxes {
		g.Boxes = append(g.Boxes, Box{Size: Size{60, 30}, Frame: None})
		g.Edges = append(g.Edges, Edge{From: 0, To: i})
	}
	return g
}

// unsound says what is wrong with a picture: "" if nothing.
func unsound(g Graph, d Drawing) string {
	for i, a := range d.Boxes {
		if !within(a, Rect{0, 0, d.W, d.H}) {
			return fmt.Sprintf("box %d at %v is outside the picture of %v", i, a, d.Size)
		}
		for j, b := range d.Boxes[:i] {
			if overlap(a, b) {
				return fmt.Sprintf("boxes %d and %d overlap: %v, %v", j, i, b, a)
			}
		}
		for j, e := range d.Edges {
			if e.Label != (Rect{}) && overlap(a, e.Label) {
				return fmt.Sprintf("box %d at %v lies on the label of edge %d at %v", i, a, j, e.Label)
			}
		}
	}
	if problem := unsoundFrames(g, d); problem != "" {
		return problem
	}
	return unsoundEdges(g, d)
}

func unsoundFrames(g Graph, d Drawing) string {
	parents := nest(g.Frames)
	for f, r := range d.Frames {
		if r == (Rect{}) {
			continue
		}
		inner := Rect{r.X, r.Y + g.Frames[f].Title.H, r.W, r.H - g.Frames[f].Title.H}
		if g.Frames[f].Title.W > r.W {
			return fmt.Sprintf("frame %d is narrower than its title: %v", f, r)
		}
		for b, box := range d.Boxes {
			home := 0
			if inside(g.Boxes[b].Frame, len(g.Frames)) {
				home = g.Boxes[b].Frame + 1
			}
			if holds(parents, f+1, home) != within(box, inner) || !holds(parents, f+1, home) && overlap(box, r) {
				return fmt.Sprintf("box %d at %v and frame %d at %v: one should hold the other or not touch it", b, box, f, r)
			}
		}
		for k, other := range d.Frames {
			if k == f || other == (Rect{}) || holds(parents, k+1, f+1) {
				continue
			}
			if holds(parents, f+1, k+1) != within(other, inner) || !holds(parents, f+1, k+1) && overlap(other, r) {
				return fmt.Sprintf("frame %d at %v and frame %d at %v: one should hold the other or not touch it", k, other, f, r)
			}
		}
	}
	return ""
}

func holds(frames []frame, outer, f int) bool {
	for ; f > 0; f = frames[f].parent {
		if f == outer {
			return true
		}
	}
	return false
}

func unsoundEdges(g Graph, d Drawing) string {
	for i, e := range d.Edges {
		if e.Label != (Rect{}) && (e.Label.W != g.Edges[i].Label.W || len(e.Points) == 0) {
			return fmt.Sprintf("edge %d has its label at %v", i, e.Label)
		}
		for k := 1; k < len(e.Points); k++ {
			a, b := e.Points[k-1], e.Points[k]
			reach := Rect{min(a.X, b.X), min(a.Y, b.Y), abs(b.X - a.X), abs(b.Y - a.Y)}
			for j, box := range d.Boxes {
				if overlap(reach, box) {
					return fmt.Sprintf("edge %d runs through box %d at %v: %v", i, j, box, e.Points)
				}
			}
		}
	}
	return ""
}

func within(a, b Rect) bool {
	return a.X >= b.X && a.Y >= b.Y && a.X+a.W <= b.X+b.W && a.Y+a.H <= b.Y+b.H
}

// overlap tells whether two rectangles share more than an edge; lines count as rectangles.
func overlap(a, b Rect) bool {
	return a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H ||
		a.H == 0 && a.Y > b.Y && a.Y < b.Y+b.H && a.X < b.X+b.W && b.X < a.X+a.W
}
