package lint

import "sluice/engine/element"

// fallbacks connects nodes with those that stand in for them.
func (g *graph) fallbacks() {
	for _, n := range g.nodes {
		if n.Fallback == nil {
			continue
		}
		if other := g.byName[n.Fallback.Node.Text]; other != nil && other != n {
			other.plays = append(other.plays, n)
		}
	}
}

// fallback checks what plays when a node is silent.
func (g *graph) fallback(n *node) {
	b := n.Fallback
	if b == nil {
		return
	}
	g.value(b.After, duration(0), setting{what: `"after" of the fallback of "` + n.Name.Text + `"`, code: "bad_fallback"})
	if keep := b.Keep; keep.Text != "watched" && keep.Text != "forever" {
		g.value(keep, duration(0), setting{what: `"keep" of the fallback of "` + n.Name.Text + `"`, code: "bad_fallback"})
	}
	other := g.byName[b.Node.Text]
	switch {
	case other == n:
		g.at(b.Node.Pos, "bad_fallback", "%q cannot stand in for itself", n.Name.Text).Advise("name another node")
	case other == nil && !g.unheard(b.Node.Text):
		g.noNode(b.Node, "fallback_unknown", "play")
	case other == nil || !other.known() || !n.known():
	case other.Each != nil:
		g.at(b.Node.Pos, "bad_fallback", "%q has many instances, and one must play", b.Node.Text).Advise("name a node without each:")
	case len(other.side(element.Source)) == 0:
		g.at(b.Node.Pos, "bad_fallback", "%s gives no media, so it cannot play", other.called()).Advise("name a node that gives media")
	default:
		g.fallbackKinds(n, other)
	}
}

// fallbackKinds warns when a fallback lacks a kind of media that the node has.
func (g *graph) fallbackKinds(n, other *node) {
	var needed, given kinds
	for _, w := range n.in {
		for _, p := range w.pairs {
			needed |= p.kinds
		}
	}
	if len(n.side(element.Sink)) == 0 {
		for _, p := range n.side(element.Source) {
			needed |= g.gives(p)
		}
	}
	for _, p := range other.side(element.Source) {
		given |= g.gives(p)
	}
	if lacks := needed &^ given; lacks != 0 && needed != every {
		g.at(n.Fallback.Node.Pos, "fallback_kinds", "%s gives no %s, so viewers of %q would have none meanwhile",
			other.called(), lacks, n.Name.Text).
			Advise("give the fallback all kinds of media that it stands in for")
	}
}
