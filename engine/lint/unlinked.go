package lint

import (
	"slices"
	"strings"

	"sluice/engine/element"
)

// unlinked reports nodes and pads that media does not reach or leave.
func (g *graph) unlinked() {
	if g.Gap("links") || g.Gap("exports") {
		return // what is missing may be what could not be read
	}
	beside := g.besideUnknown()
	for _, n := range g.nodes {
		if len(n.ports) == 0 || beside[n.Name.Text] {
			continue // not known, or linked to what is not
		}
		if !n.touched() {
			g.at(n.Name.Pos, "unlinked_node", "nothing is linked to %s", n.called()).
				Advise(`add it under "links:", or remove it`)
			continue
		}
		g.unfed(n)
		g.unread(n)
	}
}

// besideUnknown names the nodes with a link to one that is not there, or whose body could not be read: they are linked,
// only nobody knows how.
func (g *graph) besideUnknown() map[string]bool {
	out := map[string]bool{}
	for i := range g.Links {
		last := ""
		for _, h := range g.Links[i].Hops {
			if h.Node == "" {
				continue
			}
			if last != "" && (g.byName[h.Node] == nil) != (g.byName[last] == nil) {
				out[h.Node], out[last] = true, true
			}
			last = h.Node
		}
	}
	return out
}

// touched tells whether anything uses the node.
func (n *node) touched() bool {
	return len(n.in)+len(n.out)+len(n.plays) > 0 || slices.ContainsFunc(n.ports, n.exported)
}

// exported tells whether a port is offered to other graphs.
func (n *node) exported(p *port) bool { return n.graph.offered[p] }

// unfed reports sinks that need media and get none.
func (g *graph) unfed(n *node) {
	sinks := n.side(element.Sink)
	fed := func(p *port) bool {
		return n.exported(p) || slices.ContainsFunc(n.in, func(w *wire) bool { return slices.Contains(w.to.ports, p) })
	}
	missing := slices.Collect(func(yield func(string) bool) {
		for _, p := range sinks {
			if p.root().Presence == element.Always && !p.root().Optional && !fed(p) && !yield(`"`+p.Name+`"`) {
				return
			}
		}
	})
	all := n.elem != nil && n.elem.Domain == element.Gst
	switch {
	case len(sinks) == 0 || slices.ContainsFunc(n.in, func(w *wire) bool { return !w.known() }):
	case !slices.ContainsFunc(sinks, fed):
		if n.frag == nil || len(missing) > 0 {
			g.at(n.Name.Pos, "unlinked_sink", "%s takes media, and nothing is linked to it", n.called()).
				Advise(`add a link that ends at "%s"`, n.Name.Text)
		}
	case len(missing) > 0 && !all:
		g.at(n.Name.Pos, "unlinked_sink", "%s also needs %s, which nothing is linked to", n.called(), strings.Join(missing, ", ")).
			Advise(`add a link that ends at "%s.%s"`, n.Name.Text, strings.Trim(missing[0], `"`))
	}
}

// unread reports nodes whose media goes nowhere.
func (g *graph) unread(n *node) {
	if len(n.side(element.Source)) == 0 || len(n.out)+len(n.plays) > 0 || slices.ContainsFunc(n.side(element.Source), n.exported) {
		return
	}
	if n.frag != nil && len(n.side(element.Sink)) > 0 {
		return // a fragment may do its work with what it is fed
	}
	g.at(n.Name.Pos, "unlinked_source", "what %s gives goes nowhere", n.called()).
		Advise(`add a link that begins at "%s"`, n.Name.Text)
}
