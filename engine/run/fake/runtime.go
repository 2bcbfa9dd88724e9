// Package fake has a Runtime and a Host for tests. The Runtime plays nothing: it holds to the contract of run.Runtime
// as strictly as it can, records what was called, and fails, hangs or crashes when told to.
package fake

import (
	"context"
	"slices"
	"sync"

	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run"
)

// Runtime is a run.Runtime. All methods are safe for concurrent use.
type Runtime struct {
	call     sync.Mutex    // held by Prepare, Start, Apply or Drain, and by Stop once they have returned
	stopping chan struct{} // closed when Stop begins
	crashed  chan struct{} // closed by Crash
	done     chan struct{} // closed when the first Stop returns

	mu       sync.Mutex
	phase    run.Phase
	busy     bool // a call is at work
	plan     *plan.Plan
	host     run.Host // nil before Prepare and after Stop
	calls    []Call
	orders   map[run.Call]order
	answers  map[run.Verb]func(run.Change) (run.Result, error)
	inlets   map[string]*Port
	branches []string // keyed ones that are there, and those that may fail alone
	lazy     []string // lazy ones that run, sorted
	crash    error
	stopErr  error

	inspected func(*run.Report)
	used      func() (run.Usage, bool)
}

// Call is one call that was made, also if it was refused.
type Call struct {
	Call   run.Call
	Plan   string // the hash of Prepare's plan
	Change run.Change
	Err    error
}

// order is what a call was told to do.
type order struct {
	err     error
	entered chan struct{} // not nil: hang until released
	release chan struct{}
}

// New makes a Runtime that does as it is asked.
func New() *Runtime {
	return &Runtime{
		phase: run.Fresh, stopping: make(chan struct{}), crashed: make(chan struct{}), done: make(chan struct{}),
		orders: map[run.Call]order{}, answers: map[run.Verb]func(run.Change) (run.Result, error){}, inlets: map[string]*Port{},
	}
}

// Prepare implements run.Runtime. There is an inlet for each bridge of the plan that leads into GStreamer.
func (r *Runtime) Prepare(ctx context.Context, p *plan.Plan, host run.Host) (run.Inlets, error) {
	var inlets run.Inlets
	err := r.do(ctx, Call{Call: run.CallPrepare, Plan: p.Hash}, func() error {
		r.plan, r.host, r.branches = p, host, present(p)
		inlets = r.open(p, "")
		return nil
	})
	if err != nil {
		return nil, err
	}
	return inlets, nil
}

// Start implements run.Runtime.
func (r *Runtime) Start(ctx context.Context) error {
	return r.do(ctx, Call{Call: run.CallStart}, func() error { return nil })
}

// Apply implements run.Runtime. It checks that what the change names is in the plan, and keeps track of branches.
func (r *Runtime) Apply(ctx context.Context, c run.Change) (run.Result, error) {
	var result run.Result
	err := r.do(ctx, Call{Call: run.CallApply, Change: c}, func() (err error) {
		result, err = r.apply(c)
		return err
	})
	return result, err
}

// Drain implements run.Runtime. The ports that the plan's bridges lead to get their end.
func (r *Runtime) Drain(ctx context.Context) error {
	return r.do(ctx, Call{Call: run.CallDrain}, func() error {
		for _, b := range r.plan.Bridges {
			if b.Direction == plan.OutOfGst {
				r.host.Outlet(b.Name).Mark(run.End)
			}
		}
		return nil
	})
}

// Stop implements run.Runtime.
func (r *Runtime) Stop(ctx context.Context) error {
	if err := bounded(ctx, run.CallStop); err != nil {
		return err
	}
	r.mu.Lock()
	again := r.phase == run.Closed
	r.phase = run.Closed
	r.calls = append(r.calls, Call{Call: run.CallStop})
	told := r.orders[run.CallStop]
	r.mu.Unlock()
	if again {
		select {
		case <-r.done:
			return r.stopErr
		case <-ctx.Done():
			return lost(run.CallStop)
		}
	}
	close(r.stopping)
	err := told.err
	if told.entered != nil {
		err = hang(ctx, run.CallStop, told, nil, nil)
	}
	r.call.Lock() // the call at work has noticed
	defer r.call.Unlock()
	r.mu.Lock()
	r.host, r.stopErr = nil, err
	r.mu.Unlock()
	close(r.done)
	return err
}

// Inspect implements run.Runtime. The report is stale while a call is at work, as from a Runtime that hangs.
func (r *Runtime) Inspect(ctx context.Context) (run.Report, error) {
	if err := ctx.Err(); err != nil {
		return run.Report{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	report := run.Report{Phase: r.phase, Stale: r.busy, Lazy: slices.Clone(r.lazy)}
	if r.plan != nil {
		report.Plan = r.plan.Hash
	}
	if r.inspected != nil {
		r.inspected(&report)
	}
	return report, nil
}

// do makes one call: refuses it, or lets it fail or hang as told, or runs work under the lock.
func (r *Runtime) do(ctx context.Context, c Call, work func() error) (err error) {
	defer func() {
		c.Err = err
		r.mu.Lock()
		r.calls = append(r.calls, c)
		r.mu.Unlock()
	}()
	if err := bounded(ctx, c.Call); err != nil {
		return err
	}
	if !r.call.TryLock() {
		select {
		case <-r.stopping: // and Stop is at work itself
			return fault.New(fault.Closed, "", "%s after stop", c.Call)
		default:
			return fault.New(fault.Internal, "", "%s called while another call is at work", c.Call)
		}
	}
	defer r.call.Unlock()
	r.mu.Lock()
	next, err := r.phase.After(c.Call)
	told := r.orders[c.Call]
	r.busy = err == nil
	r.mu.Unlock()
	if err != nil {
		return err
	}
	err = told.err
	if told.entered != nil {
		err = hang(ctx, c.Call, told, r.stopping, r.crashed)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.busy = false
	switch {
	case r.phase == run.Closed:
		return fault.New(fault.Closed, "", "stopped during %s", c.Call)
	case r.crash != nil:
		return r.crash
	case err == nil:
		err = work()
	}
	if err == nil || c.Call == run.CallDrain && fault.CodeOf(err) != fault.Lost {
		r.phase = next
	} else if c.Call != run.CallApply || fault.CodeOf(err) == fault.Lost {
		r.phase = run.Spoilt
	}
	return err
}

// hang waits until a hanging call is released, the Runtime is stopped or crashes, or the context is done.
func hang(ctx context.Context, c run.Call, told order, stopping, crashed <-chan struct{}) error {
	select {
	case told.entered <- struct{}{}:
	default: // the test was told before
	}
	select {
	case <-told.release:
		return told.err
	case <-stopping:
		return nil
	case <-crashed:
		return nil
	case <-ctx.Done():
		return lost(c)
	}
}

// bounded refuses a context that could let a call hang for ever.
func bounded(ctx context.Context, c run.Call) error {
	if _, ok := ctx.Deadline(); !ok {
		return fault.New(fault.Internal, "", "%s called without a deadline", c)
	}
	return nil
}

func lost(c run.Call) error { return fault.New(fault.Lost, "", "%s hangs", c) }

// Used has a function say what the fake's process has used; without one it is not known.
func (r *Runtime) Used(f func() (run.Usage, bool)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.used = f
}

// Usage implements run.Metered.
func (r *Runtime) Usage() (run.Usage, bool) {
	r.mu.Lock()
	f := r.used
	r.mu.Unlock()
	if f == nil {
		return run.Usage{}, false
	}
	return f()
}
