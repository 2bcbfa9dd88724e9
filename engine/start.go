package engine

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"sluice/engine/fault"
	"sluice/engine/node"
	"sluice/engine/param"
	"sluice/engine/plan"
	"sluice/engine/route"
	"sluice/engine/run/instance"
	"sluice/engine/run/shape"
)

// startEvent is the event of graphs that somebody starts by their names.
const startEvent = "rest.start"

// Start says which graph somebody starts by its name.
type Start struct {
	Graph  string
	ID     string         // of the instance; "": it gets one
	Params map[string]any // by name, typed or as JSON has them; they go before those that the graph's route gives
	// Check looks at every plan that the instance is to run, also at those that it gets by a request later. What it refuses is not
	// started, and leaves what runs as it was. Nil refuses nothing.
	Check func(*plan.Plan) error
	// Reach says why an element of the instance may not connect to an address, as Check does of what is written in plans. Nil: all may
	// go everywhere that graphs of callers may.
	Reach Reach
}

// Run starts a graph by its name, as Raise does for an event. Only graphs with the route "rest.start" are started like this:
// others are fault.NoRoute, and one that is not there fault.GraphNotFound. Parameters that do not fit are fault.InvalidParams, all of
// them joined, each with a JSON pointer as its place; an ID that is taken is fault.NameInUse.
func (e *Engine) Run(ctx context.Context, s Start) (*instance.Instance, error) {
	inst, err := e.byName(ctx, s)
	e.count(startEvent, err)
	return inst, err
}

// byName starts a graph by its name.
func (e *Engine) byName(ctx context.Context, s Start) (*instance.Instance, error) {
	set := e.opt.Store.Current()
	t, err := e.templates.of(set, s.Graph)
	if err != nil {
		return nil, err
	}
	routes := set.Routes().Every(startEvent, nil)
	i := slices.IndexFunc(routes, func(r *route.Entry) bool { return r.Graph == s.Graph })
	if i < 0 {
		return nil, fault.New(fault.NoRoute, s.Graph, "the graph %q is not started by hand", s.Graph).
			Advise("it needs a route %q", startEvent)
	}
	scope := param.Chain(e.scope(Event{Name: startEvent}), param.Env(func(string) bool { return true }))
	in := plan.Inputs{Scope: scope}
	if in.Params, err = presets(routes[i], scope); err != nil {
		return nil, err
	}
	maps.Copy(in.Params, s.Params)
	if _, wrong := param.Bind(t.Params(), in.Params, scope); len(wrong) > 0 {
		return nil, errors.Join(wrong...) // Resolve would tell only the first
	}
	return e.run(ctx, checked{t, s.Check}, in, s)
}

// run starts an instance whose inputs are known.
func (e *Engine) run(ctx context.Context, t checked, in plan.Inputs, s Start) (*instance.Instance, error) {
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
		Log: e.opt.Log.With("graph", s.Graph), Hub: e.hub, Registry: e.opt.Registry, Clock: e.opt.Clock,
		Events: told{e.bus}, Sessions: sessions(nil), Reach: e.reach(s.Graph, s.Reach),
	})
	if err != nil {
		return nil, err
	}
	inst, err := e.join(ctx, t, in, p, part, s.ID)
	if err != nil {
		part.Closed(err)
		return nil, err
	}
	return inst, nil
}

// join does for what was started by its name what launch does for an event.
func (e *Engine) join(
	ctx context.Context, t checked, in plan.Inputs, p *plan.Plan, part *node.Part, id string,
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
	inst, err := e.super.Start(ctx, instance.Spec{ID: id, Template: t, Inputs: in, Ends: part})
	if err != nil {
		return nil, err
	}
	part.Bind(inst)
	return inst, nil
}

// checked is a template whose plans are looked at before anybody gets them.
type checked struct {
	*plan.Template
	check func(*plan.Plan) error
}

// Resolve implements instance.Template.
func (c checked) Resolve(in plan.Inputs) (*plan.Plan, error) {
	p, err := c.Template.Resolve(in)
	if err != nil || c.check == nil {
		return p, err
	}
	runs, err := c.runs(p, in)
	if err != nil {
		return nil, err
	}
	if err := c.check(runs); err != nil {
		return nil, err
	}
	return p, nil
}

// Renew implements instance.Renewer: who looks at the plans of a graph looks at those of what it has become, too.
func (c checked) Renew(next instance.Template) instance.Template {
	if t, ok := next.(*plan.Template); ok {
		return checked{t, c.check}
	}
	return next
}

// begins is the plan that is run first, in which no keyed node has a key.
func (c checked) begins(in plan.Inputs) (*plan.Plan, error) {
	p, err := c.Resolve(in)
	if err != nil {
		return nil, err
	}
	return c.runs(p, in)
}

// runs is the plan without what stands in for keys to come, which nothing runs: it has no values that could be looked at.
func (c checked) runs(p *plan.Plan, in plan.Inputs) (*plan.Plan, error) {
	in.Keys = maps.Clone(in.Keys)
	for {
		stand := shape.Placeholders(p)
		if len(stand) == 0 {
			return p, nil
		}
		if in.Keys == nil {
			in.Keys = map[string][]plan.Key{}
		}
		for _, node := range stand {
			in.Keys[node] = []plan.Key{}
		}
		var err error
		if p, err = c.Template.Resolve(in); err != nil {
			return nil, err
		}
	}
}
