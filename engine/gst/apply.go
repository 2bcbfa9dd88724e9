//go:build cgo && !nogst

package gst

import (
	"context"
	"slices"
	"strings"
	"time"

	"sluice/engine/fault"
	"sluice/engine/gst/shim"
	"sluice/engine/plan"
	"sluice/engine/run"
)

// Apply implements run.Runtime.
func (r *Runtime) Apply(ctx context.Context, c run.Change) (run.Result, error) {
	var result run.Result
	err := r.perform(ctx, run.CallApply, func(ctx context.Context) error {
		if err := c.Check(); err != nil {
			return err
		}
		r.build.Lock()
		defer r.build.Unlock()
		var err error
		result, err = r.apply(ctx, c)
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
		if !r.branchPlays(c.Branch) && !hasBranch(r.plan, c.Branch) {
			return run.Result{}, noBranch(c.Branch)
		}
		return run.Result{}, r.become(ctx, c.Plan)
	case run.StartLazy, run.EndLazy:
		return run.Result{}, r.rouse(ctx, c.Branch, c.Verb == run.StartLazy)
	case run.Set:
		return run.Result{}, r.set(ctx, c.Plan)
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

// hasBranch tells whether a plan has a branch, in a pipeline or as a whole one.
func hasBranch(p *plan.Plan, name string) bool {
	return slices.ContainsFunc(p.Pipelines, func(l plan.Pipeline) bool {
		return slices.ContainsFunc(l.Branches, func(b plan.Branch) bool { return b.Name == name })
	}) || slices.ContainsFunc(p.Nodes, func(n plan.Node) bool { return n.Branch == name })
}

// within tells whether a branch is another or a part of it.
func within(branch, of string) bool { return branch == of || strings.HasPrefix(branch, of+"/") }

// branchPlays tells whether anything of a branch is there.
func (r *Runtime) branchPlays(name string) bool {
	for _, l := range r.playing() {
		l.mu.Lock()
		for _, e := range l.elems {
			if within(e.Branch, name) {
				l.mu.Unlock()
				return true
			}
		}
		l.mu.Unlock()
	}
	return false
}

func (r *Runtime) addBranch(ctx context.Context, c run.Change) (run.Result, error) {
	if r.branchPlays(c.Branch) {
		return run.Result{}, fault.New(fault.NameInUse, c.Branch, "the branch is there already")
	}
	if !hasBranch(c.Plan, c.Branch) {
		return run.Result{}, noBranch(c.Branch)
	}
	for _, l := range r.playing() {
		l.welcome(c.Branch)
	}
	before := r.plan
	if err := r.become(ctx, c.Plan); err != nil {
		_ = r.become(ctx, before) // what came is taken out again already; this gives back what else moved
		return run.Result{}, err
	}
	out := run.Inlets{}
	for name, in := range r.openInlets(c.Plan) {
		for _, b := range c.Plan.Bridges {
			if b.Name == name && within(b.Branch, c.Branch) {
				out[name] = in
			}
		}
	}
	return run.Result{Inlets: out}, nil
}

// become plays another plan: pipelines that are only in it begin, those that are not in it end, the others change.
func (r *Runtime) become(ctx context.Context, p *plan.Plan) error {
	r.mu.Lock()
	before := r.plan
	r.plan = p
	r.mu.Unlock()
	r.openInlets(p)
	if err := r.becomeLegs(before, p); err != nil {
		return err
	}
	for _, l := range r.playingAll() {
		i := slices.IndexFunc(p.Pipelines, func(o plan.Pipeline) bool { return o.Name == l.name })
		if i < 0 {
			l.finishOff(ctx)
			continue
		}
		if err := l.move(ctx, &p.Pipelines[i]); err != nil {
			return err
		}
	}
	for i := range p.Pipelines {
		o := &p.Pipelines[i]
		if r.line(o.Name) != nil || r.leg(o.Name) != nil || o.Lazy && !r.lazily(o.Name) {
			continue
		}
		if err := r.begin(ctx, o); err != nil {
			return err
		}
	}
	return nil
}

// begin makes a pipeline and plays it.
func (r *Runtime) begin(ctx context.Context, p *plan.Pipeline) error {
	err := r.assemble(p)
	l := r.line(p.Name)
	if err == nil {
		err = l.start(ctx)
	}
	if err != nil && l != nil {
		l.shut()
		l.halt()
		l.release()
	}
	return err
}

// finishOff ends a pipeline while others play: its sinks have until ctx is done.
func (l *pipeline) finishOff(ctx context.Context) {
	l.end()
	l.await(ctx, func(*elem) bool { return true })
	l.shut()
	l.halt()
	l.release()
}

// set plays a plan that differs in values only.
func (r *Runtime) set(ctx context.Context, p *plan.Plan) error {
	for i := range p.Pipelines {
		o := &p.Pipelines[i]
		l := r.line(o.Name)
		if l == nil {
			continue
		}
		d := plan.Compare(l.current(), l.target(o))
		if d.Structural() || len(d.Unsettled) > 0 {
			return fault.New(fault.InvalidParams, o.Name, "the new values change which elements there are").
				Advise("such a change takes a restart")
		}
		if err := l.playable(d); err != nil {
			return err
		}
	}
	return r.become(ctx, p)
}

// rouse starts or ends a lazy branch or pipeline.
func (r *Runtime) rouse(ctx context.Context, name string, wanted bool) error {
	if !isLazy(r.plan, name) {
		return fault.New(fault.ResourceNotFound, name, "there is no lazy branch of that name")
	}
	r.mu.Lock()
	was := r.lazy[name]
	if wanted {
		r.lazy[name] = true
	} else {
		delete(r.lazy, name)
	}
	r.mu.Unlock()
	if was == wanted {
		return nil
	}
	if l := r.line(name); l != nil && !wanted && l.plan.Lazy {
		l.finishOff(ctx)
		return nil
	}
	for _, l := range r.playing() {
		l.welcome(name)
	}
	err := r.become(ctx, r.plan)
	if err != nil {
		r.mu.Lock()
		delete(r.lazy, name)
		r.mu.Unlock()
	}
	return err
}

func isLazy(p *plan.Plan, name string) bool {
	return slices.ContainsFunc(p.Pipelines, func(l plan.Pipeline) bool {
		return l.Lazy && l.Name == name || slices.ContainsFunc(l.Branches, func(b plan.Branch) bool {
			return b.Name == name && b.Kind == plan.Lazy
		})
	})
}

func (r *Runtime) lazily(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.lazy[name]
}

func (r *Runtime) line(name string) *pipeline {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.lines[name]
}

// welcome lets the elements of a branch that had failed come again.
func (l *pipeline) welcome(branch string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.plan.Elements {
		if within(e.Branch, branch) {
			delete(l.absent, e.Name)
		}
	}
}

// lose takes a branch that failed out, with the branches in it.
func (l *pipeline) lose(branch string) {
	l.rt.build.Lock()
	defer l.rt.build.Unlock()
	l.mu.Lock()
	var gone []*elem
	for _, e := range l.elems {
		if within(e.Branch, branch) {
			gone = append(gone, e)
		}
	}
	for _, e := range l.plan.Elements {
		if within(e.Branch, branch) {
			l.absent[e.Name] = true
		}
	}
	l.mu.Unlock()
	l.take(gone)
	l.rt.mu.Lock()
	for name := range l.rt.lazy {
		if within(name, branch) {
			delete(l.rt.lazy, name)
		}
	}
	l.rt.mu.Unlock()
}

// askKey asks what feeds a bridge for a key frame.
func (r *Runtime) askKey(bridge string) error {
	for _, l := range r.playing() {
		if e := l.elem(bridge); e != nil && e.Role == plan.RoleBridge && e.inlet == nil {
			shim.AskKey(e.object())
			return nil
		}
	}
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
	e := r.results(c.Node)
	if e == nil {
		return run.Result{}, fault.New(fault.ResourceNotFound, c.Node, "the node does not play")
	}
	for ctx.Err() == nil {
		data, caps, ended := shim.Pull(e.object(), 100*time.Millisecond)
		if data != nil {
			kind, _, _ := strings.Cut(caps, ",")
			return run.Result{Type: kind, Bytes: data}, nil
		}
		if ended {
			break
		}
	}
	return run.Result{}, fault.New(fault.Stalled, c.Node, "no picture came").Advise("is the stream live?")
}

// results finds the appsink in which a node's results wait.
func (r *Runtime) results(node string) *elem {
	for _, l := range r.playing() {
		l.mu.Lock()
		for _, e := range l.elems {
			if e.Node == node && e.Factory == "appsink" && e.Role != plan.RoleBridge {
				l.mu.Unlock()
				return e
			}
		}
		l.mu.Unlock()
	}
	return nil
}
