package engine

import (
	"context"
	"slices"
	"sync"
	"time"

	"sluice/engine/plan"
	"sluice/engine/route"
	"sluice/engine/run/restart"
)

// bootEvent is the event of graphs that start with the server.
const bootEvent = "boot"

// boot starts all graphs with a route for "boot", at the same time, and returns when each was tried once. Nobody hears why one cannot
// be started, so that is tried again by its policy: a camera may be away when the server begins.
func (e *Engine) boot(ctx context.Context) {
	var tried sync.WaitGroup
	for _, entry := range e.opt.Store.Current().Routes().Every(bootEvent, nil) {
		tried.Add(1)
		e.work.Go(func() {
			b := &booting{engine: e, graph: entry.Graph}
			wait, again := b.try(ctx)
			tried.Done()
			for again {
				select {
				case <-e.life.Done():
					return
				case <-e.opt.Clock.After(wait):
					wait, again = b.try(e.life) //nolint:contextcheck // who started the engine has gone on
				}
			}
		})
	}
	tried.Wait()
}

// booting is a graph that starts with the server and does not run yet.
type booting struct {
	engine  *Engine
	graph   string
	policy  plan.Restart
	backoff *restart.Backoff // by the policy; nil before the first failure
}

// try starts the graph, in the version that there is now, and says after how long that is to be done again: false for one that runs, is
// given up, or does not start with the server any more.
func (b *booting) try(ctx context.Context) (time.Duration, bool) {
	e := b.engine
	set := e.opt.Store.Current()
	routes := set.Routes().Every(bootEvent, nil)
	i := slices.IndexFunc(routes, func(one *route.Entry) bool { return one.Graph == b.graph })
	log := e.opt.Log.With("graph", b.graph)
	if i < 0 {
		log.Info("graph does not start with the server any more")
		return 0, false
	}
	r, err := e.prepare(set, routes[i], nil, Event{Name: bootEvent})
	if err == nil {
		if _, err = e.begin(ctx, r); err == nil || e.life.Err() != nil {
			return 0, false
		}
		if wait, again := b.next(r.plan.Policy.Restart, err); again {
			log.Warn("graph not started; it is tried again", "after", wait, "err", err)
			return wait, true
		}
	}
	log.Error("graph not started", "err", err)
	return 0, false
}

// next says by a policy after how long a graph is to be tried again that failed for a reason, and false to give it up.
func (b *booting) next(p plan.Restart, reason error) (time.Duration, bool) {
	if p.When == restart.Never || restart.Hopeless(reason) {
		return 0, false
	}
	if b.backoff == nil || b.policy != p {
		b.policy, b.backoff = p, restart.New(p, nil)
	}
	return b.backoff.Next(b.engine.opt.Clock.Now())
}
