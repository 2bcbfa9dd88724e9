package layout

// vertex is a box, or the place in one layer that an edge takes on its way, which may hold its label.
type vertex struct {
	Size
	layer int
	frame int
	edge  int // index in Graph.Edges; none for a box
	label bool
	left  []int // segments that end here
	right []int // segments that begin here
	place int   // from the top, among all of its layer
}

// segment is the part of an edge between two neighbouring layers.
type segment struct {
	from, to         int // vertices
	fromPort, toPort int // where it ends, from the vertex's top
	weight           int
}

// frame is a frame of the graph, or the canvas, which is frame 0 and holds everything.
type frame struct {
	title       Size
	parent      int
	kids        []int
	first, last int // the layers it covers; last < first if it holds nothing
	depth       int
}

// holds tells whether the frame covers a layer.
func (f *frame) holds(layer int) bool { return f.first <= layer && layer <= f.last }

// net is a graph whose edges all join neighbouring layers.
type net struct {
	boxes    int // the first vertices are the boxes
	vertices []vertex
	segments []segment
	frames   []frame
	layers   int
	ways     [][]int    // by edge of the graph: its segments, from left to right
	items    [][][]item // by frame and layer: what lies directly in the frame, from the top
}

// item is a vertex, or a frame as its complement.
type item int

func frameItem(f int) item      { return item(^f) }
func (i item) isFrame() bool    { return i < 0 }
func (i item) frame() int       { return int(^i) }
func (i item) vertex() int      { return int(i) }
func (n *net) isBox(v int) bool { return v < n.boxes }

// refine builds the net: frames get the layers they cover, and edges over several layers a vertex in each.
func refine(g Graph, arrows []arrow, layer []int) *net {
	n := &net{boxes: len(g.Boxes), frames: nest(g.Frames), ways: make([][]int, len(g.Edges))}
	for b, box := range g.Boxes {
		f := 0
		if inside(box.Frame, len(g.Frames)) {
			f = box.Frame + 1
		}
		n.vertices = append(n.vertices, vertex{Size: box.Size, layer: layer[b], frame: f, edge: none})
		n.layers = max(n.layers, layer[b]+1)
		for ; f > 0; f = n.frames[f].parent {
			n.frames[f].first = min(n.frames[f].first, layer[b])
			n.frames[f].last = max(n.frames[f].last, layer[b])
		}
	}
	n.frames[0].first, n.frames[0].last = 0, n.layers-1
	for _, a := range arrows {
		n.thread(a)
	}
	return n
}

// nest makes the tree of frames, with the canvas in front. A frame that would hold itself lies on the canvas.
func nest(frames []Frame) []frame {
	const far = int(^uint(0) >> 1)
	out := make([]frame, len(frames)+1)
	for i, f := range frames {
		out[i+1] = frame{title: f.Title, first: far, last: -1}
		if inside(f.Parent, len(frames)) && !circular(frames, i) {
			out[i+1].parent = f.Parent + 1
		}
	}
	for i := 1; i < len(out); i++ {
		out[out[i].parent].kids = append(out[out[i].parent].kids, i)
		for p := i; p > 0; p = out[p].parent {
			out[i].depth++
		}
	}
	return out
}

func circular(frames []Frame, i int) bool {
	p := frames[i].Parent
	for range frames {
		if !inside(p, len(frames)) {
			return false
		}
		p = frames[p].Parent
	}
	return true
}

// thread puts a vertex into each layer that an arrow passes, and joins them.
func (n *net) thread(a arrow) {
	first, last := n.vertices[a.from].layer, n.vertices[a.to].layer
	v, labelAt := a.from, n.labelLayer(a, first, last)
	for layer := first + 1; layer < last; layer++ {
		through := vertex{layer: layer, frame: n.home(layer, a), edge: a.edge}
		if layer == labelAt {
			through.Size, through.label = a.label, true
		}
		n.vertices = append(n.vertices, through)
		n.join(v, len(n.vertices)-1, a)
		v = len(n.vertices) - 1
	}
	n.join(v, a.to, a)
}

func (n *net) join(from, to int, a arrow) {
	i := len(n.segments)
	n.segments = append(n.segments, segment{from: from, to: to, weight: a.weight})
	n.ways[a.edge] = append(n.ways[a.edge], i)
	n.vertices[from].right = append(n.vertices[from].right, i)
	n.vertices[to].left = append(n.vertices[to].left, i)
}

// labelLayer chooses the layer for an arrow's label: nearest the middle of those outside the frames of its ends, if any.
func (n *net) labelLayer(a arrow, first, last int) int {
	if a.label == (Size{}) {
		return none
	}
	shared := n.shared(n.vertices[a.from].frame, n.vertices[a.to].frame)
	best, price := none, 0
	for layer := first + 1; layer < last; layer++ {
		p := abs(2*layer - first - last)
		if n.home(layer, a) != shared {
			p += 2 * n.layers
		}
		if best == none || p < price {
			best, price = layer, p
		}
	}
	return best
}

// home is the frame that an arrow passes a layer in: it enters the frame of its end as soon as there is some of it, and
// leaves that of its beginning as late as it can.
func (n *net) home(layer int, a arrow) int {
	from, to := n.vertices[a.from].frame, n.vertices[a.to].frame
	shared := n.shared(from, to)
	if f := n.deepest(to, shared, layer); f != shared {
		return f
	}
	return n.deepest(from, shared, layer)
}

// deepest is the innermost frame that covers the layer, of f and those around it up to outer.
func (n *net) deepest(f, outer, layer int) int {
	for f != outer && !n.frames[f].holds(layer) {
		f = n.frames[f].parent
	}
	return f
}

// shared is the innermost frame around both.
func (n *net) shared(a, b int) int {
	for a != b {
		if n.frames[a].depth >= n.frames[b].depth {
			a = n.frames[a].parent
		} else {
			b = n.frames[b].parent
		}
	}
	return a
}

func abs(i int) int { return max(i, -i) }
