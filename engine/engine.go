// Package engine is the server without its doors: it holds the graphs, the hub and what runs, and answers the events that
// doors raise by starting the graph that has a route for them. It opens no socket and speaks no protocol; GStreamer is passed
// in as a run.Open.
package engine

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"sluice/engine/element"
	"sluice/engine/event"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/hub/forms"
	"sluice/engine/run"
	"sluice/engine/run/instance"
	"sluice/engine/run/supervisor"
	"sluice/engine/store"
)

// Options are what an engine is made with.
type Options struct {
	Log      *slog.Logger      // nil: nothing is logged
	Registry *element.Registry // every element and event
	Store    *store.Store      // the graphs; who made it starts and stops it
	Open     run.Open          // GStreamer; nil: there is none
	CPUs     float64           // what all graphs together may cost; 0 is no limit
	// Used is the CPU time that this process itself has used, which leaves less for graphs. Nil: it is not counted.
	Used   func() time.Duration
	Cache  int // bytes that each stream keeps for viewers to come; 0: 8 MiB
	Shards int // writer loops of the hub; 0: one for each processor
	Limits instance.Limits
	// Addresses says of a name that is an address, which a viewer asked for, whether graphs may go and get what is there. Nil:
	// all may.
	Addresses func(name string) error
	// Reach says of such a name where it may lead when it is connected to, and Callers the same of graphs that callers of an API wrote.
	// Nil: everywhere.
	Reach, Callers Reach

	Clock element.Clock // nil: the time there is
}

// Engine is one server's. Several in a process do not know of each other. All methods are safe for concurrent use.
type Engine struct {
	opt       Options
	bus       *event.Bus
	hub       *hub.Hub
	super     *supervisor.Supervisor
	templates templates
	outcomes  outcomes
	refused   refused
	lately    lately
	coming    atomic.Pointer[func(name string) bool]
	sets      *store.Subscription
	life      context.Context //nolint:containedctx // until Stop
	end       context.CancelFunc
	work      sync.WaitGroup
	stop      sync.Once
}

// New makes an engine. Nothing happens before Start but what Raise does.
func New(opt Options) (*Engine, error) {
	if opt.Registry == nil || opt.Store == nil {
		return nil, fault.New(fault.Internal, "", "an engine needs a registry and a store")
	}
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if opt.Clock == nil {
		opt.Clock = system{}
	}
	e := &Engine{opt: opt, bus: event.NewBus(opt.Clock.Now), sets: opt.Store.Subscribe()}
	e.life, e.end = context.WithCancel(context.Background())
	e.hub = hub.New(hub.Options{
		Log: opt.Log, Clock: opt.Clock, Shards: opt.Shards, Cache: opt.Cache, Demand: demand{e}, Notify: e.tell,
		Forms: forms.New(forms.Options{}),
	})
	e.super = supervisor.New(supervisor.Options{Open: opt.Open, Log: opt.Log, Bus: e.bus, CPUs: opt.CPUs, Limits: opt.Limits})
	e.templates.registry = opt.Registry
	return e, nil
}

// Start begins to follow the graphs, and starts those with a route for "boot". One that cannot start is logged, not fatal: the others
// are wanted all the same, and it is tried again by its policy. ctx bounds the first attempts.
func (e *Engine) Start(ctx context.Context) error {
	e.work.Go(e.follow)
	e.work.Go(e.measure)
	e.boot(ctx)
	return nil
}

// Stop ends everything: instances properly by their policies, until ctx is done, then streams and their readers. It may be
// called again.
func (e *Engine) Stop(ctx context.Context) error {
	var err error
	e.stop.Do(func() {
		e.end()
		err = e.super.Stop(ctx)
		e.sets.Close()
		e.work.Wait()
		e.hub.Close()
		e.bus.Close()
	})
	return err
}

// follow offers every new set of graphs to what runs.
func (e *Engine) follow() {
	for set := range e.sets.Sets() {
		e.super.Reload(func(graph string) (instance.Template, bool) {
			t, err := e.templates.of(set, graph)
			return t, err == nil
		})
	}
}

// Bus is where to hear of what happens: streams, readers, instances.
func (e *Engine) Bus() *event.Bus { return e.bus }

// Streams is what is published, to look at.
type Streams interface {
	Streams() []hub.StreamInfo
	Stream(name string) (hub.StreamInfo, bool)
	Has(name string) bool
}

// Streams gives a view of what is published.
func (e *Engine) Streams() Streams { return e.hub }

// Readers describes who reads a stream, and why each got the tracks that it has.
func (e *Engine) Readers(stream string) []hub.ReaderInfo { return e.hub.Readers(stream) }

// Census counts what is published and read, and what has been.
func (e *Engine) Census() hub.Census { return e.hub.Census() }

// Instances is what runs.
func (e *Engine) Instances() *supervisor.Supervisor { return e.super }

// Ready says why the engine is not quite what its operator wrote: the files of graphs that were left out or kept in an older
// version. Nil is as it should be.
func (e *Engine) Ready() error {
	held := e.opt.Store.Current().Held()
	if len(held) == 0 {
		return nil
	}
	return fault.New(fault.LintFailed, held[0].File, "%s", held[0].Why).
		Advise("mend the file; %d in all are left out or run in an older version", len(held))
}

// system is the machine's clock.
type system struct{}

func (system) Now() time.Time                         { return time.Now() }
func (system) After(d time.Duration) <-chan time.Time { return time.After(d) }
