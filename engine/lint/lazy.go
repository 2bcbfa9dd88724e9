package lint

import "slices"

// onDemand checks what is lazy: how long it lingers, and that somebody behind it tells when it is wanted.
func (g *graph) onDemand() {
	var demanded map[*node]bool
	for _, n := range g.nodes {
		if !n.Lazy.Set() {
			continue
		}
		g.value(n.Lazy, duration(0), setting{code: "bad_lazy", what: `"lazy" of "` + n.Name.Text + `"`})
		if demanded == nil {
			demanded = g.demanded()
		}
		if !demanded[n] && !g.Gap("links") {
			g.at(n.Lazy.Pos, "lazy_not_a_leaf", "nothing behind %s tells when it is wanted, so it would never start", n.called()).
				Advise("lazy works where readers come and go: at stream.out, hls.out and what feeds only those")
		}
	}
}

// demanded finds the nodes that have readers who come and go, or whose media reaches such a node. What cannot be known, such
// as what is linked to a fragment's export, counts as if it had.
func (g *graph) demanded() map[*node]bool {
	out := map[*node]bool{}
	var todo []*node
	add := func(n *node) {
		if !out[n] {
			out[n] = true
			todo = append(todo, n)
		}
	}
	for _, n := range g.nodes {
		if !n.known() || n.demand() || slices.ContainsFunc(n.ports, n.exported) {
			add(n)
		}
	}
	for len(todo) > 0 {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, w := range n.in {
			add(w.from.node)
		}
	}
	return out
}

// demand tells whether the node's element, or one in its fragment, has readers who come and go.
func (n *node) demand() bool {
	switch {
	case n.elem != nil:
		return n.elem.Demand
	case n.frag == nil:
		return false
	}
	return n.frag.demand()
}

func (g *graph) demand() bool {
	if known, ok := g.wanted[g]; ok {
		return known
	}
	g.wanted[g] = false // for circles
	g.wanted[g] = slices.ContainsFunc(g.nodes, (*node).demand)
	return g.wanted[g]
}
