package streams

import (
	"context"
	"sync"

	"sluice/engine/event"
)

// Bounds on what of one stream waits to be passed on. What does not fit is lost to its players, who are told in the end what
// the stream is like then.
const (
	maxLine      = 256     // events
	maxLineBytes = 1 << 20 // of their data
)

// turns are the events of streams that wait to be passed on. Streams take turns, so that one of which much happens to many
// players keeps the others waiting for one event of its own at most. Safe for concurrent use.
type turns struct {
	wake chan struct{} // there is something; holds one

	mu    sync.Mutex
	lines map[string]*line // of streams that have anything
	order []string         // whose turn it is
}

// line is what waits of one stream.
type line struct {
	events []event.Event
	bytes  int
	lost   bool // events did not fit, or never got here
}

func newTurns() *turns { return &turns{wake: make(chan struct{}, 1), lines: map[string]*line{}} }

// push has an event wait for its stream's turn.
func (t *turns) push(stream string, e event.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	l := t.line(stream)
	size := weight(e)
	if len(l.events) >= maxLine || l.bytes+size > maxLineBytes {
		l.lost = true
		return
	}
	l.events = append(l.events, e)
	l.bytes += size
}

// lose notes that events of a stream were lost.
func (t *turns) lose(stream string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.line(stream).lost = true
}

// line finds a stream's line, or puts it behind the others. The caller holds t.mu.
func (t *turns) line(stream string) *line {
	l := t.lines[stream]
	if l == nil {
		l = &line{}
		t.lines[stream] = l
		t.order = append(t.order, stream)
		select {
		case t.wake <- struct{}{}:
		default:
		}
	}
	return l
}

// next waits for what is to be told next: an event of a stream or, if lost is set, that some of it are lost and none of those
// before are left. It tells whether there was anything before ctx was done.
func (t *turns) next(ctx context.Context) (stream string, e event.Event, lost, ok bool) {
	for {
		if stream, e, lost, ok = t.take(); ok {
			return stream, e, lost, true
		}
		select {
		case <-ctx.Done():
			return "", event.Event{}, false, false
		case <-t.wake:
		}
	}
}

// take takes from the stream whose turn it is, which then goes behind the others.
func (t *turns) take() (stream string, e event.Event, lost, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.order) == 0 {
		return "", event.Event{}, false, false
	}
	stream, t.order = t.order[0], t.order[1:]
	l := t.lines[stream]
	if len(l.events) > 0 {
		e, l.events = l.events[0], l.events[1:]
		l.bytes -= weight(e)
	} else {
		lost, l.lost = true, false
	}
	if len(l.events) > 0 || l.lost {
		t.order = append(t.order, stream)
	} else {
		delete(t.lines, stream)
	}
	return stream, e, lost, true
}

// weight is how many bytes of data an event holds.
func weight(e event.Event) int {
	if d, ok := e.Body.(event.Data); ok {
		return len(d.Payload)
	}
	return 0
}

// streamOf is the name of the stream that an event is about; "" if it is about none.
func streamOf(e event.Event) string {
	switch body := e.Body.(type) {
	case event.Mute:
		return body.Name
	case event.Data:
		return body.Name
	case event.Stream:
		return body.Name
	}
	return ""
}
