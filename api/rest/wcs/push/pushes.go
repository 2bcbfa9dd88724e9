// Package push is the part of the WCS-compatible REST API that publishes streams on RTMP servers, /rest-api/push: it starts a graph for
// each, silences its sound and puts other sounds in its place. It works on no media and speaks no RTMP.
package push

import (
	"context"
	"log/slog"
	"slices"
	"strings"

	"github.com/google/uuid"

	"sluice/api/rest/wcs/agents"
	"sluice/api/vod"
	"sluice/engine"
	"sluice/engine/element"
	"sluice/engine/event"
	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run/instance"
	"sluice/engine/run/supervisor"
)

// Engine is what pushes need of the engine.
type Engine interface {
	Run(ctx context.Context, s engine.Start) (*instance.Instance, error)
	Streams() engine.Streams
	Bus() *event.Bus
	Instances() *supervisor.Supervisor
}

// Sounds finds the files that are heard in the place of streams; vod.Folder is one.
type Sounds interface {
	Sound(ctx context.Context, name string) (vod.Sound, error)
}

// Options are what Pushes are made with. Engine, Sounds and Clock are needed.
type Options struct {
	Engine Engine
	Sounds Sounds
	// Pipelines is how many may run for another push to be started; 0 is no limit.
	Pipelines int
	// Check looks at every plan that is to run, as engine.Start has it.
	Check func(*plan.Plan) error
	// Reach says where elements may connect to, as engine.Start has it.
	Reach engine.Reach
	Log   *slog.Logger // nil: nothing is logged
	Clock element.Clock
}

// Pushes are those of one server. All methods are safe for concurrent use.
type Pushes struct {
	opt    Options
	agents *agents.Agents[*push]
}

// New makes Pushes, of which there are none at first. Close ends their work.
func New(o Options) *Pushes {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	running := func() int { return len(o.Engine.Instances().Instances()) }
	return &Pushes{opt: o, agents: agents.New[*push](agents.Options{Running: running, Pipelines: o.Pipelines})}
}

// Start begins to push a stream. It does not wait for the server it goes to, which is tried again and again. One of the same stream to
// the same address is fault.NameInUse, a stream that nobody publishes fault.StreamNotFound, an address that callers may not connect to
// fault.Forbidden.
func (x *Pushes) Start(ctx context.Context, t Task) (Info, error) {
	input, ok := x.opt.Engine.Streams().Stream(t.Stream)
	if !ok {
		return Info{}, fault.New(fault.StreamNotFound, "", "nobody publishes %q", t.Stream)
	}
	p := &push{all: x, task: t, id: uuid.NewString(), muted: t.Muted}
	p.see(input)
	if err := x.agents.Enter(p, p.clash); err != nil {
		return Info{}, err
	}
	if err := p.begin(ctx); err != nil {
		x.forget(p)
		return Info{}, err
	}
	p.begun.Store(true)
	go func() {
		defer x.forget(p)
		p.live()
	}()
	// Neither the address nor the name there, which may be a key.
	x.opt.Log.Info("push started", "stream", t.Stream, "session", p.id)
	return p.info(), nil
}

// clash says why there cannot be both pushes.
func (p *push) clash(other *push) error {
	if other.task.Stream == p.task.Stream && other.task.URL == p.task.URL {
		return fault.New(fault.NameInUse, "", "%q is pushed there already", p.task.Stream).Advise("terminate that first")
	}
	return nil
}

// forget frees the place of a push that has ended.
func (x *Pushes) forget(p *push) {
	x.agents.Forget(func(o *push) bool { return o == p })
	p.Done()
}

// List lists the pushes that have begun.
func (x *Pushes) List() []Info {
	var out []Info
	for _, p := range x.agents.All() {
		if p.begun.Load() {
			out = append(out, p.info())
		}
	}
	slices.SortFunc(out, func(a, b Info) int { return strings.Compare(a.Session, b.Session) })
	return out
}

// find finds a push that has begun; fault.ResourceNotFound if there is none.
func (x *Pushes) find(id string) (*push, error) {
	for _, p := range x.agents.All() {
		if p.id == id && p.begun.Load() {
			return p, nil
		}
	}
	return nil, fault.New(fault.ResourceNotFound, "", "there is no push %q", id)
}

// Close ends the work of all pushes. Their pipelines go on: they are the engine's. No more are started.
func (x *Pushes) Close() { x.agents.Close() }
