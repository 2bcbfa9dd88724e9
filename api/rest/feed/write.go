package feed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"sluice/engine/event"
	"sluice/engine/fault"
)

// ContentType is that of server-sent events.
const ContentType = "text/event-stream"

// Events of the feed's own, beside those of the bus.
const (
	Reset = "feed.reset" // the events after the one with the ID that the client named are not all known; these are the oldest that are
	Lost  = "feed.lost"  // the client read too slowly: {"count": 3} events are missing
)

// Writing says how events are written.
type Writing struct {
	// Data is what is told of an event: it becomes JSON.
	Data  func(id string, e event.Event) any
	Alive time.Duration // a comment is written after so long without an event, so that proxies do not hang up; 0: 15 s
	Limit time.Duration // for one write, after which the client is gone; 0: 10 s
}

// Write writes what a cursor gives as server-sent events (HTML standard, 9.2), until the feed ends, ctx is done or the client has gone.
// whole is what After said.
func (c *Cursor) Write(ctx context.Context, w http.ResponseWriter, whole bool, how Writing) {
	const alive, limit = 15 * time.Second, 10 * time.Second
	if how.Alive == 0 {
		how.Alive = alive
	}
	if how.Limit == 0 {
		how.Limit = limit
	}
	out := &writer{w: w, control: http.NewResponseController(w), limit: how.Limit}
	w.Header().Set("Content-Type", ContentType)
	w.Header().Set("X-Accel-Buffering", "no") // nginx
	w.WriteHeader(http.StatusOK)
	out.text("retry: 2000\n\n") // when clients connect again by themselves
	if !whole {
		out.event("", Reset, struct{}{})
	}
	for out.err == nil {
		wait, cancel := context.WithTimeout(ctx, how.Alive)
		e, lost, err := c.Next(wait)
		cancel()
		if lost > 0 {
			out.event("", Lost, map[string]uint64{"count": lost})
		}
		switch {
		case err == nil:
			id := c.feed.ID(e.Seq)
			out.event(id, e.Name, how.Data(id, e))
		case errors.Is(err, fault.Closed), ctx.Err() != nil:
			return
		default:
			out.text(":\n\n")
		}
	}
}

// writer writes to one client. After an error it does nothing.
type writer struct {
	w       http.ResponseWriter
	control *http.ResponseController
	limit   time.Duration
	err     error
}

func (w *writer) text(text string) {
	if w.err != nil {
		return
	}
	err := w.control.SetWriteDeadline(time.Now().Add(w.limit))
	if err != nil && !errors.Is(err, http.ErrNotSupported) { // as in tests of handlers
		w.err = err
		return
	}
	if _, w.err = fmt.Fprint(w.w, text); w.err == nil {
		w.err = w.control.Flush()
	}
}

// event writes one event. JSON has no line ends of its own, which would end the data.
func (w *writer) event(id, name string, data any) {
	text, err := json.Marshal(data)
	if err != nil {
		return // something that cannot be told in JSON is not told
	}
	if id != "" {
		id = "id: " + id + "\n"
	}
	w.text(id + "event: " + name + "\ndata: " + string(text) + "\n\n")
}
