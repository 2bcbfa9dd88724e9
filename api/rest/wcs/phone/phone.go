// Package phone is the part of the WCS-compatible REST API that calls telephones: /rest-api/call, /rest-api/api, and /RESTCall of old back
// ends. It opens lines, makes calls, and has the graph begin that takes a call's media (rest.call). It speaks no SIP. Where the server has
// none, lists are empty and what would begin something is told not to be implemented.
package phone

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"sluice/api/calls"
	"sluice/api/vod"
	"sluice/engine"
	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/run/instance"
)

// Engine is what calls need of the engine.
type Engine interface {
	Raise(ctx context.Context, ev engine.Event) (*instance.Instance, error)
}

// Sounds finds the files that are heard in calls; vod.Folder is one.
type Sounds interface {
	Sound(ctx context.Context, name string) (vod.Sound, error)
}

// Options are what Calls are made with. Engine, Sounds and Clock are needed.
type Options struct {
	Engine Engine
	Lines  calls.Lines // nil: there is no telephone
	// All are the calls of the whole server, those of this package, too.
	All    func() []calls.Call
	Sounds Sounds
	// Streams tells whether somebody publishes a stream.
	Streams func(name string) bool
	// Room says why no more may be started; nil: there is no limit.
	Room func() error
	// Admits says why media may not be sent to an address that a caller names, and Reach why an element may not connect to one.
	Admits func(url string) error
	Reach  engine.Reach
	Node   string // what the server is called
	Log    *slog.Logger
	Clock  element.Clock
}

// Calls are those that were made through the API, and the lines for them. Safe for concurrent use.
type Calls struct {
	opt Options

	mu      sync.Mutex
	closing bool
	all     map[string]*one // by their names; those that ended a while ago, too
	lines   map[calls.Account]*line
	agents  map[string]*agent
	work    sync.WaitGroup
	life    context.Context //nolint:containedctx // until Close
	end     context.CancelFunc
}

// New makes Calls, of which there are none at first. Close ends them.
func New(o Options) *Calls {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Room == nil {
		o.Room = func() error { return nil }
	}
	if o.Admits == nil {
		o.Admits = func(string) error { return nil }
	}
	x := &Calls{opt: o, all: map[string]*one{}, lines: map[calls.Account]*line{}, agents: map[string]*agent{}}
	x.life, x.end = context.WithCancel(context.Background())
	return x
}

// ending is how long a line, a call or its graph may take to end.
const ending = 10 * time.Second

// Close ends all calls and lines. No more are made.
func (x *Calls) Close() {
	x.mu.Lock()
	x.closing = true
	x.mu.Unlock()
	x.end()
	x.work.Wait()
	x.mu.Lock()
	left := make([]*agent, 0, len(x.agents))
	for _, a := range x.agents {
		left = append(left, a)
	}
	clear(x.agents)
	x.mu.Unlock()
	for _, a := range left {
		x.giveBack(x.life, a.line)
	}
}

// errAbsent is what calls do where there is no telephone.
func errAbsent() error {
	return fault.New(fault.ElementUnavailable, "", "this server has no SIP").Advise(`the configuration's key "sip.ports" switches it on`)
}
