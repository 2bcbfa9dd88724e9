package lint

import (
	"slices"
	"strings"

	"sluice/engine/element"
	"sluice/engine/param"
	"sluice/engine/route"
	"sluice/engine/spec"
	"sluice/engine/value"
)

// sessionID is a name that every event with a session brings.
const sessionID = "session.id"

// start is a route that can be understood: its event and what comes with it.
type start struct {
	route    *spec.Route
	trigger  element.Trigger
	captures []string
}

// brings tells what a name means when this route starts the graph. Captures and sessions are open: any text.
func (s *start) brings(name string) (want value.Constraint, open, ok bool) {
	text := value.Constraint{Type: value.String}
	if slices.Contains(s.captures, name) || slices.Contains(s.trigger.Sessions, name) {
		return text, true, true
	}
	if v, ok := s.trigger.Var(name); ok {
		return value.Constraint{Type: v.Type}, false, true
	}
	if root, _, inner := strings.Cut(name, "."); inner {
		if v, ok := s.trigger.Var(root); ok && v.Type == value.Map {
			return text, true, true
		}
	}
	return text, true, name == sessionID && len(s.trigger.Sessions) > 0
}

// names lists all that the route brings.
func (s *start) names() []string {
	out := slices.Concat(s.captures, s.trigger.Sessions)
	for _, v := range s.trigger.Vars {
		out = append(out, v.Name)
	}
	if len(s.trigger.Sessions) > 0 {
		out = append(out, sessionID)
	}
	return out
}

// whatIs says in words what a name of this route is.
func (s *start) whatIs(name string) string {
	switch {
	case slices.Contains(s.captures, name):
		return "the capture"
	case slices.Contains(s.trigger.Sessions, name):
		return "the session"
	}
	return "a variable of " + s.trigger.Event
}

// routes reads the routes, so that it is known which names they bring.
func (g *graph) routes() {
	entries, wrong := route.Entries(g.Graph)
	g.report.Add(wrong...)
	g.blind = g.Gap("route")
	g.entries = entries
	for i := range g.Routes {
		r := &g.Routes[i]
		t, ok := g.reg.Trigger(r.Event.Text)
		if !ok {
			g.blind = true
			g.noEvent(r)
			continue
		}
		p, err := route.ParsePattern(r.Path.Text)
		if r.Path.Set() && err != nil {
			g.blind = true
			continue
		}
		g.starts = append(g.starts, start{route: r, trigger: t, captures: p.Names()})
	}
}

func (g *graph) noEvent(r *spec.Route) {
	found, ok := g.suggest(r.Event.Text, g.events)
	d := g.at(place(r.Event, r.Pos), "event_unknown", "there is no event %q", short(r.Event.Text))
	if ok {
		d.Advise("did you mean %q?", found)
		return
	}
	d.Advise("events: %s", listed(g.events, 40))
}

// starting checks what the routes say beyond event and path.
func (g *graph) starting() {
	for i := range g.starts {
		s := &g.starts[i]
		g.path(s)
		for _, w := range s.route.Where {
			g.where(s, w)
		}
		g.arguments(s.route.With, g, use{what: "this graph", unknown: "with_unknown_param", bad: "bad_with", start: s})
		g.referencesIn(s.route.Share, setting{start: s})
		g.unset(s)
	}
}

// path checks that there is one where the event has one, and that its captures hide nothing.
func (g *graph) path(s *start) {
	r := s.route
	switch {
	case s.trigger.Path && !r.Path.Set():
		g.at(place(r.Event, r.Pos), "route_path", "%s has a path, and this route does not say which", r.Event.Text).
			Advise(`write "%s /{stream...}" to take every path`, r.Event.Text)
	case !s.trigger.Path && r.Path.Set():
		g.at(r.Path.Pos, "route_path", "%s has no path", r.Event.Text).Advise("leave %q out", r.Path.Text)
	}
	for _, c := range s.captures {
		for _, v := range s.trigger.Vars {
			if root, _, _ := strings.Cut(v.Name, "."); root == c {
				g.at(r.Path.Pos, "shadowed_name", "the capture %q hides a variable of %s of the same name", c, r.Event.Text).
					Advise("give the capture another name")
				break
			}
		}
		if slices.Contains(s.trigger.Sessions, c) {
			g.at(r.Path.Pos, "shadowed_name", "the capture %q hides a session of %s of the same name", c, r.Event.Text).
				Advise("give the capture another name")
		}
	}
}

// where checks a condition: its variable exists, and can have the values.
func (g *graph) where(s *start, w spec.Entry) {
	v, ok := s.trigger.Var(w.Key.Text)
	if !ok {
		var names []string
		for _, v := range s.trigger.Vars {
			names = append(names, v.Name)
		}
		hint := g.near(w.Key.Text, names, "it has no variables")
		if len(names) > 0 {
			hint = g.near(w.Key.Text, names, "its variables: %s", listed(names, 20))
		}
		g.at(w.Key.Pos, "where_unknown_var", "%s has no variable %q", s.trigger.Event, short(w.Key.Text)).Hint = hint
		return
	}
	items := []spec.Value{w.Value}
	if w.Value.Kind == spec.List {
		items = w.Value.Items
	}
	for _, item := range items {
		e, err := param.ParseExpr(item)
		literal, is := e.Literal()
		if err != nil || !is || literal == nil {
			continue // reported with the route
		}
		if _, err := withCodecs(value.Constraint{Type: v.Type}).Accept(literal); err != nil {
			f := asFault(err)
			g.at(item.Pos, "route_where", "%q of %s: %s", w.Key.Text, s.trigger.Event, f.Msg).Hint = f.Hint
		}
	}
}

// unset reports parameters that nobody gives when an event starts the graph. Who starts one over REST gives them.
func (g *graph) unset(s *start) {
	if strings.HasPrefix(s.trigger.Event, "rest.") {
		return
	}
	for _, d := range g.defs {
		if g.saturated(s.route.Pos.File) {
			return
		}
		if d.Required() && d.Constraint.Type != "" && !isSet(s.route.With, d.Name) {
			g.at(s.route.Pos, "param_unset", "nobody gives %q when %s starts this graph", d.Name, s.trigger.Event).
				Advise("give the parameter a default, or the route with: {%s: …}", d.Name)
		}
	}
}

// conflicts compares the routes of all graphs.
func (c *check) conflicts() {
	var all []route.Entry
	for _, g := range c.graphs {
		if c.named[g.Name] == g && !g.Fragment() {
			all = append(all, g.entries...)
		}
	}
	_, conflicts := route.Build(all)
	c.report.Add(route.Diagnostics(conflicts)...)
}
