// Package pull is the part of the WCS-compatible REST API that fetches streams from elsewhere: /rest-api/rtsp and /rest-api/pull/rtmp.
// It starts a graph for each, whose stream is called like its address unless somebody says otherwise, and keeps what has become of it.
// It speaks neither RTSP nor RTMP. The calls by which two servers of WCS exchange streams over WebSocket are answered as ones that
// there are not.
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

// Kind is how streams are fetched; it is also the name of the graph below "wcs/".
type Kind string

// The kinds.
const (
	RTSP Kind = "rtsp"
	RTMP Kind = "rtmp"
)

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

	kind    Kind
	id      string
	uri     string
	name    string // of the stream here
	since   time.Time
	allowed chan error // whether it may be, once

	mu   sync.Mutex
	inst *instance.Instance
	over time.Time // when it ended
	err  error     // why, if something was wrong
}

// Start begins to fetch a stream, and returns when it is clear that it may be, without waiting for the other server. An address that is
// fetched already and a name that is taken are fault.NameInUse, an address that callers may not connect to is fault.Forbidden.
func (x *Agents) Start(ctx context.Context, kind Kind, uri, name string) error {
	if err := hub.CheckName(name); err != nil {
		return err
	}
	a := &agent{kind: kind, id: uuid.NewString(), uri: uri, name: name, since: x.opt.Clock.Now(), allowed: make(chan error, 1)}
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
		return fault.New(fault.StartTimeout, "", "it is not clear yet whether %q can be fetched", uri).Because(ctx.Err())
	}
}

// reserve keeps a place for an agent, in the stead of one of the same address that has ended.
func (x *Agents) reserve(a *agent) error {
	x.tidy()
	if err := x.all.Enter(a, a.clash); err != nil {
		return err
	}
	if x.opt.Engine.Streams().Has(a.name) {
		x.forget(a)
		a.Done()
		return fault.New(fault.NameInUse, "", "somebody publishes %q already", a.name)
	}
	x.all.Forget(func(o *agent) bool { return o != a && o.kind == a.kind && o.uri == a.uri })
	return nil
}

// clash says why there cannot be both agents.
func (a *agent) clash(other *agent) error {
	switch {
	case other.ended():
		return nil
	case other.kind == a.kind && other.uri == a.uri:
		return fault.New(fault.NameInUse, "", "%q is fetched already", a.uri).Advise("terminate that first")
	case other.name == a.name:
		return fault.New(fault.NameInUse, "", "%q publishes %q already", other.uri, a.name)
	}
	return nil
}

// live fetches the stream until that ends.
func (x *Agents) live(a *agent) {
	say := sync.OnceFunc(func() { a.allowed <- nil })
	inst, err := x.opt.Engine.Run(a.Life, engine.Start{
		Graph: "wcs/" + string(a.kind), Params: map[string]any{"url": a.uri, "name": a.name},
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
		x.opt.Log.Info("a stream is fetched", "kind", a.kind, "stream", a.name, "session", a.id)
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
	x.opt.Log.Info("a stream is not fetched any more", "kind", a.kind, "stream", a.name, "session", a.id, "err", err)
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

// fetched is the status of an agent whose stream is there: media comes from the other side.
const fetched = "PROCESSED_REMOTE"

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
	if a.inst.Status().State == run.Live {
		return fetched
	}
	return "PENDING"
}

// list are the agents of a kind.
func (x *Agents) list(kind Kind) []*agent {
	x.tidy()
	var out []*agent
	for _, a := range x.all.All() {
		if a.kind == kind {
			out = append(out, a)
		}
	}
	slices.SortFunc(out, func(a, b *agent) int { return strings.Compare(a.uri, b.uri) })
	return out
}

// End ends an agent, and returns when its stream has ended. One that is not there is fault.ResourceNotFound.
func (x *Agents) End(ctx context.Context, kind Kind, uri string) error {
	for _, a := range x.list(kind) {
		if a.uri != uri || a.ended() {
			continue
		}
		return a.terminate(ctx)
	}
	return fault.New(fault.ResourceNotFound, "", "nothing is fetched from %q", uri)
}

// terminate ends the agent, and returns when its stream has ended.
func (a *agent) terminate(ctx context.Context) error {
	return a.Terminate(ctx, strconv.Quote(a.uri))
}

// Fetched is a stream that an agent publishes.
type Fetched struct {
	Session string // of the agent: its localMediaSessionId
	Name    string
	Kind    Kind
	End     func(context.Context) error // ends the agent, and returns when the stream has ended
}

// Fetched are the streams of all agents that have not ended.
func (x *Agents) Fetched() []Fetched {
	var out []Fetched
	for _, kind := range []Kind{RTSP, RTMP} {
		for _, a := range x.list(kind) {
			if !a.ended() {
				out = append(out, Fetched{Session: a.id, Name: a.name, Kind: a.kind, End: a.terminate})
			}
		}
	}
	return out
}

// Close ends the work of all agents. Their pipelines go on: they are the engine's. No more are started.
func (x *Agents) Close() { x.all.Close() }
