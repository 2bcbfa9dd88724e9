// Package agents keeps what calls of the API of WCS start and end: pushes, transcoders, streams from elsewhere. Each has a place, which is
// its own until its work has ended. The package starts nothing, and does not know what any of them does.
package agents

import (
	"context"
	"sync"

	"sluice/api/rest/wcs/call"
	"sluice/engine/fault"
)

// Agent is one of them: a pointer to what has a Place embedded.
type Agent interface {
	comparable
	Seat() *Place
}

// Options say how many there may be.
type Options struct {
	// Running is how many pipelines run, of whoever started them.
	Running func() int
	// Pipelines is how many may run for another agent to be started; 0 is no limit.
	Pipelines int
}

// Agents are those of one sort on a server. Safe for concurrent use.
type Agents[A Agent] struct {
	opt  Options
	ctx  context.Context //nolint:containedctx // until Close
	stop context.CancelFunc
	work sync.WaitGroup

	mu     sync.Mutex
	closed bool
	all    map[A]struct{}
}

// New makes Agents, of which there are none at first. Close ends their work.
func New[A Agent](o Options) *Agents[A] {
	x := &Agents[A]{opt: o, all: map[A]struct{}{}}
	x.ctx, x.stop = context.WithCancel(context.Background()) //nolint:gosec // Close calls it
	return x
}

// Enter gives an agent its place, if clash finds nothing in any of the others that stands against it; clash may not call x. There being too
// many pipelines is fault.Overloaded, and x being closed fault.Closed. Done of the Place has to be called, and Forget.
func (x *Agents[A]) Enter(a A, clash func(other A) error) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.closed {
		return fault.New(fault.Closed, "", "the server stops")
	}
	for other := range x.all {
		if err := clash(other); err != nil {
			return err
		}
	}
	if err := call.Room(x.opt.Running(), x.opt.Pipelines); err != nil {
		return err
	}
	p := a.Seat()
	p.Life, p.end = context.WithCancel(x.ctx)
	p.gone, p.over = make(chan struct{}), x.work.Done
	x.work.Add(1)
	x.all[a] = struct{}{}
	return nil
}

// Forget takes those off the list that is is true of; is may not call x.
func (x *Agents[A]) Forget(is func(A) bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for a := range x.all {
		if is(a) {
			delete(x.all, a)
		}
	}
}

// All are those that have not been forgotten, in no order.
func (x *Agents[A]) All() []A {
	x.mu.Lock()
	defer x.mu.Unlock()
	out := make([]A, 0, len(x.all))
	for a := range x.all {
		out = append(out, a)
	}
	return out
}

// Closing tells whether the server ends, and not the agent: the engine then sees to the pipelines.
func (x *Agents[A]) Closing() bool { return x.ctx.Err() != nil }

// Close ends the life of all, and returns when their work is done. No more enter.
func (x *Agents[A]) Close() {
	x.mu.Lock()
	x.closed = true
	x.mu.Unlock()
	x.stop()
	x.work.Wait()
}

// Place is what an agent has of Agents. The zero value is none.
type Place struct {
	Life context.Context //nolint:containedctx // done when the agent is to end

	end  context.CancelFunc
	gone chan struct{}
	over func()
}

// Seat implements Agent.
func (p *Place) Seat() *Place { return p }

// End has it end, and does not wait for that.
func (p *Place) End() { p.end() }

// Done says that its work has ended. It is called once.
func (p *Place) Done() {
	p.end()
	close(p.gone)
	p.over()
}

// Gone is closed by Done.
func (p *Place) Gone() <-chan struct{} { return p.gone }

// Terminate has it end, and returns when it has: fault.Stalled if that takes longer than ctx. what is the agent, for people.
func (p *Place) Terminate(ctx context.Context, what string) error {
	p.end()
	select {
	case <-p.gone:
		return nil
	case <-ctx.Done():
		return fault.New(fault.Stalled, "", "%s does not end in time", what).Because(ctx.Err())
	}
}
