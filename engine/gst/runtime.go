//go:build cgo && !nogst

package gst

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"sluice/engine/fault"
	"sluice/engine/gst/chain"
	"sluice/engine/plan"
	"sluice/engine/run"
)

// grace is how long a call whose context is done may take to notice before it counts as hanging inside GStreamer.
const grace = 250 * time.Millisecond

// Runtime plays one plan. It implements run.Runtime and run.Tapper.
type Runtime struct {
	id     string
	log    *slog.Logger
	chains bool

	call     sync.Mutex    // held by Prepare, Start, Apply or Drain
	stopping chan struct{} // closed when Stop begins
	done     chan struct{} // closed when the first Stop returns
	notes    *notes

	mu      sync.Mutex
	phase   run.Phase
	plan    *plan.Plan
	host    run.Host
	lines   map[string]*pipeline  // those that play, by name
	lazy    map[string]bool       // lazy branches and pipelines that play
	inlets  map[string]run.Port   // by bridge
	legs    map[string]*chain.Leg // chains, by pipeline
	taps    map[string]func(run.Passed)
	busy    chan struct{} // of the call at work: closed when it is done; nil if there is none
	told    bool          // Broken was told, or a start failed
	stopErr error

	// build is held while elements and links come or go: by calls, and by the goroutine that takes broken branches out.
	build sync.Mutex
}

func newRuntime(id string, o Options) *Runtime {
	return &Runtime{
		id: id, log: o.Log.With("instance", id), chains: !o.Taps, phase: run.Fresh,
		stopping: make(chan struct{}), done: make(chan struct{}),
		notes: newNotes(), lines: map[string]*pipeline{}, lazy: map[string]bool{},
		inlets: map[string]run.Port{}, legs: map[string]*chain.Leg{}, taps: map[string]func(run.Passed){},
	}
}

// perform makes one call of the contract: in order, off the caller's goroutine, and given up when ctx is done.
func (r *Runtime) perform(ctx context.Context, c run.Call, do func(ctx context.Context) error) error {
	if _, ok := ctx.Deadline(); !ok {
		return fault.New(fault.Internal, r.id, "%s without a deadline", c)
	}
	r.call.Lock()
	defer r.call.Unlock()
	next, err := r.enter(c)
	if err != nil {
		return err
	}
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	outcome := make(chan error, 1)
	busy := make(chan struct{})
	r.mu.Lock()
	r.busy = busy
	r.mu.Unlock()
	go func() {
		defer close(busy)
		outcome <- do(inner)
	}()
	select {
	case err = <-outcome:
	case <-r.stopping:
		return fault.New(fault.Closed, r.id, "stopped during %s", c)
	case <-ctx.Done():
		err = r.overdue(ctx, c, outcome)
	}
	r.leave(c, next, err)
	return err
}

// overdue gives a call whose time is over a moment to say so itself.
func (r *Runtime) overdue(ctx context.Context, c run.Call, outcome <-chan error) error {
	select {
	case err := <-outcome:
		return err
	case <-r.stopping:
		return fault.New(fault.Closed, r.id, "stopped during %s", c)
	case <-time.After(grace):
		return r.lostIn(string(c)).Because(context.Cause(ctx))
	}
}

// lostIn makes the fault of what hangs, and blames the element that has not finished changing its state. It looks without a
// lock that whoever hangs might hold.
func (r *Runtime) lostIn(what string) *fault.Fault {
	r.log.Error("GStreamer hangs and is given up", "doing", what)
	for _, l := range r.playingAll() {
		if !l.mu.TryLock() {
			continue
		}
		at := l.hanging()
		l.mu.Unlock()
		if at != nil {
			return fault.New(fault.Lost, at.Node, "%q (%s) hangs during %s", at.Name, at.Factory, what).
				Advise("only the end of its process ends it")
		}
	}
	return fault.New(fault.Lost, r.id, "%s hangs inside GStreamer", what).Advise("only the end of its process ends it")
}

func (r *Runtime) enter(c run.Call) (run.Phase, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.phase.After(c)
}

// leave notes how a call went.
func (r *Runtime) leave(c run.Call, next run.Phase, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.phase == run.Closed:
	case errors.Is(err, fault.Lost), err != nil && (c == run.CallPrepare || c == run.CallStart):
		r.phase = run.Spoilt
	case err == nil, c == run.CallDrain:
		r.phase = next
	}
}

// Prepare implements run.Runtime.
func (r *Runtime) Prepare(ctx context.Context, p *plan.Plan, host run.Host) (run.Inlets, error) {
	err := r.perform(ctx, run.CallPrepare, func(ctx context.Context) error {
		if p.Version > plan.Version {
			return fault.New(fault.InvalidRequest, p.Graph, "the plan has format %d, and this build knows formats up to %d",
				p.Version, plan.Version).
				Advise("update this sluice to the version that made the plan")
		}
		r.mu.Lock()
		r.plan, r.host = p, host
		r.mu.Unlock()
		r.openInlets(p)
		go r.listen()
		r.build.Lock()
		defer r.build.Unlock()
		for i := range p.Pipelines {
			if err := ctx.Err(); err != nil {
				return fault.New(fault.Closed, r.id, "stopped during prepare").Because(err)
			}
			if p.Pipelines[i].Lazy {
				continue
			}
			if leg := r.leg(p.Pipelines[i].Name); leg != nil {
				if err := leg.Prepare(); err != nil {
					return err
				}
				continue
			}
			if err := r.assemble(&p.Pipelines[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return r.openInlets(p), nil
}

// Start implements run.Runtime.
func (r *Runtime) Start(ctx context.Context) error {
	return r.perform(ctx, run.CallStart, func(ctx context.Context) error {
		err := r.startAll(ctx)
		if err != nil {
			r.mu.Lock()
			r.told = true
			r.mu.Unlock()
		}
		return err
	})
}

func (r *Runtime) startAll(ctx context.Context) error {
	for _, leg := range r.running() {
		if err := leg.Start(); err != nil {
			return err
		}
	}
	for _, l := range r.playing() {
		if err := l.start(ctx); err != nil {
			return err
		}
	}
	return nil
}

// playing lists the pipelines in the order of the plan.
func (r *Runtime) playing() []*pipeline {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []*pipeline
	if r.plan == nil {
		return nil
	}
	for i := range r.plan.Pipelines {
		if l := r.lines[r.plan.Pipelines[i].Name]; l != nil {
			out = append(out, l)
		}
	}
	return out
}

// playingAll lists all pipelines, also those that the plan no longer has, by name.
func (r *Runtime) playingAll() []*pipeline {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := make([]*pipeline, 0, len(r.lines))
	for _, name := range slices.Sorted(maps.Keys(r.lines)) {
		out = append(out, r.lines[name])
	}
	return out
}

// Stop implements run.Runtime.
func (r *Runtime) Stop(ctx context.Context) error {
	r.mu.Lock()
	first := r.phase != run.Closed
	began := r.plan != nil
	busy := r.busy
	r.phase = run.Closed
	r.mu.Unlock()
	if !first {
		select {
		case <-r.done:
			return r.stopErr
		case <-ctx.Done():
			return fault.New(fault.Lost, r.id, "another stop hangs").Because(ctx.Err())
		}
	}
	close(r.stopping)
	r.stopErr = r.close(ctx, busy, began)
	close(r.done)
	return r.stopErr
}

// close ends everything; what still hangs when ctx is done is left alone.
func (r *Runtime) close(ctx context.Context, busy <-chan struct{}, began bool) error {
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		var all sync.WaitGroup
		for _, l := range r.playingAll() {
			l.shut() // nothing new comes in
			all.Go(l.halt)
		}
		for _, leg := range r.running() {
			all.Go(leg.Stop)
		}
		all.Wait()
		if busy != nil {
			<-busy
		}
		for _, l := range r.playingAll() { // one that a call at work had just begun
			l.shut()
			l.halt()
			l.release()
		}
		r.notes.close()
		if began {
			<-r.notes.over
		}
	}()
	select {
	case <-gone:
		return nil
	case <-ctx.Done():
		r.notes.close()
		return r.lostIn("stop").Because(ctx.Err())
	}
}
