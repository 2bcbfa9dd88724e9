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

// Settled begins something with a pipeline, and waits until that is where done says; it gives the pipeline as it is then. begin is called
// once events are followed, so that none is missed, and says which pipeline it is about. saw is called with every state on the way; nil:
// nobody wants to know. A pipeline that is gone is fault.ResourceNotFound.
func (c *Client) Settled(
	ctx context.Context, begin func(context.Context) (id string, err error), done func(wire.Pipeline) bool, saw func(wire.Pipeline),
) (wire.Pipeline, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	w := &waiting{client: c, begin: begin, done: done, saw: saw}
	f := Follow{Names: []string{event.InstanceChanged}, Begun: func() {
		if w.start(ctx) != nil {
			stop(errSettled)
		}
	}}
	err := c.Events(ctx, f, func(e wire.Event) error {
		if w.over { // it was on its way when that was known
			return errSettled
		}
		if change := changeOf(e); change != nil && change.ID == w.id {
			return w.look(ctx, change)
		}
		return nil
	})
	if w.over {
		return w.last, w.failed
	}
	return w.last, err
}

// waiting is one use of Settled.
type waiting struct {
	client *Client
	begin  func(context.Context) (string, error)
	done   func(wire.Pipeline) bool
	saw    func(wire.Pipeline)

	id     string // of the pipeline, once it is begun
	last   wire.Pipeline
	failed error // why it cannot be waited for any more
	over   bool
}

// start begins what there is to begin, unless events are only followed anew, and asks how the pipeline is.
func (w *waiting) start(ctx context.Context) error {
	if w.id == "" {
		id, err := w.begin(ctx)
		if err != nil {
			return w.fail(err)
		}
		w.id = id
	}
	return w.look(ctx, nil)
}

func (w *waiting) fail(err error) error {
	w.failed, w.over = err, true
	return errSettled
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
	d, err := w.client.Pipeline(ctx, w.id)
	if err != nil {
		return w.fail(err)
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
