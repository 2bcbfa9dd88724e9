// Package lint finds what is wrong with graphs before anything runs: elements, settings, references, fragments, links,
// caps, routes and tests, over a whole set of graphs at once, each finding with its place, a stable code and what to do.
//
// It works on the trees of package spec, whose own findings about YAML and spelling are not repeated here, and on what
// a registry says of the elements, so it needs no GStreamer. It changes nothing, decides nothing about how a graph
// runs (plan does), and starts nothing. A finding that only follows from another one is left out.
package lint

import (
	"slices"

	"sluice/engine/element"
	"sluice/engine/spec"
)

// Options narrow what Check reports.
type Options struct {
	// Only lists the codes to report; nil means all of them.
	Only []string
	// Unread names graphs whose files exist but could not be read at all. Nothing is said of what uses them.
	Unread []string
	// Lacks lists what this machine has not installed. Nodes that need it are warned of.
	Lacks []Lack
}

// Check runs every rule over a set of graphs that belong together: fragments are found in the set, and routes compared
// across it. The findings are ordered by place and do not depend on the order of the set. Findings silenced by
// "# lint:ignore code reason" are left out, if Info.Silent allows it. Check is safe for concurrent use.
func Check(set []*spec.Graph, reg *element.Registry, opt Options) []spec.Diagnostic {
	c := newCheck(set, reg)
	c.lacks = opt.Lacks
	for _, name := range opt.Unread {
		c.skipped[name] = true
	}
	c.run()
	found := c.silenced(c.report.List())
	if opt.Only != nil {
		found = slices.DeleteFunc(found, func(d spec.Diagnostic) bool { return !slices.Contains(opt.Only, d.Code) })
	}
	return found
}

// run applies the rules in rounds over all graphs: what one graph uses of another must be known before it is judged.
func (c *check) run() {
	c.sameNames()
	c.each((*graph).elements)
	c.each((*graph).fragments)
	c.nesting()
	c.each((*graph).parameters)
	c.each((*graph).exports)
	c.each((*graph).wiring)
	c.each((*graph).links)
	c.each((*graph).whole)
	c.conflicts()
}

func (c *check) each(rule func(*graph)) {
	for _, g := range c.graphs {
		rule(g)
	}
}

// whole applies the rules that need everything about a graph to be known.
func (g *graph) whole() {
	g.starting()
	g.parameterValues()
	g.lacking()
	for _, n := range g.nodes {
		g.fields(n)
		g.withs(n)
		g.repeats(n)
		g.queueValues(n.Queue)
		g.fallback(n)
	}
	g.exportPads()
	g.onDemand()
	g.circles()
	g.unlinked()
	g.latePads()
	g.drops()
	g.streams()
	g.sessions()
	g.policy()
	g.tests()
	g.style()
	g.unusedParams()
}

// sameNames reports graphs of one name.
func (c *check) sameNames() {
	for _, g := range c.graphs {
		if first := c.named[g.Name]; first != g {
			c.at(place(g.Document, g.Pos), "duplicate_graph", "there are two graphs %q", g.Name).
				Advise("the other one is at %s", first.Pos)
		}
	}
}
