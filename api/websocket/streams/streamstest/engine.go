// Package streamstest has what streams need around them, for tests: an engine with a real hub and a real bus whose graphs are
// of two nodes, and peers that only pretend to have connections.
package streamstest

import (
	"context"
	"strings"
	"sync"

	"sluice/api/websocket/streams"
	"sluice/api/websocket/viewer"
	"sluice/engine"
	"sluice/engine/event"
	"sluice/engine/hub"
)

// Engine answers ws.publish and ws.play as the shipped graphs do. Safe for concurrent use.
type Engine struct {
	Hub *hub.Hub

	bus    *event.Bus
	mu     sync.Mutex
	raised []engine.Event
	refuse map[string]error
	stuck  bool
}

// NewEngine makes an engine; Close ends it.
func NewEngine() *Engine {
	e := &Engine{bus: event.NewBus(nil), refuse: map[string]error{}}
	e.Hub = hub.New(hub.Options{Notify: e.tell})
	return e
}

// Close ends the hub and the bus.
func (e *Engine) Close() {
	e.Hub.Close()
	e.bus.Close()
}

// tell passes on what happens in the hub.
func (e *Engine) tell(h hub.Event) {
	ev := event.Event{Name: string(h.What), Path: "/" + h.Stream}
	switch h.What {
	case hub.StreamMuted:
		ev.Body = event.Mute{Name: h.Stream, Publication: h.Publication, Kind: string(h.Kind), Muted: h.Muted}
	case hub.StreamData:
		ev.Body = event.Data{Name: h.Stream, Publication: h.Publication, Payload: h.Payload}
	case hub.StreamPublished, hub.StreamChanged, hub.StreamEnded:
		ev.Body = event.Stream{Name: h.Stream, Publication: h.Publication}
	}
	_, _ = e.bus.Raise(ev) // a closed bus has nobody to hear it
}

// Streams implements streams.Engine.
func (e *Engine) Streams() engine.Streams { return e.Hub }

// Bus implements streams.Engine.
func (e *Engine) Bus() *event.Bus { return e.bus }

// Refuse has no graph be started for a path.
func (e *Engine) Refuse(path string, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.refuse[path] = err
}

// Stick has graphs that are raised from now on not end before Stop's context does.
func (e *Engine) Stick() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.stuck = true
}

// Last is the newest event that was raised; none is a zero Event.
func (e *Engine) Last() engine.Event {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.raised) == 0 {
		return engine.Event{}
	}
	return e.raised[len(e.raised)-1]
}

// Raise implements streams.Engine.
func (e *Engine) Raise(ctx context.Context, ev engine.Event) (streams.Instance, error) {
	e.mu.Lock()
	e.raised = append(e.raised[max(0, len(e.raised)-100):], ev)
	err, stuck := e.refuse[ev.Path], e.stuck
	e.mu.Unlock()
	if err != nil {
		return nil, err
	}
	if ev.Sessions["phone"] != nil { // of calls nothing comes by the hub
		return &instance{stop: func() {}, done: make(chan struct{})}, nil
	}
	name := strings.TrimPrefix(ev.Path, "/")
	if v, ok := ev.Sessions["browser"].(*viewer.Viewer); ok {
		return e.view(ctx, v, name)
	}
	p, _ := ev.Sessions["browser"].(*Peer)
	if late, ok := ev.Sessions["browser"].(Late); ok {
		p = late.Peer
	}
	if ev.Name == "ws.publish" {
		err = p.publish(ctx, e.Hub, name)
	} else {
		err = p.play(ctx, e.Hub, name)
	}
	if err != nil {
		return nil, err
	}
	return &instance{stop: func() { p.Stop(nil) }, done: make(chan struct{}), stuck: stuck}, nil
}

// view has a player whose media goes through a WebSocket read a stream, as ws.out does.
func (e *Engine) view(ctx context.Context, v *viewer.Viewer, name string) (streams.Instance, error) {
	sink, err := v.Sink(func(error) {}, nil)
	if err != nil {
		return nil, err
	}
	r, err := e.Hub.ReadUnits(ctx, name, sink.Want(), sink, hub.ReadOptions{Paused: true})
	if err != nil {
		return nil, err
	}
	sink.Begin(r.Tracks())
	sink.Attach(r)
	stop := func() {
		r.Close()
		v.Stop(nil)
	}
	return &instance{stop: stop, done: make(chan struct{})}, nil
}

// instance is a graph that ends with its peer.
type instance struct {
	stop  func()
	once  sync.Once
	done  chan struct{}
	stuck bool
}

// ID implements streams.Instance: it has no pipeline.
func (i *instance) ID() string { return "" }

// Done implements streams.Instance.
func (i *instance) Done() <-chan struct{} { return i.done }

// Err implements streams.Instance.
func (i *instance) Err() error { return nil }

// Stop implements streams.Instance.
func (i *instance) Stop(ctx context.Context) error {
	i.stop()
	defer i.once.Do(func() { close(i.done) })
	if i.stuck {
		<-ctx.Done()
		return ctx.Err()
	}
	return nil
}
