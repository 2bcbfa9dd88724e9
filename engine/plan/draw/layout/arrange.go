package layout

import "slices"

// The order within layers is searched for by sweeps to and fro; these bound the search.
const (
	sweeps   = 24
	patience = 6    // sweeps without gain before giving up
	shuffle  = 3000 // vertices up to which frames are tried the other way round
)

// arrange orders each layer so that few edges cross. Frames keep one order throughout all layers, and what a frame
// holds stays together, so that there is room for its rectangle.
func (n *net) arrange() {
	n.items = make([][][]item, len(n.frames))
	var best snapshot
	for i, seq := range [][]int{n.discovery(), n.numbered()} {
		n.begin(seq)
		if found := n.sweep(sweeps); i == 0 || found.cost.less(best.cost) {
			best = found
		}
	}
	n.restore(best)
	if len(n.vertices) <= shuffle {
		best = n.turnFrames(best)
	}
	n.restore(best)
}

// numbered keeps the order of the graph's lists.
func (n *net) numbered() []int {
	seq := make([]int, len(n.vertices))
	for v := range seq {
		seq[v] = v
	}
	return seq
}

// discovery numbers vertices as a walk along the edges meets them, so that what is connected begins close together.
func (n *net) discovery() []int {
	seq := make([]int, len(n.vertices))
	for v := range seq {
		seq[v] = none
	}
	count := 0
	var walk func(v int)
	walk = func(v int) {
		if seq[v] != none {
			return
		}
		seq[v] = count
		count++
		for _, s := range n.vertices[v].right {
			walk(n.segments[s].to)
		}
	}
	for v := range n.vertices {
		if len(n.vertices[v].left) == 0 {
			walk(v)
		}
	}
	return seq // every vertex is led to by one that nothing leads to: there are no cycles
}

// begin fills the layers in the order of seq.
func (n *net) begin(seq []int) {
	byOrder := make([]int, len(seq))
	for v, k := range seq {
		byOrder[k] = v
	}
	rank := make([]int, len(n.frames))
	for f := range n.frames {
		rank[f] = len(seq)
		n.items[f] = make([][]item, n.layers)
	}
	for _, v := range byOrder {
		for f := n.vertices[v].frame; f > 0 && seq[v] < rank[f]; f = n.frames[f].parent {
			rank[f] = seq[v]
		}
	}
	for f := range n.frames {
		kids := n.frames[f].kids
		slices.SortStableFunc(kids, func(a, b int) int { return rank[a] - rank[b] })
		for _, k := range kids {
			for l := n.frames[k].first; l <= n.frames[k].last; l++ {
				n.items[f][l] = append(n.items[f][l], frameItem(k))
			}
		}
	}
	for _, v := range byOrder {
		u := &n.vertices[v]
		n.items[u.frame][u.layer] = append(n.items[u.frame][u.layer], item(v))
	}
	key := func(i item) int {
		if i.isFrame() {
			return rank[i.frame()]
		}
		return seq[i.vertex()]
	}
	for f := range n.items {
		for _, list := range n.items[f] {
			slices.SortStableFunc(list, func(a, b item) int { return key(a) - key(b) })
		}
	}
	for l := range n.layers {
		n.number(l)
	}
}

// number counts the vertices of a layer from the top.
func (n *net) number(layer int) {
	next := 0
	var count func(f int)
	count = func(f int) {
		for _, i := range n.items[f][layer] {
			if i.isFrame() {
				count(i.frame())
				continue
			}
			n.vertices[i.vertex()].place = next
			next++
		}
	}
	count(0)
}

// snapshot is an order that was found, and what it costs.
type snapshot struct {
	items [][][]item
	kids  [][]int
	cost  cost
}

func (n *net) snapshot() snapshot {
	s := snapshot{items: make([][][]item, len(n.items)), kids: make([][]int, len(n.frames)), cost: n.cost()}
	for f := range n.items {
		s.kids[f] = slices.Clone(n.frames[f].kids)
		s.items[f] = make([][]item, n.layers)
		for l := range n.items[f] {
			s.items[f][l] = slices.Clone(n.items[f][l])
		}
	}
	return s
}

func (n *net) restore(s snapshot) {
	for f := range n.items {
		n.frames[f].kids = slices.Clone(s.kids[f])
		for l := range n.items[f] {
			n.items[f][l] = slices.Clone(s.items[f][l])
		}
	}
	for l := range n.layers {
		n.number(l)
	}
}
