package lint

import (
	"slices"

	"sluice/engine/element"
	"sluice/engine/spec"
)

// wire is one arrow of a link: two nodes and the caps between them.
type wire struct {
	graph    *graph
	link     *spec.Link
	from, to end
	caps     []*spec.Hop
	pairs    []pair // which ports meet, once that is known
}

// end is one side of a wire: the ports it may mean. None if that is not known, or was reported.
type end struct {
	hop   *spec.Hop
	node  *node
	ports []*port
}

// pair is a source port and the sink port that it feeds.
type pair struct {
	from, to *port
	kinds    kinds
	sure     bool // no other sink port of the wire would do
}

// known tells whether both ends lie on ports, so that what flows can be judged.
func (w *wire) known() bool { return len(w.from.ports) > 0 && len(w.to.ports) > 0 }

// links judges every wire: its pads, its caps, and whether media can go over it.
func (g *graph) links() {
	g.nodesOf()
	for _, w := range g.wires {
		if !g.loopOn(w) {
			g.padsOf(w)
		}
		g.linkCaps(w)
		g.linkSettings(w)
	}
	for _, w := range g.wires {
		if w.known() && w.from.node != w.to.node {
			g.join(w)
		}
	}
}

// wiring cuts the links into wires, and ties nodes to those that they stand in for.
func (g *graph) wiring() {
	g.fallbacks()
	for i := range g.Links {
		link := &g.Links[i]
		var last *spec.Hop
		var between []*spec.Hop
		for j := range link.Hops {
			h := &link.Hops[j]
			if h.Node == "" {
				between = append(between, h)
				continue
			}
			if last != nil {
				g.wire(&wire{graph: g, link: link, from: g.end(last, element.Source), to: g.end(h, element.Sink), caps: between})
			}
			last, between = h, nil
		}
	}
}

func (g *graph) wire(w *wire) {
	g.wires = append(g.wires, w)
	if w.from.node != nil && w.to.node != nil {
		w.from.node.out = append(w.from.node.out, w)
		w.to.node.in = append(w.to.node.in, w)
	}
}

func (g *graph) end(h *spec.Hop, d element.Dir) end {
	n := g.byName[h.Node]
	if n == nil {
		return end{hop: h}
	}
	return end{hop: h, node: n, ports: n.meant(h, d)}
}

// nodesOf reports hops over nodes that do not exist, each once.
func (g *graph) nodesOf() {
	for i := range g.Links {
		for j := range g.Links[i].Hops {
			h := &g.Links[i].Hops[j]
			if h.Node != "" && g.byName[h.Node] == nil && !g.unheard(h.Node) {
				g.noNode(spec.Text{Text: h.Node, Pos: h.Pos}, "unknown_node", "link")
			}
		}
	}
}

// noNode reports the name of a node that does not exist, and what it was wanted for.
func (g *graph) noNode(name spec.Text, code, verb string) {
	g.at(name.Pos, code, "there is no node %q to %s", short(name.Text), verb).
		Hint = g.near(name.Text, g.nodeNames(), `nodes are named under "nodes:"`)
}

// loopOn reports a link from a node to itself, of whose pads nothing more need be said.
func (g *graph) loopOn(w *wire) bool {
	n := w.from.node
	if n == nil || n != w.to.node || n.Each != nil && (w.from.hop.Key != "" || w.to.hop.Key != "") {
		return false
	}
	g.at(w.to.hop.Pos, "self_link", "%q is linked to itself", w.to.hop.Node).
		Advise("a node's media goes on to another node; remove one of the two")
	return true
}

// linkCaps checks that caps on a link can be read.
func (g *graph) linkCaps(w *wire) {
	for _, h := range w.caps {
		g.text(h.Caps, capsType(), setting{code: "bad_caps", what: "caps"})
	}
}

// linkSettings checks what the long form of a link sets: pad properties, whose types no registry tells, and a queue.
func (g *graph) linkSettings(w *wire) {
	if !w.link.Long {
		return
	}
	for _, e := range w.link.Pad {
		g.references(e.Value)
	}
	g.queueValues(w.link.Queue)
	if w.to.node != nil && w.to.node.elem != nil && len(w.link.Pad) > 0 && len(w.to.ports) > 0 &&
		!slices.ContainsFunc(w.to.ports, func(p *port) bool { return p.Presence == element.Request }) {
		e := w.link.Pad[0]
		g.at(e.Key.Pos, "unknown_field", "the pad of %q has no settings", w.to.hop.Node).
			Advise("only pads made for a link, such as a mixer's, have some; set this on the node")
	}
}
