package worker

import (
	"context"
	"sync"
	"time"

	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/worker/frame"
	"sluice/engine/worker/seal"
	"sluice/engine/worker/wire"
)

// lookAt is how long Inspect waits for the worker's word before it tells old news.
const lookAt = 250 * time.Millisecond

// Runtime is a run.Runtime whose plan plays in a worker. When a call does not return in time, the worker is killed, and
// with it, in a shared worker, its other instances, since what hangs inside one process may hold up all of it.
type Runtime struct {
	id   string
	pool *Pool
	gate wire.Gate // to the host; closed when Stop begins

	call    sync.Mutex    // held by Prepare, Start, Apply or Drain, and by Stop once they have returned
	closing chan struct{} // closed when Stop begins
	stopped chan struct{} // closed when the first Stop returns

	mu      sync.Mutex
	phase   run.Phase
	link    *link // nil before Prepare has a worker
	number  uint16
	host    run.Host
	plan    *plan.Plan
	inlets  map[string]*wire.Lead
	last    run.Report
	stopErr error
}

func newRuntime(p *Pool, id string) *Runtime {
	return &Runtime{
		id: id, pool: p, closing: make(chan struct{}), stopped: make(chan struct{}),
		phase: run.Fresh, inlets: map[string]*wire.Lead{},
	}
}

// Prepare implements run.Runtime. Where no worker can be started, the error is fault.GstUnavailable, and where none is to
// be had in time, fault.Overloaded.
func (r *Runtime) Prepare(ctx context.Context, p *plan.Plan, host run.Host) (run.Inlets, error) {
	var inlets run.Inlets
	err := r.do(ctx, run.CallPrepare, func(ctx context.Context) error {
		l, err := r.hire(ctx, p, host)
		if err != nil {
			return err
		}
		text, secrets, err := seal.Plan(p)
		if err != nil {
			return err
		}
		l.veil.Add(p.Secrets())
		epoch, err := seal.Epoch(host.Epoch())
		if err != nil {
			return err
		}
		body := prepare{ID: r.id, Plan: text, Epoch: epoch, Timeout: remaining(ctx)}
		a, err := r.ask(ctx, frame.Message{Kind: frame.Plan, Blob: secrets}, body, false)
		if err == nil {
			inlets = r.open(a.Inlets)
		}
		return err
	})
	return inlets, err
}

// hire finds a worker and takes a seat in it.
func (r *Runtime) hire(ctx context.Context, p *plan.Plan, host run.Host) (*link, error) {
	l, err := r.pool.take(ctx, r.closing, p.Policy.Worker == "shared")
	if err != nil {
		return nil, atPlace(err, r.id)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.host, r.plan, r.link = host, p, l
	r.number, err = l.join(r)
	return l, err
}

// atPlace puts a place to a fault that has none.
func atPlace(err error, place string) error {
	if f, ok := err.(*fault.Fault); ok && f.Place == "" { //nolint:errorlint // only the fault itself can be copied
		return at(f, place)
	}
	return err
}

// Start implements run.Runtime.
func (r *Runtime) Start(ctx context.Context) error {
	return r.do(ctx, run.CallStart, func(ctx context.Context) error {
		_, err := r.ask(ctx, frame.Message{Kind: frame.Change}, order{Call: run.CallStart, Timeout: remaining(ctx)}, false)
		return err
	})
}

// Apply implements run.Runtime.
func (r *Runtime) Apply(ctx context.Context, c run.Change) (run.Result, error) {
	var result run.Result
	err := r.do(ctx, run.CallApply, func(ctx context.Context) error {
		if err := c.Check(); err != nil {
			return err
		}
		text, secrets, err := seal.Change(c)
		if err != nil {
			return err
		}
		hidden := seal.SecretsOf(c)
		r.link.veil.Add(hidden.Plan)
		r.link.veil.Add(hidden.Settings)
		a, err := r.ask(ctx, frame.Message{Kind: frame.Change, Blob: secrets},
			order{Call: run.CallApply, Timeout: remaining(ctx), Change: text}, false)
		if err != nil {
			return err
		}
		result = run.Result{JSON: a.JSON, Type: a.Type, Bytes: a.blob}
		if c.Verb == run.RemoveBranch {
			r.forget(c.Branch)
		}
		if c.Verb == run.AddBranch {
			result.Inlets = r.open(a.Inlets)
		}
		if c.Plan != nil {
			r.mu.Lock()
			r.plan = c.Plan
			r.mu.Unlock()
		}
		return nil
	})
	return result, err
}

// Drain implements run.Runtime. Media handed over before is drained too, and all that comes out has come when it returns.
func (r *Runtime) Drain(ctx context.Context) error {
	return r.do(ctx, run.CallDrain, func(ctx context.Context) error {
		_, err := r.ask(ctx, frame.Message{Kind: frame.Change}, order{Call: run.CallDrain, Timeout: remaining(ctx)}, true)
		return err
	})
}

// Inspect implements run.Runtime. CPU and memory are those of the whole worker.
func (r *Runtime) Inspect(ctx context.Context) (run.Report, error) {
	if err := ctx.Err(); err != nil {
		return run.Report{}, err
	}
	r.mu.Lock()
	l, report := r.link, r.last
	m := frame.Message{Kind: frame.Stats, Instance: r.number}
	stopped := r.phase == run.Closed
	if r.plan != nil {
		report.Plan = r.plan.Hash
	}
	r.mu.Unlock()
	report.Stale = l != nil
	if l != nil && !stopped && l.alive() {
		if fresh, ok := ask(ctx, l, m); ok {
			report = fresh
		} else if err := ctx.Err(); err != nil {
			return run.Report{}, err
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	report.Phase = r.phase // as seen from here: what hangs does not know that it is given up
	if l != nil {
		report.PID = l.proc.PID()
		if use, err := l.proc.Usage(); err == nil {
			report.CPU, report.Memory = use.CPU, use.Memory
		} else {
			report.Stale = true
		}
		r.last = report
	}
	return report, nil
}

// Usage implements run.Metered: it is of the whole worker.
func (r *Runtime) Usage() (run.Usage, bool) {
	r.mu.Lock()
	l := r.link
	r.mu.Unlock()
	if l == nil {
		return run.Usage{}, false
	}
	used, err := l.proc.Usage()
	return run.Usage{PID: l.proc.PID(), CPU: used.CPU}, err == nil
}

// ask asks a worker for a report; false if none comes soon.
func ask(ctx context.Context, l *link, m frame.Message) (run.Report, bool) {
	_, answers, err := l.send(m, struct{}{}, false)
	if err != nil {
		return run.Report{}, false
	}
	timer := time.NewTimer(lookAt)
	defer timer.Stop()
	select {
	case a := <-answers:
		if a.Report == nil || a.Fault != nil {
			return run.Report{}, false
		}
		return *a.Report, true
	case <-timer.C:
	case <-l.dead:
	case <-ctx.Done():
	}
	return run.Report{}, false
}

// remaining is the time that a context leaves.
func remaining(ctx context.Context) time.Duration {
	deadline, _ := ctx.Deadline() // do has made sure that there is one
	return max(time.Until(deadline), 0)
}

// open makes ports to inlets of the worker.
func (r *Runtime) open(names []string) run.Inlets {
	r.mu.Lock()
	defer r.mu.Unlock()
	inlets := make(run.Inlets, len(names))
	for _, name := range names {
		if old := r.inlets[name]; old != nil {
			old.Close()
		}
		r.inlets[name] = r.link.end.Lead(r.number, name)
		inlets[name] = r.inlets[name]
	}
	return inlets
}

// forget ends the inlets of a branch that is gone.
func (r *Runtime) forget(branch string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, b := range r.plan.Bridges {
		if in := r.inlets[b.Name]; in != nil && b.Branch == branch {
			in.Close()
			delete(r.inlets, b.Name)
		}
	}
}

// outlet tells where media of a bridge goes. Called by the worker's reader.
func (r *Runtime) outlet(bridge string) wire.Sink {
	var port run.Port
	r.gate.Through(func() { port = r.host.Outlet(bridge) })
	return wire.Sink{Port: port, Gate: &r.gate}
}

// tell passes a notice on, unless Stop has begun.
func (r *Runtime) tell(n run.Notice) { r.gate.Through(func() { r.host.Tell(n) }) }

// key passes on that what goes into a bridge needs a key frame.
func (r *Runtime) key(bridge string) { r.gate.Through(func() { r.host.Key(bridge) }) }
