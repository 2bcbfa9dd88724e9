package instance

import (
	"cmp"
	"context"
	"slices"
	"time"

	"sluice/engine/event"
	"sluice/engine/plan"
	"sluice/engine/run"
)

// Status is how an instance is at one moment, as its owner sees it. It is not changed afterwards.
type Status struct {
	ID       string       `json:"id"`
	Graph    string       `json:"graph"`
	Plan     string       `json:"plan"` // the hash
	State    run.State    `json:"state"`
	Since    time.Time    `json:"since"`              // of the state
	Fault    *event.Cause `json:"fault,omitempty"`    // what went wrong last, also if it is mended
	Restarts int          `json:"restarts,omitempty"` // so far
	Retry    time.Time    `json:"retry,omitzero"`     // when it begins anew, while it waits for that
	Dropped  int          `json:"dropped,omitempty"`  // branches that failed and left for good, so far
	Lost     int          `json:"lost,omitempty"`     // Runtimes that were given up, so far
	Branches []Branch     `json:"branches,omitempty"` // those that come and go, by name
	Cost     float64      `json:"cost,omitempty"`     // CPUs, by the plan's estimate
	Busy     float64      `json:"busy,omitempty"`     // CPUs that it keeps busy, at the most lately; 0 before that is known
}

// Branch is how one branch of an instance is.
type Branch struct {
	Name    string          `json:"name"`
	Kind    plan.BranchKind `json:"kind"`
	Runs    bool            `json:"runs"`
	Readers int             `json:"readers,omitempty"` // of a lazy one
	Fault   *event.Cause    `json:"fault,omitempty"`   // why it does not run
}

// Report is a Status and what the Runtime counts.
type Report struct {
	Status  Status     `json:"status"`
	Runtime run.Report `json:"runtime"`
	Unread  uint64     `json:"unread,omitempty"` // units that came out of bridges that nobody reads
}

// Status tells how the instance is. It does not wait.
func (i *Instance) Status() Status {
	s, _ := i.board.Look()
	s.Busy = float64(i.busy.Load()) / 1e6
	return s
}

// Measured says how many CPUs the instance keeps busy, for Status.
func (i *Instance) Measured(cpus float64) { i.busy.Store(uint64(max(cpus, 0) * 1e6)) }

// Report asks the Runtime how it is. If that does not answer within Limits.Inspect or before ctx is done, the answer is
// what it said last, marked stale.
func (i *Instance) Report(ctx context.Context) Report {
	return Report{Status: i.Status(), Runtime: i.report.Ask(ctx, i.opts.Limits.Inspect), Unread: i.unread.Load()}
}

// Usage is what the process that plays it has used, which may be other instances' too; false where there is none of its own kind.
func (i *Instance) Usage() (run.Usage, bool) { return i.report.Usage() }

// publish shows how the instance is now.
func (o *owner) publish() {
	p := o.shape.Plan()
	changed := o.inst.Status().State != o.state
	o.inst.board.Write(Status{
		ID: o.inst.id, Graph: p.Graph, Plan: p.Hash, State: o.state, Since: o.since, Fault: event.CauseOf(o.last), Restarts: o.restarts,
		Retry: o.retryAt, Dropped: o.dropped, Lost: o.lost, Branches: o.branches(), Cost: p.Policy.Cost,
	}, changed)
}

func (o *owner) branches() []Branch {
	var out []Branch
	for k := range o.roster.All() {
		b := Branch{Name: k.Branch, Kind: plan.Keyed, Runs: k.In && o.at != nil}
		if f := o.fallen[k.Branch]; f != nil {
			b.Fault = event.CauseOf(f.err)
		}
		out = append(out, b)
	}
	for name, l := range o.lazy {
		out = append(out, Branch{Name: name, Kind: plan.Lazy, Runs: l.on, Readers: l.readers, Fault: event.CauseOf(l.err)})
	}
	for name, f := range o.fallen {
		if o.roster.Key(name) == nil {
			out = append(out, Branch{Name: name, Kind: plan.Apart, Fault: event.CauseOf(f.err)})
		}
	}
	slices.SortFunc(out, func(a, b Branch) int { return cmp.Compare(a.Name, b.Name) })
	return out
}
