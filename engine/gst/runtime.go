//go:build cgo && !nogst

package gst

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"sluice/engine/fault"
	"sluice/engine/gst/chain"
	"sluice/engine/gst/pipeline"
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
	heard    chan struct{}  // closed when nobody listens to notes any more
	work     sync.WaitGroup // branches that are being taken out

	// build is held while pipelines, elements and links come or go: by changes, and by whoever takes broken branches out.
	// It is taken before mu.
	build sync.Mutex

	mu      sync.Mutex // held for moments
	phase   run.Phase
	plan    *plan.Plan
	host    run.Host
	hears   bool                          // somebody listens to notes
	lines   map[string]*pipeline.Pipeline // those that play, by name
	lazy    map[string]bool               // lazy branches and pipelines that play
	lost    map[string]bool               // other branches that have failed
	inlets  map[string]run.Port           // by bridge
	legs    map[string]*chain.Leg         // chains, by pipeline
	taps    map[string]func(run.Passed)
	busy    chan struct{} // of the call at work: closed when it is done; nil if there was none
	early   error         // what failed while the start was under way
	told    bool          // Broken was told, or a start failed
	stopErr error
}

func newRuntime(id string, o Options) *Runtime {
	return &Runtime{
		id: id, log: o.Log.With("instance", id), chains: !o.Taps, phase: run.Fresh,
		stopping: make(chan struct{}), done: make(chan struct{}), notes: newNotes(), heard: make(chan struct{}),
		lines: map[string]*pipeline.Pipeline{}, lazy: map[string]bool{}, lost: map[string]bool{},
		inlets: map[string]run.Port{}, legs: map[string]*chain.Leg{}, taps: map[string]func(run.Passed){},
	}
}

// perform makes one call of the contract: in order, off the caller's goroutine, and given up when ctx is done.
func (r *Runtime) perform(ctx context.Context, c run.Call, do func(ctx context.Context) error) error {
	if _, ok := ctx.Deadline(); !ok {
		return r.unbounded(c)
	}
	r.call.Lock()
	defer r.call.Unlock()
	next, busy, err := r.enter(c)
	if err != nil {
		return err
	}
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	outcome := make(chan error, 1)
	go func() {
		defer close(busy)
		outcome <- do(inner)
	}()
	select {
	case err = <-outcome:
	case <-r.stopping:
		return r.stopped(c)
	case <-ctx.Done():
		err = r.overdue(ctx, c, outcome)
	}
	r.leave(c, next, err)
	return err
}

func (r *Runtime) unbounded(c run.Call) error {
	return fault.New(fault.Internal, r.id, "%s without a deadline", c)
}

func (r *Runtime) stopped(c run.Call) error {
	return fault.New(fault.Closed, r.id, "stopped during %s", c)
}

// overdue gives a call whose time is over a moment to say so itself.
func (r *Runtime) overdue(ctx context.Context, c run.Call, outcome <-chan error) error {
	select {
	case err := <-outcome:
		return err
	case <-r.stopping:
		return r.stopped(c)
	case <-time.After(grace):
		return r.lostIn(string(c)).Because(context.Cause(ctx))
	}
}

// lostIn makes the fault of what hangs, and blames the element that has not finished changing its state.
func (r *Runtime) lostIn(what string) *fault.Fault {
	r.log.Error("GStreamer hangs and is given up", "doing", what)
	for _, l := range r.playingAll() {
		if at, found := l.Hanging(); found {
			return fault.New(fault.Lost, at.Node, "%q (%s) hangs during %s", at.Name, at.Factory, what).
				Advise("only the end of its process ends it")
		}
	}
	return fault.New(fault.Lost, r.id, "%s hangs inside GStreamer", what).Advise("only the end of its process ends it")
}

// enter begins a call. From then on Stop waits for it: until busy is closed.
func (r *Runtime) enter(c run.Call) (next run.Phase, busy chan struct{}, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if next, err = r.phase.After(c); err != nil {
		return next, nil, err
	}
	r.busy = make(chan struct{})
	return next, r.busy, nil
}

// leave notes how a call went.
func (r *Runtime) leave(c run.Call, next run.Phase, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.told = r.told || err != nil && c == run.CallStart
	switch {
	case r.phase == run.Closed:
	case errors.Is(err, fault.Lost), err != nil && (c == run.CallPrepare || c == run.CallStart):
		r.phase = run.Spoilt
	case err == nil, c == run.CallDrain:
		r.phase = next
	}
	if r.phase == run.Running && r.early != nil {
		r.notes.put(note{News: pipeline.News{Kind: pipeline.Fails, Err: r.early}})
		r.early = nil
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
		r.plan, r.host, r.hears = p, host, true
		r.mu.Unlock()
		go func() {
			defer close(r.heard)
			r.listen()
		}()
		r.openInlets(p)
		r.build.Lock()
		defer r.build.Unlock()
		for i := range p.Pipelines {
			if err := ctx.Err(); err != nil {
				return fault.New(fault.Closed, r.id, "stopped during prepare").Because(err)
			}
			if err := r.ready(&p.Pipelines[i]); err != nil {
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

// ready makes what is there of a pipeline from the start.
func (r *Runtime) ready(p *plan.Pipeline) error {
	if !r.wanted(p) {
		return nil
	}
	if leg := r.leg(p.Name); leg != nil {
		return leg.Prepare()
	}
	l, err := r.create(p)
	if err != nil {
		return err
	}
	return l.Add()
}

// Start implements run.Runtime.
func (r *Runtime) Start(ctx context.Context) error {
	return r.perform(ctx, run.CallStart, func(ctx context.Context) error {
		for _, leg := range r.running() {
			if err := leg.Start(); err != nil {
				return err
			}
		}
		for _, l := range r.playing() {
			if err := r.start(ctx, l); err != nil {
				return err
			}
		}
		for _, l := range r.playing() { // one may have failed while others started
			if err := l.Failure(); err != nil {
				return err
			}
		}
		return nil
	})
}

// start plays a pipeline without the branches that cannot but may fail alone.
func (r *Runtime) start(ctx context.Context, l *pipeline.Pipeline) error {
	for {
		err := l.Start(ctx)
		branch, why := l.Ailing()
		if err == nil || branch == "" || l.Failure() != nil || ctx.Err() != nil {
			return err
		}
		r.giveUp(branch, place(why), why)
		if r.line(l.Name()) != l {
			return nil // all of it was in the branch
		}
	}
}
