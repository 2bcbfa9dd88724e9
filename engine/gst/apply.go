//go:build cgo && !nogst

package gst

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"sluice/engine/fault"
	"sluice/engine/gst/pipeline"
	"sluice/engine/plan"
	"sluice/engine/run"
)

// Apply implements run.Runtime.
func (r *Runtime) Apply(ctx context.Context, c run.Change) (run.Result, error) {
	var result run.Result
	err := r.perform(ctx, run.CallApply, func(ctx context.Context) (err error) {
		if err = c.Check(); err == nil {
			result, err = r.apply(ctx, c)
		}
		return err
	})
	if err != nil {
		return run.Result{}, err
	}
	return result, nil
}

func (r *Runtime) apply(ctx context.Context, c run.Change) (run.Result, error) {
	switch c.Verb {
	case run.AddBranch:
		return r.addBranch(ctx, c)
	case run.RemoveBranch:
		return run.Result{}, r.change(ctx, c.Plan, func() error {
			if !hasBranch(r.plan, c.Branch) {
				return noBranch(c.Branch)
			}
			return nil
		})
	case run.StartLazy, run.EndLazy:
		return run.Result{}, r.rouse(ctx, c.Branch, c.Verb == run.StartLazy)
	case run.Set:
		return run.Result{}, r.change(ctx, c.Plan, func() error { return r.settable(c.Plan) })
	case run.Do:
		return r.do(ctx, c)
	case run.AskKey:
		return run.Result{}, r.askKey(c.Bridge)
	}
	return run.Result{}, fault.New(fault.InvalidRequest, "", "there is no change %q", c.Verb)
}

func noBranch(name string) error {
	return fault.New(fault.ResourceNotFound, name, "there is no branch of that name")
}

// change plays another plan, if check, which may also note what is wanted from then on, agrees; it is called under mu. After
// an error everything is as it was.
func (r *Runtime) change(ctx context.Context, p *plan.Plan, check func() error) error {
	r.build.Lock()
	defer r.build.Unlock()
	r.mu.Lock()
	before, lazy, lost := r.plan, maps.Clone(r.lazy), maps.Clone(r.lost)
	err := check()
	if err == nil {
		r.plan = p
	}
	r.mu.Unlock()
	if err != nil {
		return err
	}
	if err = r.become(ctx, before, p); err != nil {
		r.mu.Lock()
		r.plan, r.lazy, r.lost = before, lazy, lost
		r.mu.Unlock()
		if back := r.become(ctx, p, before); back != nil {
			r.log.Warn("not all of a change that failed could be undone", "err", back)
		}
	}
	r.prune()
	return err
}

// become plays another plan: pipelines that are only in it begin, those that are not in it end, the others change. The plan
// is the Runtime's already.
func (r *Runtime) become(ctx context.Context, before, p *plan.Plan) error {
	r.openInlets(p)
	if err := r.becomeLegs(before, p); err != nil {
		return err
	}
	for _, l := range r.playingAll() {
		i := slices.IndexFunc(p.Pipelines, func(o plan.Pipeline) bool { return o.Name == l.Name() })
		if i < 0 || !r.wanted(&p.Pipelines[i]) {
			r.finish(ctx, l)
			continue
		}
		if err := l.Move(ctx, &p.Pipelines[i]); err != nil {
			return err
		}
	}
	for i := range p.Pipelines {
		o := &p.Pipelines[i]
		if r.line(o.Name) != nil || r.leg(o.Name) != nil || !r.wanted(o) {
			continue
		}
		if err := r.begin(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

// prune forgets what belongs to bridges and branches that the running plan does not have.
func (r *Runtime) prune() {
	r.mu.Lock()
	defer r.mu.Unlock()
	maps.DeleteFunc(r.inlets, func(name string, _ run.Port) bool {
		return !slices.ContainsFunc(r.plan.Bridges, func(b plan.Bridge) bool { return b.Name == name })
	})
	maps.DeleteFunc(r.lazy, func(name string, _ bool) bool { return !isLazy(r.plan, name) })
	maps.DeleteFunc(r.lost, func(name string, _ bool) bool { return !hasBranch(r.plan, name) })
}

func (r *Runtime) addBranch(ctx context.Context, c run.Change) (run.Result, error) {
	err := r.change(ctx, c.Plan, func() error {
		if hasBranch(r.plan, c.Branch) && !r.lost[c.Branch] {
			return fault.New(fault.NameInUse, c.Branch, "the branch is there already")
		}
		if !hasBranch(c.Plan, c.Branch) {
			return noBranch(c.Branch)
		}
		maps.DeleteFunc(r.lost, func(name string, _ bool) bool { return pipeline.Within(name, c.Branch) })
		return nil
	})
	if err != nil {
		return run.Result{}, err
	}
	out := run.Inlets{}
	for name, in := range r.openInlets(c.Plan) {
		for _, b := range c.Plan.Bridges {
			if b.Name == name && pipeline.Within(b.Branch, c.Branch) {
				out[name] = in
			}
		}
	}
	return run.Result{Inlets: out}, nil
}

// settable tells whether a plan differs from the running one in nothing but values that can be changed now. r.mu is held.
func (r *Runtime) settable(p *plan.Plan) error {
	other := fault.New(fault.InvalidParams, p.Graph, "the new values change which elements there are").
		Advise("such a change takes a restart")
	if len(p.Pipelines) != len(r.plan.Pipelines) || !reflect.DeepEqual(p.Bridges, r.plan.Bridges) {
		return other
	}
	for i := range p.Pipelines {
		was, now := &r.plan.Pipelines[i], &p.Pipelines[i]
		if was.Name != now.Name || !slices.Equal(firm(was), firm(now)) {
			return other
		}
		if d := plan.Compare(was, now); !d.Loose(was, now) || len(d.Unsettled) > 0 {
			return other
		}
	}
	return nil
}

// firm lists the branches of a pipeline but for those that come and go with what is set.
func firm(p *plan.Pipeline) []plan.Branch {
	return slices.DeleteFunc(slices.Clone(p.Branches), func(b plan.Branch) bool { return b.Kind == plan.Apart })
}

// rouse starts or ends a lazy branch or pipeline.
func (r *Runtime) rouse(ctx context.Context, name string, wanted bool) error {
	r.mu.Lock()
	p, is := r.plan, r.lazy[name]
	r.mu.Unlock()
	if !isLazy(p, name) {
		return fault.New(fault.ResourceNotFound, name, "there is no lazy branch of that name")
	}
	if is == wanted {
		return nil
	}
	return r.change(ctx, p, func() error {
		if wanted {
			r.lazy[name] = true
		} else {
			delete(r.lazy, name)
		}
		return nil
	})
}

// askKey asks what feeds a bridge for a key frame.
func (r *Runtime) askKey(bridge string) error {
	for _, l := range r.playing() {
		if l.AskKey(bridge) {
			return nil
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if slices.ContainsFunc(r.plan.Bridges, func(b plan.Bridge) bool { return b.Name == bridge && b.Direction == plan.OutOfGst }) {
		return nil // it sleeps, and begins with a key frame
	}
	return fault.New(fault.ResourceNotFound, bridge, "there is no bridge of that name out of GStreamer")
}

// do runs an action of a node. What gives results does so through an appsink of its own.
func (r *Runtime) do(ctx context.Context, c run.Change) (run.Result, error) {
	if c.Action != "snapshot" {
		return run.Result{}, fault.New(fault.ResourceNotFound, c.Node, "there is no action %q here", c.Action)
	}
	for ctx.Err() == nil {
		there := false
		for _, l := range r.playing() {
			data, caps, ended, is := l.Pull(c.Node, 100*time.Millisecond)
			if data != nil {
				kind, _, _ := strings.Cut(caps, ",")
				return run.Result{Type: kind, Bytes: data}, nil
			}
			there = there || is && !ended
		}
		if !there {
			return run.Result{}, fault.New(fault.ResourceNotFound, c.Node, "the node does not play")
		}
	}
	return run.Result{}, fault.New(fault.Stalled, c.Node, "no picture came").Advise("is the stream live?")
}
