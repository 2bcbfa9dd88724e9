package lint

import (
	"slices"
	"strings"

	"sluice/engine/element"
	"sluice/engine/expect"
	"sluice/engine/spec"
	"sluice/engine/value"
)

// tests checks what the tests of a graph give, replace and expect.
func (g *graph) tests() {
	for i := range g.Tests {
		t := &g.Tests[i]
		g.testInputs(t)
		for j := range t.Mock {
			g.mock(&t.Mock[j])
		}
		g.limit(t.Limit)
		x := expect.Read(t, g.at, g.testNode)
		for _, r := range x.Routes {
			g.expectRoute(r)
		}
	}
}

// limit checks how long a test may take. References have no value where tests are listed.
func (g *graph) limit(v spec.Value) {
	if !v.Set() {
		return
	}
	if v.Kind >= spec.List {
		g.at(v.Pos, expect.CodeBad, `"limit" of the test is a duration`).Advise("as in 20s")
		return
	}
	if _, err := duration(soonest).Parse(v.Text); err != nil {
		f := asFault(err)
		g.at(v.Pos, expect.CodeBad, `"limit" of the test: %s`, f.Msg).Hint = f.Hint
	}
}

// testInputs checks parameters, and what sessions are said to have settled on. With parameters a test gives captures and
// variables of events as well, which a route brings otherwise.
func (g *graph) testInputs(t *spec.Test) {
	var params []spec.Entry
	for _, e := range t.With {
		if _, brought := g.meansByRoutes(e.Key.Text); g.defines(e.Key.Text) || !brought {
			params = append(params, e)
			continue
		}
		s := setting{what: `"` + e.Key.Text + `" of the test`, code: "bad_with"}
		if m, _ := g.meansByRoutes(e.Key.Text); m.open || m.want.Type == "" {
			g.referencesIn(e.Value, s)
		} else {
			g.value(e.Value, m.want, s)
		}
	}
	g.arguments(params, g, use{what: "this graph", unknown: "with_unknown_param", bad: "bad_with"})
	expect.Formats(t.Given, false, g.at)
	expect.Formats(t.Want, true, g.at)
	g.side(t.Given, element.Sink, "gives media of its own", `what it takes goes under "want:"`)
	g.side(t.Want, element.Source, "only takes media", `what it gives goes under "given:"`)
}

// side checks that nodes have no ports on the side that they must not have.
func (g *graph) side(given []spec.Entry, none element.Dir, must, hint string) {
	for _, e := range given {
		n, known := g.inner(e.Key.Text)
		switch {
		case !known:
			g.noTestNode(e.Key)
		case n != nil && n.elem != nil && len(n.side(none)) > 0:
			g.at(e.Key.Pos, expect.CodeGiven, "%s is not a node that %s", n.called(), must).Advise("%s", hint)
		}
	}
}

// mock checks that a replaced node exists, that the element in its place can be set like that, and that it has the pads
// that links name.
func (g *graph) mock(m *spec.Node) {
	if g.byName[m.Name.Text] == nil {
		if !g.unheard(m.Name.Text) {
			g.noNode(m.Name, "test_unknown_node", "replace")
		}
		return
	}
	n := &node{Node: m, graph: g}
	if n.elem, _ = g.reg.Spec(m.Element.Text); n.elem == nil {
		g.noElement(n)
		return
	}
	for _, p := range n.elem.Ports {
		n.ports = append(n.ports, &port{Port: p, node: n})
	}
	g.fields(n)
	for _, w := range g.wires {
		g.mockPad(n, w.from, element.Source)
		g.mockPad(n, w.to, element.Sink)
	}
}

// mockPad reports one end of a wire that the element in a node's place does not have. The place is that of the element:
// the link is right for the node itself.
func (g *graph) mockPad(n *node, e end, d element.Dir) {
	if e.node == nil || e.node.Name.Text != n.Name.Text || len(n.meant(e.hop, d)) > 0 {
		return
	}
	names := padNames(n.side(d))
	if e.hop.Pad == "" {
		verb := map[element.Dir]string{element.Source: "gives", element.Sink: "takes"}[d]
		g.at(n.Element.Pos, "unknown_pad", "%s %s no media, and a link needs that", n.called(), verb).
			Advise("replace the node by another element")
		return
	}
	hint := "it has none on this side"
	if len(names) > 0 {
		hint = "its pads: " + strings.Join(names, ", ")
	}
	g.at(n.Element.Pos, "unknown_pad", "%s has no pad %q, which a link names", n.called(), e.hop.Pad).Hint = hint
}

// testNode is expect.Knows.
func (g *graph) testNode(name spec.Text) bool {
	if _, known := g.inner(name.Text); !known {
		g.noTestNode(name)
		return false
	}
	return true
}

// inner finds a node, or with a path such as "slate/enc" one of a fragment. The node is nil if it may stand in what could
// not be read.
func (g *graph) inner(path string) (n *node, known bool) {
	name, rest, nested := strings.Cut(path, "/")
	name, _, _ = strings.Cut(name, "[") // of an instance of a node with each:
	n = g.byName[name]
	switch {
	case n == nil:
		return nil, g.unheard(name)
	case !nested:
		return n, true
	case n.frag == nil:
		return nil, n.Use.Set()
	}
	return n.frag.inner(rest)
}

func (g *graph) noTestNode(name spec.Text) {
	words := append(slices.Clone(g.nodeNames()), expect.Words()...)
	g.at(name.Pos, "test_unknown_node", "there is no node %q to look at", short(name.Text)).
		Hint = g.near(name.Text, words, "an expectation is a node's name, or plan, route, end, error or drift")
}

// expectRoute checks the event of a route that is expected, and its variables.
func (g *graph) expectRoute(r expect.Route) {
	trigger, ok := g.reg.Trigger(r.Event.Text)
	if !ok {
		g.at(r.Event.Pos, "event_unknown", "there is no event %q", short(r.Event.Text)).
			Hint = g.near(r.Event.Text, g.events, "events: %s", listed(g.events, 40))
		return
	}
	for name, text := range r.Vars {
		g.variable(r.Event, trigger, name, text)
	}
}

// variable checks one variable of an event. Entries of one that is a map, such as query.token, are texts.
func (g *graph) variable(event spec.Text, t element.Trigger, name, text string) {
	root, _, _ := strings.Cut(name, ".")
	v, ok := t.Var(name)
	if m, entry := t.Var(root); !ok && entry && m.Type == value.Map {
		return
	}
	if !ok {
		var names []string
		for _, v := range t.Vars {
			names = append(names, v.Name)
		}
		g.at(event.Pos, expect.CodeBad, "%s has no variable %q", event.Text, short(name)).
			Hint = g.near(name, names, "its variables: %s", listed(names, 12))
		return
	}
	if _, err := (value.Constraint{Type: v.Type}).Parse(text); err != nil && v.Type != value.Map {
		f := asFault(err)
		g.at(event.Pos, expect.CodeBad, "%q of %s: %s", name, event.Text, f.Msg).Hint = f.Hint
	}
}
