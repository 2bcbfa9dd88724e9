package client

import (
	"context"
	"errors"

	"sluice/api/rest/wire"
	"sluice/engine/event"
)

// errSettled ends the following of a pipeline that is where it was to get.
var errSettled = errors.New("settled")

// Settled waits until a pipeline is where done says, and gives it as it is then. saw is called with every state on the way, the present
// one first; nil: nobody wants to know. A pipeline that is gone is fault.ResourceNotFound.
func (c *Client) Settled(ctx context.Context, id string, done func(wire.Pipeline) bool, saw func(wire.Pipeline)) (wire.Pipeline, error) {
	var last wire.Pipeline
	var failed error
	over := false
	look := func() error {
		if over { // an event was on its way when it was known
			return errSettled
		}
		d, err := c.Pipeline(ctx, id)
		if err != nil {
			failed, over = err, true
			return errSettled
		}
		last = d.Pipeline
		if saw != nil {
			saw(last)
		}
		if done(last) {
			over = true
			return errSettled
		}
		return nil
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	f := Follow{Pipeline: id, Names: []string{event.InstanceChanged}, Begun: func() { // what was before it began is not told
		if look() != nil {
			stop(errSettled)
		}
	}}
	err := c.Events(ctx, f, func(wire.Event) error { return look() })
	if errors.Is(err, errSettled) || errors.Is(context.Cause(ctx), errSettled) {
		return last, failed
	}
	return last, err
}

// Up tells whether a pipeline has got as far as it will by itself: media flows, or it has ended.
func Up(p wire.Pipeline) bool { return p.State == "live" || p.State == "degraded" || Over(p) }

// Over tells whether a pipeline has ended for good.
func Over(p wire.Pipeline) bool {
	return p.State == "stopped" || p.Retry == nil && (p.State == "failed" || p.State == "lost")
}
