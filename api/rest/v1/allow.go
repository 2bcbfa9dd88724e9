package v1

import (
	"sluice/engine/fault"
	"sluice/engine/param"
	"sluice/engine/plan"
	"sluice/engine/spec"
	"sluice/engine/store"
)

// allow refuses graphs that events would start and that touch what callers may not: written through the API, they would do for callers
// what these may not start themselves. Graphs that are only started by their names are looked at when they are.
func (v *V1) allow(set *store.Set, touched []string) error {
	for _, name := range touched {
		g, ok := set.Graph(name)
		if !ok {
			continue
		}
		if err := v.readable(set, g, map[string]bool{}); err != nil {
			return err
		}
		if n := extent(set, g, 0); n > nodes {
			const why = "it has %d nodes or more, and graphs of callers may have %d with those of their fragments"
			return fault.New(fault.Forbidden, g.Name, why, n, nodes).
				Advise("make several graphs of it, which pass streams on to each other")
		}
		if g.Fragment() {
			continue // what uses it is touched, too
		}
		t, err := plan.Compile(g, set, v.opt.Registry)
		if err != nil {
			return err
		}
		for _, r := range g.Routes {
			if r.Event.Text == startEvent {
				continue
			}
			if err := v.allowed(t, r.With); err != nil {
				return err
			}
		}
	}
	return nil
}

// nodes is how many a graph may have: admission to the CPUs goes by what is known of their costs, which is not all.
const nodes = 200

// extent counts the nodes of a graph with those of its fragments, in vain beyond what is allowed.
func extent(set *store.Set, g *spec.Graph, n int) int {
	for i := range g.Nodes {
		if n > nodes {
			return n
		}
		if used, ok := set.Graph(g.Nodes[i].Use.Text); ok {
			n = extent(set, used, n)
		}
		n++
	}
	return n
}

// readable refuses a graph that reads of the environment what callers may not, by itself or by a fragment.
func (v *V1) readable(set *store.Set, g *spec.Graph, seen map[string]bool) error {
	if seen[g.Name] {
		return nil
	}
	seen[g.Name] = true
	if err := v.opt.Guard.Graph(g); err != nil {
		return err
	}
	for i := range g.Nodes {
		if used, ok := set.Graph(g.Nodes[i].Use.Text); ok {
			if err := v.readable(set, used, seen); err != nil {
				return err
			}
		}
	}
	return nil
}

// allowed looks at a graph as a route starts it. What the event will bring is not known: it may be anything.
func (v *V1) allowed(t *plan.Template, with []spec.Entry) error {
	in := plan.Inputs{Params: map[string]any{}, Scope: param.Chain(t.Placeholders(), environment{})}
	for _, w := range with {
		expr, err := param.ParseExpr(w.Value)
		if err != nil {
			return err
		}
		if in.Params[w.Key.Text], err = expr.Eval(in.Scope); err != nil {
			return err
		}
	}
	p, err := t.Resolve(in)
	if err != nil {
		return fault.New(fault.Forbidden, t.Graph(), "it cannot be told what the graph touches outside the server").Because(err)
	}
	return v.opt.Guard.Ahead(p)
}
