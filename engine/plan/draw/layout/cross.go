package layout

import "slices"

// cost is how good an order is: few crossings first, then short ways.
type cost struct{ crossings, length int }

func (c cost) less(d cost) bool {
	return c.crossings < d.crossings || c.crossings == d.crossings && c.length < d.length
}

func (n *net) cost() cost {
	var c cost
	byLayer := make([][]int, n.layers)
	for s := range n.segments {
		from, to := &n.vertices[n.segments[s].from], &n.vertices[n.segments[s].to]
		byLayer[from.layer] = append(byLayer[from.layer], s)
		c.length += abs(from.place - to.place)
	}
	for _, list := range byLayer {
		c.crossings += n.crossings(list)
	}
	return c
}

// crossings counts those between two layers: sorted by one end, the inversions of the other, by a Fenwick tree.
func (n *net) crossings(list []int) int {
	ends := func(s int) (int, int) {
		return n.vertices[n.segments[s].from].place, n.vertices[n.segments[s].to].place
	}
	size := 1
	for _, s := range list {
		_, to := ends(s)
		size = max(size, to+2)
	}
	slices.SortFunc(list, func(a, b int) int {
		af, at := ends(a)
		bf, bt := ends(b)
		if af != bf {
			return af - bf
		}
		return at - bt
	})
	tree, total := make([]int, size+1), 0
	for k, s := range list {
		_, to := ends(s)
		below := 0
		for i := to + 1; i > 0; i -= i & -i {
			below += tree[i]
		}
		total += k - below
		for i := to + 1; i <= size; i += i & -i {
			tree[i]++
		}
	}
	return total
}

// transpose exchanges neighbours where that saves crossings, a few times over.
func (n *net) transpose() {
	for range 4 {
		saved := false
		for f := range n.items {
			for l := range n.items[f] {
				saved = n.transposeList(f, l) || saved
			}
		}
		if !saved {
			return
		}
	}
}

func (n *net) transposeList(f, layer int) bool {
	list, saved := n.items[f][layer], false
	for i := 1; i < len(list); i++ {
		a, b := list[i-1], list[i]
		if a.isFrame() && b.isFrame() {
			continue // they have one order in all layers
		}
		over, under := n.members(a, layer), n.members(b, layer)
		if len(over)*len(under) <= 4096 && n.between(under, over) < n.between(over, under) {
			list[i-1], list[i] = b, a
			n.number(layer)
			saved = true
		}
	}
	return saved
}

// members lists the vertices of an item in a layer.
func (n *net) members(i item, layer int) []int {
	if !i.isFrame() {
		return []int{i.vertex()}
	}
	var out []int
	for _, k := range n.items[i.frame()][layer] {
		out = append(out, n.members(k, layer)...)
	}
	return out
}

// between counts the crossings of the edges of two groups, if one is above the other.
func (n *net) between(over, under []int) int {
	total := 0
	for _, a := range over {
		for _, b := range under {
			u, v := &n.vertices[a], &n.vertices[b]
			total += n.inverted(u.left, v.left, a, b) + n.inverted(u.right, v.right, a, b)
		}
	}
	return total
}

func (n *net) inverted(upper, lower []int, a, b int) int {
	total := 0
	for _, s := range upper {
		for _, t := range lower {
			far := n.vertices[n.segments[s].from+n.segments[s].to-a].place
			if far > n.vertices[n.segments[t].from+n.segments[t].to-b].place {
				total++
			}
		}
	}
	return total
}
