package instance

import (
	"cmp"
	"context"
	"slices"
	"sync"
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
	Cost     float64      `json:"cost,omitempty"`     // CPUs
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
	s, _ := i.board.look()
	return s
}

// Report asks the Runtime how it is. If that does not answer within Limits.Inspect or before ctx is done, the answer is
// what it said last, marked stale.
func (i *Instance) Report(ctx context.Context) Report {
	return Report{Status: i.Status(), Runtime: i.report.ask(ctx, i.opts.Limits.Inspect), Unread: i.unread.Load()}
}

// publish shows how the instance is now.
func (o *owner) publish() {
	p := o.shape.Plan()
	o.inst.board.write(Status{
		ID: o.inst.id, Graph: p.Graph, Plan: p.Hash, State: o.state, Since: o.since, Fault: event.CauseOf(o.last), Restarts: o.restarts,
		Retry: o.retryAt, Dropped: o.dropped, Lost: o.lost, Branches: o.branches(), Cost: p.Policy.Cost,
	})
}

func (o *owner) branches() []Branch {
	var out []Branch
	for name, k := range o.keys {
		b := Branch{Name: name, Kind: plan.Keyed, Runs: k.in && o.at != nil}
		if f := o.fallen[name]; f != nil {
			b.Fault = event.CauseOf(f.err)
		}
		out = append(out, b)
	}
	for name, l := range o.lazy {
		out = append(out, Branch{Name: name, Kind: plan.Lazy, Runs: l.on, Readers: l.readers, Fault: event.CauseOf(l.err)})
	}
	for name, f := range o.fallen {
		if o.keys[name] == nil {
			out = append(out, Branch{Name: name, Kind: plan.Apart, Fault: event.CauseOf(f.err)})
		}
	}
	slices.SortFunc(out, func(a, b Branch) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// board shows the newest status to whoever looks.
type board struct {
	mu      sync.Mutex
	status  Status
	changed chan struct{} // closed when there is another state
}

func (b *board) write(s Status) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.changed == nil || s.State != b.status.State {
		if b.changed != nil {
			close(b.changed)
		}
		b.changed = make(chan struct{})
	}
	b.status = s
}

func (b *board) look() (Status, <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.status, b.changed
}

// reporter asks the Runtime of the moment and keeps what it said last.
type reporter struct {
	mu   sync.Mutex
	rt   run.Runtime // nil when there is none
	last run.Report
}

func (r *reporter) use(rt run.Runtime) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rt = rt
}

func (r *reporter) ask(ctx context.Context, limit time.Duration) run.Report {
	r.mu.Lock()
	rt, last := r.rt, r.last
	r.mu.Unlock()
	last.Stale = true
	if rt == nil {
		return last
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	report, err := rt.Inspect(ctx)
	if err != nil {
		return last
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = report
	return report
}
