// Package pull is the part of the WCS-compatible REST API that fetches streams from elsewhere, /rest-api/rtsp and /rest-api/pull/rtmp, and
// by which servers of WCS exchange streams, /rest-api/pull. It starts a graph for each and keeps what has become of it. It speaks none of
// the protocols.
package pull

import (
	"context"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"sluice/api/rest/wcs/agents"
	"sluice/engine"
	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/instance"
	"sluice/engine/run/supervisor"
)

// Engine is what agents need of the engine.
type Engine interface {
	Run(ctx context.Context, s engine.Start) (*instance.Instance, error)
	Streams() engine.Streams
	Instances() *supervisor.Supervisor
}

// Options are what Agents are made with. Engine and Clock are needed.
type Options struct {
	Engine Engine
	// Pipelines is how many may run for another agent to be started; 0 is no limit.
	Pipelines int
	// Check looks at every plan that is to run, as engine.Start has it: it says which hosts may be connected to.
	Check func(*plan.Plan) error
	// Reach says where elements may connect to, as engine.Start has it.
	Reach engine.Reach
	Log   *slog.Logger // nil: nothing is logged
	Clock element.Clock
}

// Kind is how streams are exchanged; it is also the name of the graph below "wcs/".
type Kind string

// The kinds: streams are fetched from cameras, RTMP servers and servers of WCS, and published on servers of WCS.
const (
	RTSP       Kind = "rtsp"
	RTMP       Kind = "rtmp"
	ServerPull Kind = "server_pull"
	ServerPush Kind = "server_push"
)

// Task is what an agent is to do.
type Task struct {
	Kind  Kind
	URI   string
	Name  string // of the stream here
	There string // its name on a server of WCS
}

// remembered is for how long is told of an agent that has ended.
const remembered = time.Minute

// Agents are those of one server: each fetches a stream. All methods are safe for concurrent use.
type Agents struct {
	opt Options
	all *agents.Agents[*agent] // those that have ended, too, for as long as they are remembered
}

// New makes Agents, of which there are none at first. Close ends their work.
func New(o Options) *Agents {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	running := func() int { return len(o.Engine.Instances().Instances()) }
	return &Agents{opt: o, all: agents.New[*agent](agents.Options{Running: running, Pipelines: o.Pipelines})}
}

// agent is one of them.
type agent struct {
	agents.Place

	Task

	id      string
	remote  string // the media session of a server of WCS
	since   time.Time
	allowed chan error // whether it may be, once

	mu   sync.Mutex
	inst *instance.Instance
	over time.Time // when it ended
	err  error     // why, if something was wrong
}

// Start begins to exchange a stream, and returns when it is clear that it may be, without waiting for the other server. What is exchanged
// already and a name that is taken are fault.NameInUse, a stream to publish that is not there is fault.StreamNotFound, an address that
// callers may not connect to is fault.Forbidden.
func (x *Agents) Start(ctx context.Context, t Task) error {
	if err := hub.CheckName(t.Name); err != nil {
		return err
	}
	a := &agent{Task: t, id: uuid.NewString(), since: x.opt.Clock.Now(), allowed: make(chan error, 1)}
	if t.There != "" {
		a.remote = uuid.NewString()
	}
	if err := x.reserve(a); err != nil {
		return err
	}
	go func() { //nolint:contextcheck // it lasts as long as the agent, not as the call
		defer a.Done()
		x.live(a)
	}()
	select {
	case err := <-a.allowed:
		if err != nil {
			x.forget(a)
		}
		return err
	case <-ctx.Done():
		return fault.New(fault.StartTimeout, "", "it is not clear yet whether %q can be reached", t.URI).Because(ctx.Err())
	}
}

// reserve keeps a place for an agent, in the stead of one of the same task that has ended.
func (x *Agents) reserve(a *agent) error {
	x.tidy()
	if err := x.all.Enter(a, a.clash); err != nil {
		return err
	}
	var err error
	switch has := x.opt.Engine.Streams().Has(a.Name); {
	case has && a.fetches():
		err = fault.New(fault.NameInUse, "", "somebody publishes %q already", a.Name)
	case !has && !a.fetches():
		err = fault.New(fault.StreamNotFound, "", "nobody publishes %q", a.Name)
	}
	if err != nil {
		x.forget(a)
		a.Done()
		return err
	}
	x.all.Forget(func(o *agent) bool { return o != a && o.alike(a) })
	return nil
}

// fetches tells whether the agent publishes a stream here.
func (a *agent) fetches() bool { return a.Kind != ServerPush }

// alike tells whether two agents are about the same stream of the same server.
func (a *agent) alike(other *agent) bool {
	return other.Kind == a.Kind && other.URI == a.URI && other.There == a.There
}

// clash says why there cannot be both agents.
func (a *agent) clash(other *agent) error {
	switch {
	case other.ended():
		return nil
	case a.alike(other) && a.fetches():
		return fault.New(fault.NameInUse, "", "%q is fetched already", a.URI).Advise("terminate that first")
	case a.alike(other):
		return fault.New(fault.NameInUse, "", "%q is published there already", a.There).Advise("terminate that first")
	case other.Name == a.Name && other.fetches() && a.fetches():
		return fault.New(fault.NameInUse, "", "%q publishes %q already", other.URI, a.Name)
	}
	return nil
}

// params are those of the agent's graph.
func (a *agent) params() map[string]any {
	out := map[string]any{"url": a.URI, "name": a.Name}
	if a.There != "" {
		out["there"], out["session"] = a.There, a.remote
	}
	return out
}

// live exchanges the stream until that ends.
func (x *Agents) live(a *agent) {
	say := sync.OnceFunc(func() { a.allowed <- nil })
	inst, err := x.opt.Engine.Run(a.Life, engine.Start{
		Graph: "wcs/" + string(a.Kind), Params: a.params(),
		Check: func(p *plan.Plan) error {
			if err := x.opt.Check(p); err != nil {
				return err
			}
			say()
			return nil
		},
		Reach: x.opt.Reach,
	})
	if err == nil {
		a.mu.Lock()
		a.inst = inst
		a.mu.Unlock()
		x.opt.Log.Info("a stream is exchanged", "kind", a.Kind, "stream", a.Name, "session", a.id)
		select {
		case <-inst.Done():
			err = inst.Err()
		case <-a.Life.Done():
			if !x.all.Closing() { // otherwise the server ends, and the engine sees to its pipelines
				const ending = 10 * time.Second
				ctx, cancel := context.WithTimeout(context.WithoutCancel(a.Life), ending)
				_ = inst.Stop(ctx) // the instance tells itself what was wrong
				cancel()
			}
		}
	}
	if a.Life.Err() != nil {
		err = nil
	}
	a.mu.Lock()
	a.over, a.err = x.opt.Clock.Now(), err
	a.mu.Unlock()
	select {
	case a.allowed <- err: // it was refused before anything was begun
	default:
	}
	x.opt.Log.Info("a stream is not exchanged any more", "kind", a.Kind, "stream", a.Name, "session", a.id, "err", err)
}

// forget takes an agent off the list.
func (x *Agents) forget(a *agent) { x.all.Forget(func(o *agent) bool { return o == a }) }

// tidy forgets agents that ended some time ago.
func (x *Agents) tidy() {
	now := x.opt.Clock.Now()
	x.all.Forget(func(a *agent) bool {
		a.mu.Lock()
		defer a.mu.Unlock()
		return !a.over.IsZero() && now.Sub(a.over) > remembered
	})
}

// ended tells whether the agent has ended.
func (a *agent) ended() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return !a.over.IsZero()
}

// The status of an agent whose stream is there: its media comes from the other side, or from here.
const (
	fetched = "PROCESSED_REMOTE"
	given   = "PROCESSED_LOCAL"
)

// status is what WCS calls the state of an agent.
func (a *agent) status() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case !a.over.IsZero() && a.err != nil:
		return "FAILED"
	case !a.over.IsZero():
		return "STOPPED"
	case a.inst == nil:
		return "PENDING"
	}
	switch {
	case a.inst.Status().State != run.Live:
		return "PENDING"
	case a.fetches():
		return fetched
	}
	return given
}

// list are the agents of some kinds.
func (x *Agents) list(kinds ...Kind) []*agent {
	x.tidy()
	var out []*agent
	for _, a := range x.all.All() {
		if slices.Contains(kinds, a.Kind) {
			out = append(out, a)
		}
	}
	slices.SortFunc(out, func(a, b *agent) int { return strings.Compare(a.URI+" "+a.Name, b.URI+" "+b.Name) })
	return out
}

// End ends an agent, and returns when its stream has ended. One that is not there is fault.ResourceNotFound.
func (x *Agents) End(ctx context.Context, kind Kind, uri string) error {
	for _, a := range x.list(kind) {
		if a.URI != uri || a.ended() {
			continue
		}
		return a.terminate(ctx)
	}
	return fault.New(fault.ResourceNotFound, "", "nothing is fetched from %q", uri)
}

// terminate ends the agent, and returns when its stream has ended.
func (a *agent) terminate(ctx context.Context) error {
	return a.Terminate(ctx, strconv.Quote(a.URI))
}

// Fetched is a stream that an agent publishes.
type Fetched struct {
	Session string // of the agent: its localMediaSessionId
	Name    string
	// Provider is WCS's word for how its media comes.
	Provider string
	End      func(context.Context) error // ends the agent, and returns when the stream has ended
}

// Fetched are the streams of all agents that have not ended.
func (x *Agents) Fetched() []Fetched {
	var out []Fetched
	for _, kind := range []Kind{RTSP, RTMP, ServerPull} {
		for _, a := range x.list(kind) {
			if !a.ended() {
				out = append(out, Fetched{Session: a.id, Name: a.Name, Provider: provider(kind), End: a.terminate})
			}
		}
	}
	return out
}

func provider(k Kind) string {
	if k == ServerPull {
		return "WebRTC"
	}
	return strings.ToUpper(string(k))
}

// Close ends the work of all agents. Their pipelines go on: they are the engine's. No more are started.
func (x *Agents) Close() { x.all.Close() }
