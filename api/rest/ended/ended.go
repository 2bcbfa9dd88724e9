// Package ended remembers, for a while, how pipelines ended that were begun through the API, so that who began one learns how it went
// even if it is over before the next question. It keeps no more than a few hundred, and none that ended because somebody asked for it.
package ended

import (
	"context"
	"slices"
	"sync"

	"sluice/engine/event"
	"sluice/engine/run"
)

// most is how many ends are remembered.
const most = 512

// List remembers ends. Safe for concurrent use.
type List struct {
	sub  *event.Subscription
	done chan struct{}

	mu    sync.Mutex
	begun map[string]*event.Instance // by ID; nil: it has not ended
	order []string                   // of those that have, the oldest first
	heard chan struct{}              // closed, and made anew, when something was heard of one
}

// New makes a List that listens to a bus until Close.
func New(bus *event.Bus) *List {
	const queue = 1024
	l := &List{
		sub:  bus.Subscribe(queue, func(e event.Event) bool { return e.Name == event.InstanceChanged }),
		done: make(chan struct{}), begun: map[string]*event.Instance{}, heard: make(chan struct{}),
	}
	go l.listen()
	return l
}

func (l *List) listen() {
	defer close(l.done)
	for {
		e, _, err := l.sub.Next(context.Background())
		if err != nil {
			return
		}
		if i, ok := e.Body.(event.Instance); ok {
			l.note(i)
		}
	}
}

// note remembers an end, or that what had ended begins anew.
func (l *List) note(i event.Instance) {
	l.mu.Lock()
	defer l.mu.Unlock()
	had, ok := l.begun[i.ID]
	if !ok {
		return
	}
	close(l.heard)
	l.heard = make(chan struct{})
	if had != nil {
		l.order = slices.DeleteFunc(l.order, func(id string) bool { return id == i.ID })
	}
	if !run.State(i.To).Over() {
		l.begun[i.ID] = nil
		return
	}
	l.begun[i.ID] = &i
	if l.order = append(l.order, i.ID); len(l.order) > most {
		delete(l.begun, l.order[0])
		l.order = l.order[1:]
	}
}

// Begun says that a pipeline is about to begin. It is false if one of that name is known to run.
func (l *List) Begun(id string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if had, ok := l.begun[id]; ok && had == nil {
		return false
	}
	l.forget(id)
	l.begun[id] = nil
	return true
}

// Forget says that nobody will ask how a pipeline ends.
func (l *List) Forget(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forget(id)
}

func (l *List) forget(id string) {
	delete(l.begun, id)
	l.order = slices.DeleteFunc(l.order, func(o string) bool { return o == id })
}

// Await tells how a pipeline ended that does not run. If it was begun, word of its end is under way, which is waited for until ctx
// is done. One that is begun anew has not ended.
func (l *List) Await(ctx context.Context, id string) (event.Instance, bool) {
	for {
		l.mu.Lock()
		i, begun := l.begun[id]
		heard := l.heard
		l.mu.Unlock()
		if i != nil {
			return *i, true
		}
		if !begun {
			return event.Instance{}, false
		}
		select {
		case <-heard:
		case <-l.done:
			return event.Instance{}, false
		case <-ctx.Done():
			return event.Instance{}, false
		}
	}
}

// Close ends the listening and returns when its goroutine is gone. It may be called again.
func (l *List) Close() {
	l.sub.Close()
	<-l.done
}
