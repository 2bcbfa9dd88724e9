package fake

import (
	"slices"

	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run"
)

// apply makes a change, under the lock.
func (r *Runtime) apply(c run.Change) (run.Result, error) {
	if err := c.Check(); err != nil {
		return run.Result{}, err
	}
	if err := r.refuse(c); err != nil {
		return run.Result{}, err
	}
	var result run.Result
	if answer := r.answers[c.Verb]; answer != nil {
		var err error
		if result, err = answer(c); err != nil {
			return run.Result{}, err
		}
	}
	at, runs := slices.BinarySearch(r.lazy, c.Branch)
	switch c.Verb {
	case run.AddBranch:
		r.plan, r.branches = c.Plan, append(r.branches, c.Branch)
		result.Inlets = r.open(c.Plan, c.Branch)
	case run.RemoveBranch:
		r.close(c.Branch)
		r.plan = c.Plan
		r.branches = slices.DeleteFunc(r.branches, func(b string) bool { return b == c.Branch })
	case run.Set:
		r.plan = c.Plan
	case run.StartLazy:
		if !runs {
			r.lazy = slices.Insert(r.lazy, at, c.Branch)
		}
	case run.EndLazy:
		if runs {
			r.lazy = slices.Delete(r.lazy, at, at+1)
		}
	}
	return result, nil
}

// refuse says what of a change does not fit what runs.
func (r *Runtime) refuse(c run.Change) error {
	var kind, name string
	found := c.Verb == run.Set
	switch c.Verb {
	case run.AddBranch:
		if slices.Contains(r.branches, c.Branch) {
			return fault.New(fault.NameInUse, c.Branch, "the branch is there already")
		}
		kind, name = "branch", c.Branch
		found = hasBranch(c.Plan, c.Branch, plan.Keyed) || hasBranch(c.Plan, c.Branch, plan.Apart)
	case run.RemoveBranch:
		kind, name, found = "branch", c.Branch, slices.Contains(r.branches, c.Branch)
	case run.StartLazy, run.EndLazy:
		kind, name, found = "lazy branch", c.Branch, hasBranch(r.plan, c.Branch, plan.Lazy)
	case run.Do:
		kind, name = "node", c.Node
		found = slices.ContainsFunc(r.plan.Nodes, func(n plan.Node) bool { return n.Name == c.Node })
	case run.AskKey:
		kind, name = "bridge", c.Bridge
		found = slices.ContainsFunc(r.plan.Bridges, func(b plan.Bridge) bool {
			return b.Name == c.Bridge && b.Direction == plan.OutOfGst
		})
	}
	if !found {
		return fault.New(fault.ResourceNotFound, name, "there is no %s of that name", kind)
	}
	return nil
}

// present lists the branches of a plan that are there from the start and may leave.
func present(p *plan.Plan) []string {
	var out []string
	for _, l := range p.Pipelines {
		for _, b := range l.Branches {
			if b.Kind != plan.Lazy && !slices.Contains(out, b.Name) {
				out = append(out, b.Name)
			}
		}
	}
	return out
}

// hasBranch finds a branch of a kind, or a lazy pipeline.
func hasBranch(p *plan.Plan, name string, kind plan.BranchKind) bool {
	return slices.ContainsFunc(p.Pipelines, func(l plan.Pipeline) bool {
		return kind == plan.Lazy && l.Lazy && l.Name == name ||
			slices.ContainsFunc(l.Branches, func(b plan.Branch) bool { return b.Kind == kind && b.Name == name })
	})
}

// open makes the inlets of a branch; "" is what belongs to none, and to branches that are there from the start.
func (r *Runtime) open(p *plan.Plan, branch string) run.Inlets {
	inlets := run.Inlets{}
	for _, b := range p.Bridges {
		if b.Direction == plan.IntoGst && (branch == "" || b.Branch == branch) {
			r.inlets[b.Name] = NewPort()
			inlets[b.Name] = r.inlets[b.Name]
		}
	}
	return inlets
}

// close ends the inlets of a branch.
func (r *Runtime) close(branch string) {
	for _, b := range r.plan.Bridges {
		if in := r.inlets[b.Name]; in != nil && b.Branch == branch {
			in.Mark(run.End)
		}
	}
}
