package trial

import (
	"slices"
	"strings"

	"sluice/engine/element"
	"sluice/engine/expect"
	"sluice/engine/param"
	"sluice/engine/plan"
	"sluice/engine/spec"
)

// graph is the tested graph with other elements in the places that the test replaces. Names and links stay.
func (c Case) graph() *spec.Graph {
	if len(c.Test.Mock) == 0 {
		return c.Graph
	}
	g := *c.Graph
	g.Nodes = slices.Clone(g.Nodes)
	for i := range g.Nodes {
		for _, m := range c.Test.Mock {
			if n := &g.Nodes[i]; n.Name.Text == m.Name.Text {
				n.Pos, n.Element, n.Set = m.Pos, m.Element, m.Set
				n.Use, n.With, n.Each = spec.Text{}, nil, nil
			}
		}
	}
	return &g
}

// inputs are what the test says of parameters, of what events bring, and of what sessions settled on. The first route that
// the test expects brings what it captures. What nobody gives stands as a placeholder.
func (t *trial) inputs(tmpl *plan.Template) (plan.Inputs, error) {
	in := plan.Inputs{Params: map[string]any{}, Given: formats(t.test.Given, false), Want: formats(t.test.Want, true)}
	vars := param.Values{}
	scope := param.Chain(vars, param.Env(func(string) bool { return true }), unset{}, tmpl.Placeholders())
	in.Scope = scope
	give := func(list []spec.Entry) error {
		for _, e := range list {
			expr, err := param.ParseExpr(e.Value)
			if err != nil {
				return err
			}
			v, err := expr.Eval(scope)
			if err != nil {
				return err
			}
			if slices.ContainsFunc(tmpl.Params(), func(d param.Def) bool { return d.Name == e.Key.Text }) {
				in.Params[e.Key.Text] = v
			} else {
				vars[e.Key.Text] = v
			}
		}
		return nil
	}
	if len(t.want.Routes) > 0 {
		if err := give(t.brought(t.want.Routes[0], vars)); err != nil {
			return in, err
		}
	}
	return in, give(t.test.With)
}

// brought fills vars with what an event brings, and gives the parameters that its route presets.
func (t *trial) brought(r expect.Route, vars param.Values) []spec.Entry {
	for name, text := range r.Vars {
		vars[name] = text
	}
	m, ok := t.match(r)
	if !ok || m.Entry.Graph != t.result.Graph {
		return nil
	}
	for name, text := range m.Captures.All() {
		vars[name] = text
	}
	return m.Entry.With
}

func formats(given []spec.Entry, wanted bool) map[string][]element.Format {
	var unheard spec.Report // lint has said it
	return expect.Formats(given, wanted, unheard.Errorf)
}

// unset stands in for environment variables that are not set here, so that plans of graphs with logins can be tested
// anywhere.
type unset struct{}

// Lookup gives the name itself.
func (unset) Lookup(name string) (any, bool) {
	if !strings.HasPrefix(name, "env.") {
		return nil, false
	}
	return name, true
}
