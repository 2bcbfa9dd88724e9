package lint

import (
	"slices"
	"strings"

	"sluice/engine/element"
	"sluice/engine/spec"
)

// meant lists the ports of a node that a hop may mean in a direction: the one it names, or all that are not keyed.
func (n *node) meant(h *spec.Hop, d element.Dir) []*port {
	all := n.side(d)
	if h.Pad == "" {
		return slices.DeleteFunc(all, func(p *port) bool { return p.Keyed })
	}
	for _, p := range all {
		if p.Name == h.Pad {
			return []*port{p}
		}
	}
	return slices.DeleteFunc(all, func(p *port) bool { return n.frag != nil || !p.Matches(h.Pad) })
}

// padsOf reports the pads of a wire that do not exist, or lie on the wrong side.
func (g *graph) padsOf(w *wire) {
	g.padOf(w.from, element.Source)
	g.padOf(w.to, element.Sink)
}

func (g *graph) padOf(e end, d element.Dir) {
	switch {
	case e.node == nil || !e.node.known() || e.node.unsure():
	case len(e.ports) == 0 && e.hop.Pad == "":
		g.noPorts(e, d)
	case len(e.ports) == 0:
		g.noPad(e, d)
	default:
		g.keyOf(e)
	}
}

// noPorts reports a link from something that only takes media, or to something that only gives it.
func (g *graph) noPorts(e end, d element.Dir) {
	if d == element.Source {
		dg := g.at(e.hop.Pos, "pad_direction", "%s only takes media, so no link can begin there", e.node.called())
		dg.Advise("turn the link around, or link something else")
		return
	}
	g.at(e.hop.Pos, "pad_direction", "%s only gives media, so no link can end there", e.node.called()).
		Advise("turn the link around, or link something else")
}

// noPad reports a pad that the node does not have in this direction.
func (g *graph) noPad(e end, d element.Dir) {
	other, begins, role := element.Sink, "begin", "takes"
	if d == element.Sink {
		other, begins, role = element.Source, "end", "gives"
	}
	pos := e.hop.Pos
	pos.Col += len(e.hop.Node) + 1
	if len(e.node.meant(e.hop, other)) > 0 {
		g.at(pos, "pad_direction", "%q of %s %s media, so no link can %s there", e.hop.Pad, e.node.called(), role, begins).
			Hint = "its pads on this side: " + padList(e.node.side(d))
		return
	}
	names := padNames(e.node.side(d))
	dg := g.at(pos, "unknown_pad", "%s has no pad %q", e.node.called(), e.hop.Pad)
	if dg.Hint = "it has none on this side"; len(names) > 0 {
		dg.Hint = g.near(e.hop.Pad, names, "its pads: %s", padList(e.node.side(d)))
	}
}

// keyOf checks the key of a pad such as minus[seat].
func (g *graph) keyOf(e end) {
	keyed := e.ports[0].Keyed
	pos := e.hop.Pos
	pos.Col += len(e.hop.Node) + 1
	switch key := e.hop.Key; {
	case key == "" && keyed:
		g.at(pos, "bad_key", "%q of %s is one pad for each key", e.hop.Pad, e.node.called()).
			Advise(`name the node that brings the keys: "%s.%s[seat]"`, e.hop.Node, e.hop.Pad)
	case key == "":
	case !keyed:
		g.at(pos, "bad_key", "%q of %s is one pad, not one for each key", e.hop.Pad, e.node.called()).
			Advise("leave [%s] out", key)
	case g.byName[key] == nil && !g.unheard(key):
		g.at(pos, "unknown_node", "there is no node %q to bring keys", key).Hint = g.near(key, g.eachNames(), "a node with each: brings keys")
	case g.byName[key] != nil && g.byName[key].Each == nil:
		g.at(pos, "bad_key", "%q brings no keys: it has no each:", key).Hint = g.near(key, g.eachNames(), "name a node with each:")
	}
}

func (g *graph) eachNames() []string {
	var out []string
	for _, n := range g.nodes {
		if n.Each != nil {
			out = append(out, n.Name.Text)
		}
	}
	return out
}

// called names a node with what it is: "venc" (x264enc).
func (n *node) called() string {
	what := n.Element.Text
	if n.Use.Set() {
		what = n.Use.Text
	}
	return `"` + n.Name.Text + `" (` + what + ")"
}

// padNames lists what a user may write for ports: sink_0 for sink_%u.
func padNames(list []*port) []string {
	out := make([]string, 0, len(list))
	for _, p := range list {
		name := p.Name
		if before, _, pattern := strings.Cut(name, "%"); pattern {
			name = before + "0"
		}
		out = append(out, name)
	}
	return out
}

func padList(list []*port) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(padNames(list), ", ")
}
