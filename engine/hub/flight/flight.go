// Package flight makes one call of what many ask for at once: the first who needs something has it asked for, the others
// wait with him, and when the last of them gives up the call is cancelled.
package flight

import (
	"context"
	"sync"
)

// Group holds the calls under way, at most one for each key. A lock of its user guards it: the caller holds that in all
// methods but Wait, and the calls themselves are made without it.
type Group struct {
	mu    *sync.Mutex
	ctx   context.Context //nolint:containedctx // of the calls, which outlive who asks
	calls sync.WaitGroup
	all   map[any]*Flight
}

// NewGroup makes a group with its user's lock. The calls end with ctx at the latest.
func NewGroup(ctx context.Context, mu *sync.Mutex) *Group {
	return &Group{mu: mu, ctx: ctx, all: map[any]*Flight{}}
}

// Flight is one call, and those who wait for what it asked for.
type Flight struct {
	key      any
	cancel   context.CancelFunc
	waiting  map[chan<- error]struct{} // with room for an error each
	met      bool                      // somebody got what he waited for: the call is no longer to be cancelled
	returned bool
}

// Join waits with the others for a key, or begins to, with a call of start. failed, which has room for an error, gets the
// reason if the call fails.
func (g *Group) Join(key any, start func(context.Context) error, failed chan<- error) *Flight {
	f := g.all[key]
	if f == nil {
		ctx, cancel := context.WithCancel(g.ctx)
		f = &Flight{key: key, cancel: cancel, waiting: map[chan<- error]struct{}{}}
		g.all[key] = f
		g.calls.Go(func() { g.call(ctx, f, start) })
	}
	f.waiting[failed] = struct{}{}
	return f
}

// Leave stops waiting, and tells whether that was not in vain. When the last has left in vain, the call is cancelled.
func (g *Group) Leave(f *Flight, failed chan<- error, met bool) {
	delete(f.waiting, failed)
	f.met = f.met || met
	switch {
	case len(f.waiting) > 0:
	case f.returned:
		g.land(f)
	case !f.met:
		f.cancel()
		g.land(f)
	}
}

// Go has something else called for somebody alone, who may cancel it.
func (g *Group) Go(f func(context.Context)) context.CancelFunc {
	ctx, cancel := context.WithCancel(g.ctx)
	g.calls.Go(func() {
		defer cancel()
		f(ctx)
	})
	return cancel
}

// Len counts the calls that somebody waits for.
func (g *Group) Len() int { return len(g.all) }

// Wait returns when all calls have. The lock must not be held, and nothing be begun any more.
func (g *Group) Wait() { g.calls.Wait() }

func (g *Group) call(ctx context.Context, f *Flight, start func(context.Context) error) {
	defer f.cancel()
	err := start(ctx)
	g.mu.Lock()
	defer g.mu.Unlock()
	f.returned = true
	if err == nil && len(f.waiting) > 0 {
		return
	}
	g.land(f)
	for failed := range f.waiting {
		select {
		case failed <- err:
		default: // he heard of another failure already
		}
	}
}

// land lets whoever comes next begin anew.
func (g *Group) land(f *Flight) {
	if g.all[f.key] == f {
		delete(g.all, f.key)
	}
}
