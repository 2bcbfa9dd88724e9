//go:build cgo && !nogst

package gst

import (
	"slices"
	"time"

	"sluice/engine/fault"
	"sluice/engine/gst/pipeline"
	"sluice/engine/plan"
	"sluice/engine/run"
)

// takeOut is how long a broken branch may take to stop.
const takeOut = 5 * time.Second

// branchFailed takes a branch out that failed and tells of it, beside whatever is at work.
func (r *Runtime) branchFailed(branch, node string, err error) {
	r.work.Go(func() { r.giveUp(branch, node, err) })
}

// giveUp takes a branch out that failed and tells of it, unless it has left meanwhile.
func (r *Runtime) giveUp(branch, node string, err error) {
	r.build.Lock()
	defer r.build.Unlock()
	if !r.plays(branch) {
		return
	}
	late := time.AfterFunc(takeOut, func() {
		r.over(fault.New(fault.Lost, node, "branch %q failed and does not stop", branch).Because(err))
	})
	r.lose(branch)
	if late.Stop() {
		r.tell(run.Notice{Kind: run.BranchGone, Node: node, Branch: branch, Err: err})
	}
}

// chainFailed deals with a chain that is of no use any more.
func (r *Runtime) chainFailed(name, node string, err error) {
	if branch := r.branchOf(name); branch != "" {
		r.branchFailed(branch, node, err)
		return
	}
	r.over(err)
}

// branchOf is the branch that a pipeline may take with it when it fails: its own name if it is lazy, or the one that all of
// it is in; "" if it takes all.
func (r *Runtime) branchOf(name string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.IndexFunc(r.plan.Pipelines, func(p plan.Pipeline) bool { return p.Name == name })
	if i < 0 {
		return ""
	}
	p := &r.plan.Pipelines[i]
	for _, b := range p.Branches {
		if pipeline.Dispensable(b) && only(p, b.Name) {
			return b.Name
		}
	}
	if p.Lazy {
		return name
	}
	return ""
}

// only tells whether all of a pipeline is in a branch.
func only(p *plan.Pipeline, branch string) bool {
	return !slices.ContainsFunc(p.Elements, func(e plan.Element) bool { return !pipeline.Within(e.Branch, branch) })
}

// plays tells whether a branch, or a lazy pipeline, is there.
func (r *Runtime) plays(branch string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return hasBranch(r.plan, branch) && !r.asleepNow(branch)
}

// lose takes a branch that failed out, of all pipelines. One that is lazy comes again when somebody reads; any other when it
// is added. The build lock is held.
func (r *Runtime) lose(branch string) {
	r.mu.Lock()
	if !isLazy(r.plan, branch) {
		r.lost[branch] = true
	}
	for name := range r.lazy {
		if pipeline.Within(name, branch) {
			delete(r.lazy, name)
		}
	}
	r.mu.Unlock()
	r.rest()
	for _, l := range r.playingAll() {
		if p := l.Plan(); p.Lazy && p.Name == branch || only(p, branch) {
			r.dismiss(l)
			continue
		}
		l.Lose(branch)
	}
}

// asleep tells whether a branch, or a lazy pipeline, should not play: nobody wants it, or it has failed, or it is in a branch
// that is so.
func (r *Runtime) asleep(branch string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.asleepNow(branch)
}

// asleepNow is asleep with r.mu held.
func (r *Runtime) asleepNow(branch string) bool {
	for name := range r.lost {
		if pipeline.Within(branch, name) {
			return true
		}
	}
	for i := range r.plan.Pipelines {
		p := &r.plan.Pipelines[i]
		if p.Lazy && p.Name == branch && !r.lazy[branch] {
			return true
		}
		for _, b := range p.Branches {
			if b.Kind == plan.Lazy && !r.lazy[b.Name] && pipeline.Within(branch, b.Name) {
				return true
			}
		}
	}
	return false
}

// wanted tells whether anything of a pipeline of the running plan should play.
func (r *Runtime) wanted(p *plan.Pipeline) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.wantedNow(p)
}

// wantedNow is wanted with r.mu held.
func (r *Runtime) wantedNow(p *plan.Pipeline) bool {
	return (!p.Lazy || r.lazy[p.Name]) &&
		slices.ContainsFunc(p.Elements, func(e plan.Element) bool { return !r.asleepNow(e.Branch) })
}

// hasBranch tells whether a plan has a branch, in a pipeline or as a whole one.
func hasBranch(p *plan.Plan, name string) bool {
	return slices.ContainsFunc(p.Pipelines, func(l plan.Pipeline) bool {
		return l.Lazy && l.Name == name || slices.ContainsFunc(l.Branches, func(b plan.Branch) bool { return b.Name == name })
	}) || slices.ContainsFunc(p.Nodes, func(n plan.Node) bool { return n.Branch == name })
}

func isLazy(p *plan.Plan, name string) bool {
	return slices.ContainsFunc(p.Pipelines, func(l plan.Pipeline) bool {
		return l.Lazy && l.Name == name || slices.ContainsFunc(l.Branches, func(b plan.Branch) bool {
			return b.Name == name && b.Kind == plan.Lazy
		})
	})
}
