package client

import (
	"context"
	"encoding/json"
	"errors"

	"sluice/api/rest/wire"
	"sluice/engine/event"
)

// errSettled ends the following of a pipeline that is where it was to get.
var errSettled = errors.New("settled")

// Settled waits until a pipeline is where done says, and gives it as it is then. saw is called with every state on the way, the present
// one first; nil: nobody wants to know. A pipeline that is gone is fault.ResourceNotFound.
func (c *Client) Settled(ctx context.Context, id string, done func(wire.Pipeline) bool, saw func(wire.Pipeline)) (wire.Pipeline, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	w := &waiting{client: c, id: id, done: done, saw: saw}
	f := Follow{Pipeline: id, Names: []string{event.InstanceChanged}, Begun: func() { // what was before it began is not told
		if w.look(ctx, nil) != nil {
			stop(errSettled)
		}
	}}
	err := c.Events(ctx, f, func(e wire.Event) error { return w.look(ctx, changeOf(e)) })
	if w.over {
		return w.last, w.failed
	}
	return w.last, err
}

// waiting is one use of Settled.
type waiting struct {
	client *Client
	id     string
	done   func(wire.Pipeline) bool
	saw    func(wire.Pipeline)

	last   wire.Pipeline
	failed error // why it cannot be waited for any more
	over   bool
}

// changeOf reads what an event tells of a pipeline; nil if that is nothing.
func changeOf(e wire.Event) *event.Instance {
	data, err := json.Marshal(e.Body) // it came as JSON
	var change event.Instance
	if err != nil || json.Unmarshal(data, &change) != nil || change.To == "" {
		return nil
	}
	return &change
}

// look asks for the pipeline, and gives errSettled if that is all. An event may be told before the pipeline shows what it tells of, and
// is then right.
func (w *waiting) look(ctx context.Context, change *event.Instance) error {
	if w.over { // an event was on its way when it was known
		return errSettled
	}
	d, err := w.client.Pipeline(ctx, w.id)
	if err != nil {
		w.failed, w.over = err, true
		return errSettled
	}
	w.last = d.Pipeline
	if change != nil && change.Since.After(d.Since) {
		w.last.State, w.last.Since, w.last.Fault = change.To, change.Since, nil
		if f := change.Cause; f != nil {
			w.last.Fault = &wire.Fault{Code: string(f.Code), Place: f.Place, Text: f.Text, Blame: f.Blame}
		}
	}
	if w.saw != nil {
		w.saw(w.last)
	}
	if w.done(w.last) {
		w.over = true
		return errSettled
	}
	return nil
}

// Up tells whether a pipeline has got as far as it will by itself: media flows, or it has ended.
func Up(p wire.Pipeline) bool { return p.State == "live" || p.State == "degraded" || Over(p) }

// Over tells whether a pipeline has ended for good.
func Over(p wire.Pipeline) bool {
	return p.State == "stopped" || p.Retry == nil && (p.State == "failed" || p.State == "lost")
}
