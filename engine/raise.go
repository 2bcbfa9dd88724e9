package engine

import (
	"context"
	"slices"
	"strings"
	"time"

	"sluice/engine/event"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/node"
	"sluice/engine/param"
	"sluice/engine/plan"
	"sluice/engine/route"
	"sluice/engine/run/instance"
	"sluice/engine/store"
	"sluice/engine/value"
)

// Event is something that a door wants answered by a graph.
type Event struct {
	Name string // as triggers declare it: "ws.publish"
	Path string // "/cam"; "" for events without one
	// Vars are the variables that the trigger declares. What is left out has no value.
	Vars map[string]any
	// Sessions are the peers that the event brings, by the role in which graphs name them: "browser".
	Sessions map[string]any

	convert hub.Conversion
	wanted  bool // end it when nobody reads what it makes
}

// answer starts the graph that has a route for the event.
func (e *Engine) answer(ctx context.Context, ev Event) (*instance.Instance, error) {
	set := e.opt.Store.Current()
	m, ok := set.Routes().Match(ev.Name, ev.Path, vars(ev.Vars))
	if !ok {
		return nil, fault.New(fault.NoRoute, "", "no graph has a route for %s %s", ev.Name, ev.Path).
			Advise("`sluice routes %s %s` tells which were considered", ev.Name, ev.Path)
	}
	captures := param.Values{}
	for name, text := range m.Captures.All() {
		captures[name] = text
	}
	return e.begin(ctx, set, m.Entry, captures, ev)
}

// begin starts an instance for a route that was found.
func (e *Engine) begin(
	ctx context.Context, set *store.Set, entry *route.Entry, captures param.Values, ev Event,
) (*instance.Instance, error) {
	compiled, err := e.templates.of(set, entry.Graph)
	if err != nil {
		return nil, err
	}
	t := checked{Template: compiled}
	in := plan.Inputs{Scope: param.Chain(captures, e.scope(ev), param.Env(func(string) bool { return true }))}
	if in.Params, err = presets(entry, in.Scope); err != nil {
		return nil, err
	}
	p, err := t.begins(in)
	if err != nil {
		return nil, err
	}
	limit := time.Duration(p.Policy.Start)
	if limit <= 0 {
		limit = time.Duration(plan.DefaultPolicy().Start)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	part, err := node.New(ctx, p, node.Options{
		Log: e.opt.Log.With("graph", entry.Graph), Hub: e.hub, Registry: e.opt.Registry, Clock: e.opt.Clock,
		Events: told{e.bus}, Sessions: sessions(ev.Sessions), For: ev.convert,
	})
	if err != nil {
		return nil, err
	}
	inst, err := e.launch(ctx, t, in, p, part, ev.wanted)
	if err != nil {
		part.Closed(err)
		return nil, err
	}
	return inst, nil
}

// launch finds out what the peers have and want, joins the Go part and starts the instance.
func (e *Engine) launch(
	ctx context.Context, t checked, in plan.Inputs, p *plan.Plan, part *node.Part, wanted bool,
) (*instance.Instance, error) {
	found, err := part.Describe(ctx)
	if err != nil {
		return nil, err
	}
	if depends(p) {
		in.Given, in.Want = found.Given, found.Want
		if p, err = t.begins(in); err != nil {
			return nil, err
		}
	}
	if err := part.Join(ctx, p); err != nil {
		return nil, err
	}
	inst, err := e.super.Start(ctx, instance.Spec{Template: t, Inputs: in, Ends: part, WhileWanted: wanted})
	if err != nil {
		return nil, err
	}
	part.Bind(inst)
	return inst, nil
}

// depends tells whether what is converted, or is not, depends on what the peers have and want.
func depends(p *plan.Plan) bool {
	return len(p.Pipelines) > 0 || slices.ContainsFunc(p.Nodes, func(n plan.Node) bool { return n.Passes })
}

// presets are the parameters that a route gives its graph.
func presets(entry *route.Entry, scope param.Scope) (map[string]any, error) {
	out := make(map[string]any, len(entry.With))
	for _, w := range entry.With {
		expr, err := param.ParseExpr(w.Value)
		if err != nil {
			return nil, err
		}
		v, err := expr.Eval(scope)
		if err != nil {
			return nil, err
		}
		out[w.Key.Text] = v
	}
	return out, nil
}

// scope is what graphs may use of an event. Variables that the trigger declares and the event leaves out have no value.
func (e *Engine) scope(ev Event) param.Values {
	out := param.Values{}
	if t, ok := e.opt.Registry.Trigger(ev.Name); ok {
		for _, v := range t.Vars {
			out[v.Name] = nil
		}
	}
	for name, v := range ev.Vars {
		out[name] = v
	}
	for role := range ev.Sessions {
		out[role] = role
	}
	return out
}

// vars looks variables up for routes, which compare text.
type vars map[string]any

// Value implements route.Vars.
func (v vars) Value(name string) (string, bool) {
	x, ok := v[name]
	if !ok || x == nil {
		return "", false
	}
	return value.Text(x), true
}

// sessions finds peers for elements.
type sessions map[string]any

// Session implements element.Sessions: by role, with or without the "$" of graphs; "" is the only one there is.
func (s sessions) Session(name string) (any, bool) {
	if name == "" && len(s) == 1 {
		for _, peer := range s {
			return peer, true
		}
	}
	peer, ok := s[strings.TrimPrefix(name, "$")]
	return peer, ok
}

// told raises what elements have to tell.
type told struct{ bus *event.Bus }

// Emit implements element.Events.
func (t told) Emit(name string, vars map[string]any) {
	_, _ = t.bus.Raise(event.Event{Name: name, Vars: vars}) // a closed bus has nobody to hear it
}
