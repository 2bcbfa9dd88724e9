package layout

// arrow is an edge that takes part in the layering, turned round if it would close a cycle.
type arrow struct {
	edge     int // index in Graph.Edges
	from, to int
	weight   int
	label    Size
}

// orient leaves out edges that end nowhere or where they began, and turns round those that a walk in order finds to
// close a cycle; back tells which.
func orient(g Graph) (arrows []arrow, back []bool) {
	back = make([]bool, len(g.Edges))
	out := make([][]int, len(g.Boxes))
	for i, e := range g.Edges {
		if e.From != e.To && inside(e.From, len(g.Boxes)) && inside(e.To, len(g.Boxes)) {
			out[e.From] = append(out[e.From], i)
		}
	}
	w := walker{g: g, out: out, state: make([]walk, len(g.Boxes)), back: back}
	for b := range sources(g) {
		w.visit(b)
	}
	for i, e := range g.Edges {
		if e.From == e.To || !inside(e.From, len(g.Boxes)) || !inside(e.To, len(g.Boxes)) {
			continue
		}
		a := arrow{edge: i, from: e.From, to: e.To, weight: max(e.Weight, 1), label: e.Label}
		if back[i] {
			a.from, a.to = a.to, a.from
		}
		arrows = append(arrows, a)
	}
	return arrows, back
}

func inside(i, n int) bool { return i >= 0 && i < n }

// sources yields all boxes, those that nothing leads to first: a walk that begins at them turns round fewer edges.
func sources(g Graph) func(yield func(int) bool) {
	fed := make([]bool, len(g.Boxes))
	for _, e := range g.Edges {
		if inside(e.To, len(g.Boxes)) {
			fed[e.To] = true
		}
	}
	return func(yield func(int) bool) {
		for _, want := range []bool{false, true} {
			for b := range g.Boxes {
				if fed[b] == want && !yield(b) {
					return
				}
			}
		}
	}
}

// walk is how far a walk through a box has come.
type walk uint8

const (
	unseen walk = iota
	open        // on the way from the start to here
	done
)

type walker struct {
	g     Graph
	out   [][]int
	state []walk
	back  []bool
}

// visit walks depth first. An edge to a box on the way here closes a cycle.
func (w *walker) visit(b int) {
	if w.state[b] != unseen {
		return
	}
	w.state[b] = open
	for _, i := range w.out[b] {
		switch to := w.g.Edges[i].To; w.state[to] {
		case open:
			w.back[i] = true
		case unseen:
			w.visit(to)
		case done:
		}
	}
	w.state[b] = done
}
