package engine

import (
	"context"
	"maps"
	"sync"

	"sluice/engine/fault"
	"sluice/engine/run/instance"
)

// Outcome is an event of a door, and what came of it.
type Outcome struct {
	Event string     // "ws.publish"; "other" for one that nothing declares
	Code  fault.Code // "" if a graph was started
}

// outcomes counts them. The zero outcomes are ready; safe for concurrent use.
type outcomes struct {
	mu     sync.Mutex
	counts map[Outcome]uint64
}

// Outcomes are how many events were raised so far, by what came of them.
func (e *Engine) Outcomes() map[Outcome]uint64 {
	e.outcomes.mu.Lock()
	defer e.outcomes.mu.Unlock()
	return maps.Clone(e.outcomes.counts)
}

// Raise starts the graph that has a route for the event, and returns when its Go elements have started and it is under way;
// Ready of the instance waits until it is live. ctx bounds the starting, and does not end the instance. No graph is
// fault.NoRoute; other errors are those of the graph's parameters, elements and streams.
func (e *Engine) Raise(ctx context.Context, ev Event) (*instance.Instance, error) {
	inst, err := e.answer(ctx, ev)
	if err != nil {
		e.refused.note(e.opt.Clock.Now(), ev, err)
	}
	e.count(ev.Name, err)
	return inst, err
}

// count counts what came of an event.
func (e *Engine) count(name string, err error) {
	if _, ok := e.opt.Registry.Trigger(name); !ok {
		name = "other"
	}
	o := &e.outcomes
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.counts == nil {
		o.counts = map[Outcome]uint64{}
	}
	o.counts[Outcome{name, fault.CodeOf(err)}]++
}
