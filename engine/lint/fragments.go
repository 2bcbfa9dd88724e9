package lint

import (
	"slices"
	"strings"

	"sluice/engine/spec"
)

// maxNesting is how deep fragments may use fragments: as deep as the compiler follows.
const maxNesting = 8

// fragments finds what the nodes use and reports what does not exist or is no fragment.
func (g *graph) fragments() {
	for _, n := range g.nodes {
		if !n.Use.Set() {
			continue
		}
		name := n.Use.Text
		frag := g.named[name]
		switch {
		case frag == nil && g.skipped[name]:
		case frag == nil:
			g.at(n.Use.Pos, "unknown_fragment", "there is no graph %q", short(name)).
				Hint = g.near(name, g.fragmentNames(), `a fragment is a file with "exports:"`)
		case !frag.Fragment() && !frag.Gap("exports"):
			g.at(n.Use.Pos, "not_a_fragment", "%q has no exports, so it cannot be used in another graph", name).
				Hint = g.near(name, g.fragmentNames(), `add "exports:" to it`)
		case frag.Fragment():
			n.frag = frag
		}
	}
	if g.Fragment() && len(g.Routes) > 0 {
		g.at(g.Routes[0].Pos, "fragment_with_route", "a graph with exports is made to be used by others, and cannot be started by an event").
			Advise(`remove "route:" or "exports:"`)
	}
}

func (c *check) fragmentNames() []string {
	var out []string
	for _, g := range c.graphs {
		if g.Fragment() {
			out = append(out, g.Name)
		}
	}
	return out
}

// nesting reports fragments that use themselves, or that nest too deep, and forgets those uses: what they are made of
// could not be told.
func (c *check) nesting() {
	depth := map[*graph]int{}
	for _, g := range c.graphs {
		c.depthOf(g, nil, depth)
	}
}

// depthOf gives how many graphs lie inside each other below g, itself included.
func (c *check) depthOf(g *graph, above []*graph, depth map[*graph]int) int {
	if d, ok := depth[g]; ok {
		return d
	}
	above = append(above, g)
	deepest := 0
	for _, n := range g.nodes {
		if n.frag == nil {
			continue
		}
		if i := slices.Index(above, n.frag); i >= 0 {
			c.at(n.Use.Pos, "fragment_cycle", "the fragments use each other in a circle: %s", circle(above[i:])).
				Advise("a fragment cannot contain itself")
			n.frag = nil
			continue
		}
		below := c.depthOf(n.frag, above, depth)
		if below >= maxNesting {
			c.at(n.Use.Pos, "fragment_too_deep", "fragments are nested more than %d deep here", maxNesting).
				Advise("use the inner ones directly")
			n.frag = nil
			continue
		}
		deepest = max(deepest, below)
	}
	depth[g] = deepest + 1
	return depth[g]
}

func circle(list []*graph) string {
	words := make([]string, 0, len(list)+1)
	for _, g := range list {
		words = append(words, g.Name)
	}
	return strings.Join(append(words, list[0].Name), " -> ")
}

// exports finds the ports that a fragment offers, those of the fragments in it first, and gives them to its users.
func (g *graph) exports() {
	if g.ready {
		return
	}
	g.ready = true
	for _, n := range g.nodes {
		if n.frag == nil {
			continue
		}
		n.frag.exports()
		for _, o := range n.frag.offers {
			p := *o
			p.node, p.inner = n, o.inner
			n.ports = append(n.ports, &p)
		}
	}
	g.unsure = g.Gap("exports")
	for _, x := range g.Exports {
		n := g.byName[x.Node]
		if n == nil || !n.known() || n.unsure() {
			g.unsure = true
			continue
		}
		for _, inner := range n.ports {
			if inner.Name == x.Pad || n.frag == nil && inner.Matches(x.Pad) {
				p := port{Port: inner.Port, inner: inner}
				p.Name = x.Name.Text
				g.offers = append(g.offers, &p)
				g.offered[inner] = true
			}
		}
	}
}

// unsure tells whether the node's fragment may offer more than is known.
func (n *node) unsure() bool { return n.frag != nil && n.frag.unsure }

// exportPads reports exports of what does not exist.
func (g *graph) exportPads() {
	for _, x := range g.Exports {
		n := g.byName[x.Node]
		if n == nil {
			if !g.unheard(x.Node) {
				g.noNode(spec.Text{Text: x.Node, Pos: x.Pos}, "unknown_node", "export")
			}
			continue
		}
		found := slices.ContainsFunc(n.ports, func(p *port) bool { return p.Name == x.Pad || n.frag == nil && p.Matches(x.Pad) })
		if !found && n.known() && !n.unsure() {
			pos := x.Pos
			pos.Col += len(x.Node) + 1
			g.at(pos, "export_unknown_pad", "%s has no pad %q to export", n.called(), x.Pad).
				Hint = g.near(x.Pad, padNames(n.ports), "its pads: %s", padList(n.ports))
		}
	}
}

// withs checks what a node gives the fragment it uses.
func (g *graph) withs(n *node) {
	if n.frag == nil {
		for _, e := range n.With {
			g.references(e.Value)
		}
		return
	}
	what := `the fragment "` + n.frag.Name + `"`
	if !n.frag.Gap("params") {
		g.arguments(n.With, n.frag, use{what: what, unknown: "unknown_with", bad: "bad_with", node: n})
	}
	if n.Each != nil && n.Each.Key.Set() {
		return // what is missing comes with each key
	}
	for _, d := range n.frag.defs {
		if g.saturated(n.Use.Pos.File) {
			return
		}
		if d.Required() && d.Constraint.Type != "" && !isSet(n.With, d.Name) {
			g.at(n.Use.Pos, "missing_with", "%s needs the parameter %q", what, d.Name).
				Advise("write with: {%s: …}, %s", d.Name, noun(d.Constraint.Type))
		}
	}
}
