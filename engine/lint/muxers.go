package lint

import "sluice/engine/element"

// latePads reports links into a muxer from nodes that come after it has begun: a muxer writes its header once, from the
// pads it has by then (Eyevinn/strom#771), so such a track would be lost.
func (g *graph) latePads() {
	for _, n := range g.nodes {
		if n.Lazy.Set() {
			continue // all that serves it starts with it
		}
		steady := false
		for _, w := range n.in {
			steady = steady || !w.from.node.late()
		}
		for _, w := range n.in {
			if !muxes(w) {
				continue
			}
			switch from := w.from.node; {
			case from.Each != nil && from.Each.Key.Set():
				g.at(w.to.hop.Pos, "muxer_pad_late", "instances of %q come while %q runs, after it has written its header",
					from.Name.Text, n.Name.Text).Advise("mix them before the muxer, or give each instance a muxer in its fragment")
			case steady && from.late():
				g.at(w.to.hop.Pos, "muxer_pad_late", "%q starts on demand, after %q has written its header",
					from.Name.Text, n.Name.Text).Advise(`make "%s" lazy too, or nothing before it`, n.Name.Text)
			}
		}
	}
}

// muxes tells whether a wire ends at a pad that a muxer makes for it.
func muxes(w *wire) bool {
	for _, p := range w.pairs {
		r := p.to.root()
		if r.Presence == element.Request && r.node.elem.Is("Muxer") {
			return true
		}
	}
	return false
}

// late tells whether a node runs on demand: itself is lazy, or all that feeds it is.
func (n *node) late() bool {
	g := n.graph
	if known, ok := g.lazyFed[n]; ok {
		return known
	}
	g.lazyFed[n] = false // for circles
	late := len(n.in) > 0
	for _, w := range n.in {
		late = late && w.from.node.late()
	}
	g.lazyFed[n] = late || n.Lazy.Set()
	return g.lazyFed[n]
}
