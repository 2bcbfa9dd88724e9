package engine

import (
	"context"
	"crypto/rand"
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
	// Wanted ends what is started when nobody reads what its lazy nodes make any more. What has none goes on.
	Wanted bool

	// Reach says why an element of what is started may not connect to an address; for events that bring addresses. Nil: all may go
	// everywhere that graphs of callers may.
	Reach Reach

	convert hub.Conversion
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
	r, err := e.prepare(set, m.Entry, captures, ev)
	if err != nil {
		return nil, err
	}
	return e.begin(ctx, r)
}

// Claims tells whether the route that an event would take names the first part of its path: "/steady/{stream...}" claims
// "/steady/cam", and "/{stream...}" claims nothing. By that a door whose addresses have more than a name knows that it is all the name.
func (e *Engine) Claims(event, path string, variables map[string]any) bool {
	m, ok := e.opt.Store.Current().Routes().Match(event, path, vars(variables))
	return ok && m.Entry.Pattern.Rooted()
}

// ready is a graph that is about to be started for an event.
type ready struct {
	event    Event
	template checked
	inputs   plan.Inputs
	plan     *plan.Plan // that is run first
}

// prepare makes a graph ready to be started for a route that was found.
func (e *Engine) prepare(set *store.Set, entry *route.Entry, captures param.Values, ev Event) (*ready, error) {
	compiled, err := e.templates.of(set, entry.Graph)
	if err != nil {
		return nil, err
	}
	r := &ready{event: ev, template: checked{Template: compiled}}
	r.inputs.Scope = param.Chain(captures, e.scope(ev), param.Env(func(string) bool { return true }))
	if r.inputs.Params, err = presets(entry, r.inputs.Scope); err != nil {
		return nil, err
	}
	r.plan, err = r.template.begins(r.inputs)
	return r, err
}

// begin starts an instance of a graph that is ready.
func (e *Engine) begin(ctx context.Context, r *ready) (*instance.Instance, error) {
	limit := time.Duration(r.plan.Policy.Start)
	if limit <= 0 {
		limit = time.Duration(plan.DefaultPolicy().Start)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	part, err := node.New(ctx, r.plan, node.Options{
		Log: e.opt.Log.With("graph", r.plan.Graph), Hub: e.hub, Registry: e.opt.Registry, Clock: e.opt.Clock,
		Events: told{e.bus}, Sessions: sessions(r.event.Sessions), For: r.event.convert,
		Reach: e.reach(r.plan.Graph, r.event.Reach),
	})
	if err != nil {
		return nil, err
	}
	inst, err := e.launch(ctx, r.template, r.inputs, r.plan, part, r.event.Wanted)
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
	if len(ev.Sessions) > 0 {
		out["session.id"] = strings.ToLower(rand.Text()) // of this visit: names that are made with it are free, and nobody guesses them
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
