package lint

import (
	"sluice/engine/param"
	"sluice/engine/spec"
)

// parameters reads the definitions and the routes, so that it is known what references may mean.
func (g *graph) parameters() {
	g.defs = param.Define(g.Graph, &g.report, param.WithCodecs(codecNames()))
	g.routes()
	g.bring()
	for i, d := range g.defs {
		g.defAt[d.Name] = i
	}
}

// parameterValues checks the names and defaults of parameters.
func (g *graph) parameterValues() {
	for i := range g.defs {
		d := &g.defs[i]
		if what, ok := g.taken(d.Name); ok {
			g.at(d.Pos, "shadowed_name", "the parameter %q hides %s of the same name", d.Name, what).
				Advise("give one of them another name; nobody could tell which $%s means", d.Name)
		}
		if body, ok := g.Params[i].Body.Get("default"); ok && d.Default != nil {
			g.secrets(body, d.Constraint, setting{what: `the default of "` + d.Name + `"`})
			if d.Constraint.Type != "" && g.refersBack(d.Default.Refs(), i) {
				g.expr(*d.Default, body, d.Constraint, setting{what: `the default of "` + d.Name + `"`, code: "bad_default"})
			}
		}
	}
	for _, n := range g.nodes {
		if n.Each != nil && n.Each.Key.Set() {
			key := n.Each.Key
			if what, ok := g.taken(key.Text); ok || g.defines(key.Text) {
				if !ok {
					what = "the parameter"
				}
				g.at(key.Pos, "shadowed_name", "the key %q hides %s of the same name", key.Text, what).Advise("give the key another name")
			}
		}
	}
}

// refersBack tells whether there are references, and all may have a value when parameter i gets its default. Others were
// reported with the definitions.
func (g *graph) refersBack(refs []param.Ref, i int) bool {
	for _, r := range refs {
		if at, ok := g.defAt[r.Name]; ok && at >= i {
			return false
		}
	}
	return len(refs) > 0
}

// taken tells what else a name means in the graph.
func (g *graph) taken(name string) (string, bool) {
	switch name {
	case "env":
		return "the environment, $env.NAME,", true
	case "each":
		return "the item of a list, $each,", true
	}
	what, ok := g.roots[name]
	return what, ok
}

// unusedParams warns of parameters that nothing refers to.
func (g *graph) unusedParams() {
	if len(g.Broken)+len(g.Gaps) > 0 {
		return // the use may be in what could not be read
	}
	for _, d := range g.defs {
		if !g.used[d.Name] {
			g.at(d.Pos, "unused_param", "nothing uses the parameter %q", d.Name).Advise("write $%s where it belongs, or remove it", d.Name)
		}
	}
}

// use says who gives parameters, to what, and with which codes mistakes are reported.
type use struct {
	what         string // `the fragment "fragments/seat"`
	unknown, bad string
	node         *node  // whose own names the values see; may be nil
	start        *start // the only route whose names they see; nil for all
}

// arguments checks values given to parameters.
func (g *graph) arguments(given []spec.Entry, to *graph, u use) {
	defs := to.defs
	for _, e := range given {
		s := setting{what: `"` + e.Key.Text + `" of ` + u.what, code: u.bad, node: u.node, start: u.start}
		i, ok := to.defAt[e.Key.Text]
		if !ok {
			names := make([]string, 0, len(defs))
			for _, d := range defs {
				names = append(names, d.Name)
			}
			hint := g.near(e.Key.Text, names, "it has none")
			if len(names) > 0 {
				hint = g.near(e.Key.Text, names, "its parameters: %s", listed(names, 12))
			}
			g.at(e.Key.Pos, u.unknown, "%s has no parameter %q", u.what, short(e.Key.Text)).Hint = hint
			g.referencesIn(e.Value, s)
			continue
		}
		if defs[i].Constraint.Type == "" {
			g.referencesIn(e.Value, s)
			continue
		}
		g.value(e.Value, defs[i].Constraint, s)
	}
}
