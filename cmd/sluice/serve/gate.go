package serve

import (
	"context"
	"sync"
	"time"

	"sluice/engine"
	"sluice/engine/event"
	"sluice/engine/fault"
	"sluice/engine/run/instance"
	"sluice/engine/run/supervisor"
)

// Gate is the engine as doors see it. Once the server is told to stop it lets nothing new through, and knows what it has let
// through before. Safe for concurrent use.
type Gate struct {
	engine *engine.Engine

	mu     sync.Mutex
	closed bool
	begun  []*instance.Instance // by doors; some have ended
	tidy   int                  // how many there may be before those that ended are left out
}

// Raise starts the graph that answers an event, as Engine.Raise. While the server stops it is fault.Overloaded.
func (g *Gate) Raise(ctx context.Context, ev engine.Event) (*instance.Instance, error) {
	if g.isClosed() {
		return nil, stopping()
	}
	inst, err := g.engine.Raise(ctx, ev)
	if err != nil {
		return nil, err
	}
	g.note(inst)
	return inst, nil
}

// Run starts a graph by its name, as Engine.Run. While the server stops it is fault.Overloaded. What is started like this may run for
// ever: the server does not wait for it to end by itself when it stops.
func (g *Gate) Run(ctx context.Context, s engine.Start) (*instance.Instance, error) {
	if g.isClosed() {
		return nil, stopping()
	}
	return g.engine.Run(ctx, s)
}

// Instances are those that run.
func (g *Gate) Instances() *supervisor.Supervisor { return g.engine.Instances() }

// Claims tells whether a route names the first part of an event's path, as Engine.Claims.
func (g *Gate) Claims(event, path string, vars map[string]any) bool {
	return g.engine.Claims(event, path, vars)
}

// Expect has readers wait for names that somebody is about to publish, as Engine.Expect.
func (g *Gate) Expect(coming func(name string) bool) { g.engine.Expect(coming) }

// Streams is what is published, to look at.
func (g *Gate) Streams() engine.Streams { return g.engine.Streams() }

// Bus is where to hear of what happens.
func (g *Gate) Bus() *event.Bus { return g.engine.Bus() }

func stopping() error {
	return fault.New(fault.Overloaded, "", "the server is stopping").Advise("try again in a few seconds")
}

func (g *Gate) isClosed() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.closed
}

// note remembers an instance. Those that ended are forgotten now and then, which costs no goroutine for each.
func (g *Gate) note(inst *instance.Instance) {
	const few = 64
	g.mu.Lock()
	defer g.mu.Unlock()
	g.begun = append(g.begun, inst)
	if len(g.begun) > max(g.tidy, few) {
		g.begun = running(g.begun)
		g.tidy = 2 * len(g.begun)
	}
}

// running are those that have not ended.
func running(list []*instance.Instance) []*instance.Instance {
	out := make([]*instance.Instance, 0, len(list))
	for _, i := range list {
		select {
		case <-i.Done():
		default:
			out = append(out, i)
		}
	}
	return out
}

// close lets nothing new through.
func (g *Gate) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
}

// left is how many of those that doors began still run.
func (g *Gate) left() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.begun = running(g.begun)
	return len(g.begun)
}

// wait returns when all have ended that doors began, when over rings, or when ctx is done. It tells how many are left.
func (g *Gate) wait(ctx context.Context, over <-chan time.Time) int {
	g.mu.Lock()
	list := running(g.begun)
	g.mu.Unlock()
	for i, inst := range list {
		select {
		case <-inst.Done():
		case <-over:
			return len(running(list[i:]))
		case <-ctx.Done():
			return len(running(list[i:]))
		}
	}
	return 0
}
