// Package mixer holds the mixers that have a name: those that somebody starts over the REST API that is compatible with WCS, and those
// that begin by themselves when somebody publishes a stream called GUEST#ROOM. It starts the graphs wcs/mixer and the like, seats
// guests in them and steers them while they play. It works on no media and speaks no protocol.
package mixer

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"sluice/engine"
	"sluice/engine/element"
	"sluice/engine/event"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/plan"
	"sluice/engine/run/instance"
)

// Engine is what mixers need of the engine; *engine.Engine is one.
type Engine interface {
	Run(ctx context.Context, s engine.Start) (*instance.Instance, error)
	Streams() engine.Streams
	Bus() *event.Bus
	Expect(coming func(name string) bool)
}

// Options are what Mixers are made with. Engine is needed.
type Options struct {
	Engine Engine
	// AutoStart has publishers of GUEST#ROOM join the mixer ROOM, which begins with the first and ends when it had no guests for Idle.
	AutoStart bool
	Idle      time.Duration
	Most      int      // mixers at a time; 0: 100
	Usual     Settings // of mixers of which nothing else is said
	// Check is asked before a mixer begins, with its graph and the graph's parameters. What it refuses does not begin; otherwise it gives
	// what is to look at every plan of the mixer, also with those who come later, as engine.Start has it. Nil refuses nothing.
	Check func(graph string, params map[string]any) (check func(*plan.Plan) error, err error)

	Log   *slog.Logger
	Clock element.Clock // nil: the time there is
}

// Mixers are all mixers of a server. All methods are safe for concurrent use.
type Mixers struct {
	opt  Options
	life context.Context //nolint:containedctx // until Close
	end  context.CancelFunc
	work sync.WaitGroup // of mixers, from before they begin until they have ended

	weaving sync.Mutex // of which mixers have which streams; before any mu

	mu    sync.Mutex
	by    map[string]*Mixer // by their names
	halls map[string]*hall  // of automatic ones, by the names of their rooms
}

// New makes mixers. There are none at first; Serve begins automatic ones.
func New(o Options) *Mixers {
	const many = 100
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Most == 0 {
		o.Most = many
	}
	if o.Clock == nil {
		o.Clock = system{}
	}
	x := &Mixers{opt: o, by: map[string]*Mixer{}, halls: map[string]*hall{}}
	x.life, x.end = context.WithCancel(context.Background())
	return x
}

// Usual are the settings of mixers of which nothing else is said.
func (x *Mixers) Usual() Settings { return x.opt.Usual }

// Start starts a mixer, and returns when it plays. name is what its address has behind mixer://, and output the name of the stream that
// comes out. A name or an output that is taken is fault.NameInUse, settings that cannot be are fault.InvalidParams, and one mixer too
// many is fault.Overloaded.
func (x *Mixers) Start(ctx context.Context, name, output string, s Settings) (*Mixer, error) {
	return x.start(ctx, name, output, s, false)
}

func (x *Mixers) start(ctx context.Context, name, output string, s Settings, auto bool) (*Mixer, error) {
	if err := errors.Join(named("/uri", name), named("/localStreamName", output), s.check()); err != nil {
		return nil, err
	}
	m := newMixer(x, name, output, s)
	m.Auto = auto
	if err := x.reserve(m); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(x.life, cancel)() //nolint:contextcheck // Close ends what begins, too
	err := m.begin(ctx)
	if err == nil && x.life.Err() != nil { // Close may not have seen it
		err = errors.Join(closing(), m.instance.Stop(ctx))
	}
	if err != nil {
		x.forget(m)
		return nil, err
	}
	broken := m.broken()
	go func() { //nolint:contextcheck // until forget: it lasts as long as the mixer, not as the call
		m.attend(broken)
		x.opt.Log.Info("mixer ended", "mixer", m.Name, "stream", m.Output, "err", m.instance.Err())
		x.forget(m)
		close(m.gone)
	}()
	x.opt.Log.Info("mixer started", "mixer", name, "stream", output, "auto", auto)
	return m, nil
}

func closing() error { return fault.New(fault.Closed, "", "the server is stopping") }

// reserve keeps a name for a mixer that is about to begin.
func (x *Mixers) reserve(m *Mixer) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	switch {
	case x.life.Err() != nil:
		return closing()
	case x.by[m.Name] != nil:
		return fault.New(fault.NameInUse, "", "there is a mixer %q already", m.Name)
	case len(x.by) >= x.opt.Most:
		return fault.New(fault.Overloaded, "", "there are %d mixers, and no more may be", len(x.by)).
			Advise(`end some first; the configuration's key "mixer.most" sets the limit`)
	case x.opt.Engine.Streams().Has(m.Output):
		return fault.New(fault.NameInUse, "", "somebody publishes %q already", m.Output)
	}
	x.by[m.Name] = m
	x.work.Add(1)
	return nil
}

// forget gives the name of a mixer up that did not begin, or has ended.
func (x *Mixers) forget(m *Mixer) {
	x.mu.Lock()
	defer x.mu.Unlock()
	delete(x.by, m.Name)
	x.work.Done()
}

// Find finds a mixer by its name; fault.ResourceNotFound if there is none.
func (x *Mixers) Find(name string) (*Mixer, error) {
	if m := x.get(name); m != nil {
		return m, nil
	}
	return nil, fault.New(fault.ResourceNotFound, "", "there is no mixer %q", name)
}

func (x *Mixers) get(name string) *Mixer {
	x.mu.Lock()
	defer x.mu.Unlock()
	if m := x.by[name]; m != nil && m.plays() {
		return m
	}
	return nil
}

// List lists the mixers that play, by name.
func (x *Mixers) List() []*Mixer {
	x.mu.Lock()
	defer x.mu.Unlock()
	var out []*Mixer
	for _, m := range x.by {
		if m.plays() {
			out = append(out, m)
		}
	}
	slices.SortFunc(out, func(a, b *Mixer) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// named checks what is to name a mixer or a stream.
func named(place, name string) error {
	if err := hub.CheckName(name); err != nil {
		f, _ := errors.AsType[*fault.Fault](err)
		return fault.New(fault.InvalidParams, place, "%s", f.Msg)
	}
	if strings.Contains(name, "://") {
		return fault.New(fault.InvalidParams, place, "%q is an address", name)
	}
	return nil
}

// system is the machine's clock.
type system struct{}

func (system) Now() time.Time                         { return time.Now() }
func (system) After(d time.Duration) <-chan time.Time { return time.After(d) }
