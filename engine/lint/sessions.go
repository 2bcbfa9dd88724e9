package lint

import (
	"slices"
	"strings"

	"sluice/engine/spec"
)

// sessions checks that elements which speak for a peer have one: every event that starts the graph must bring it.
// Elements inside fragments are judged where the fragment is used, by that graph's routes.
func (g *graph) sessions() {
	if g.Fragment() || g.blind {
		return
	}
	for _, n := range g.nodes {
		if n.elem != nil {
			g.session(n, place(n.Element, n.Pos), n.called())
			continue
		}
		g.sessionsWithin(n.frag, n, map[*graph]bool{})
	}
}

func (g *graph) sessionsWithin(frag *graph, n *node, seen map[*graph]bool) {
	if frag == nil || seen[frag] {
		return
	}
	seen[frag] = true
	for _, inner := range frag.nodes {
		if inner.elem != nil {
			g.session(inner, n.Use.Pos, inner.called()+" in "+n.Use.Text)
		}
		g.sessionsWithin(inner.frag, n, seen)
	}
}

// session checks one element that may need a session.
func (g *graph) session(n *node, pos spec.Pos, called string) {
	if len(n.elem.Sessions) == 0 {
		return
	}
	for _, e := range n.Set {
		if e.Key.Text == "session" {
			if n.graph == g {
				pos = e.Value.Pos
			}
			g.namedSession(n, e.Value.Text, pos, called)
			return
		}
	}
	if len(g.starts) == 0 {
		g.at(pos, "session_required", "%s speaks for a %s, and no route brings one", called, either(n.elem.Sessions)).
			Advise("add a route whose event brings one: %s", listed(g.bringers(n.elem.Sessions), 8))
		return
	}
	for i := range g.starts {
		t := &g.starts[i].trigger
		switch fits := common(t.Sessions, n.elem.Sessions); {
		case len(fits) == 0:
			g.at(pos, "session_required", "%s speaks for a %s, and %s brings none", called, either(n.elem.Sessions), t.Event).
				Advise("use it with one of these events: %s", listed(g.bringers(n.elem.Sessions), 8))
			return
		case len(fits) > 1:
			g.at(pos, "session_required", "%s could speak for the %s of %s", called, either(fits), t.Event).
				Advise("say which: session=$%s", fits[0])
			return
		}
	}
}

// namedSession checks session=$name. That the name means anything at all is checked with the other references.
func (g *graph) namedSession(n *node, text string, pos spec.Pos, called string) {
	name := strings.Trim(strings.TrimPrefix(text, "$"), "()")
	switch {
	case !strings.HasPrefix(text, "$"):
		g.at(pos, "unknown_session", "a session is a reference, and %q is not", short(text)).
			Hint = g.near(text, g.sessionNames(), "as in $browser")
		return
	case n.graph.defines(name):
		return // a fragment's parameter: what it is given is checked there
	case !slices.Contains(n.elem.Sessions, name) && g.isSession(name):
		g.at(pos, "unknown_session", "%s cannot speak for %q", called, name).Advise("it speaks for %s", either(n.elem.Sessions))
		return
	}
	for i := range g.starts {
		t := &g.starts[i].trigger
		if _, _, known := g.starts[i].brings(name); !slices.Contains(t.Sessions, name) && (known || g.isSession(name)) {
			g.at(pos, "unknown_session", "%s brings no session %q for %s", t.Event, name, called).
				Hint = g.near(name, t.Sessions, "it brings %s", orNone(t.Sessions))
			return
		}
	}
}

func orNone(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return either(list)
}

// isSession tells whether any event brings a session of this name.
func (c *check) isSession(name string) bool { return slices.Contains(c.sessionNames(), name) }

func (c *check) sessionNames() []string {
	var out []string
	for _, t := range c.reg.Triggers() {
		out = append(out, t.Sessions...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// bringers lists the events that bring one of the sessions.
func (c *check) bringers(sessions []string) []string {
	var out []string
	for _, t := range c.reg.Triggers() {
		if len(common(t.Sessions, sessions)) > 0 {
			out = append(out, t.Event)
		}
	}
	return out
}

func common(a, b []string) []string {
	var out []string
	for _, s := range a {
		if slices.Contains(b, s) {
			out = append(out, s)
		}
	}
	return out
}
