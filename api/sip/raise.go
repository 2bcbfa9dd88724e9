package sip

import (
	"context"
	"time"

	"sluice/api/calls"
	"sluice/api/sip/leg"
	"sluice/api/sip/lines"
	"sluice/api/visitor"
	"sluice/engine"
	"sluice/engine/fault"
)

// routed is a call that a graph takes.
type routed struct {
	door    *Door
	call    *lines.Call
	account string
	renew   chan struct{} // the graph has to be raised anew
}

var _ calls.Watcher = (*routed)(nil)

// route has the call taken by the graph that has a route for it.
func (d *Door) route(c *lines.Call, account string) calls.Watcher {
	r := &routed{door: d, call: c, account: account, renew: make(chan struct{}, 1)}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closing {
		return nil
	}
	d.raised.Go(r.run)
	return r
}

// Status implements calls.Watcher.
func (r *routed) Status(calls.About) {}

// Transferred implements calls.Watcher.
func (r *routed) Transferred(int, string) {}

// Key implements calls.Watcher.
func (r *routed) Key(string) {}

// Renewed has the graph raised anew, with the codecs that the call has now.
func (r *routed) Renewed() {
	select {
	case r.renew <- struct{}{}:
	default: // it is to be already
	}
}

// run raises the graph, answers, and ends the graph with the call.
func (r *routed) run() {
	ctx := r.door.cut
	about := r.call.About()
	late := r.call.Offerless() // then nobody knows what the phone speaks before it has been answered
	inst, err := r.begin(ctx, late)
	if err == nil && !late {
		err = r.answer(ctx)
	}
	if err != nil {
		r.door.opt.Log.Info("a call is not taken", "call", r.call.ID(), "account", r.account, "to", about.To, "err", err)
		r.call.Refuse(err)
	}
	for inst != nil && err == nil {
		select {
		case <-r.renew:
			inst, err = r.replace(ctx, inst)
			continue
		case <-r.call.Done():
		case <-ctx.Done():
		}
		break
	}
	if inst != nil {
		r.leave(ctx, inst)
	}
}

// replace has the graph raised anew, which is nil if that fails: the call ends then.
func (r *routed) replace(ctx context.Context, inst visitor.Instance) (visitor.Instance, error) {
	media, ok := r.call.Media().(*leg.Leg)
	if !ok {
		return inst, nil
	}
	var next visitor.Instance
	err := media.Swap(func() (err error) {
		r.leave(ctx, inst)
		next, err = r.raise(ctx)
		return err
	})
	if err != nil {
		r.door.opt.Log.Info("a call does not go on with other codecs", "call", r.call.ID(), "err", err)
		return nil, err
	}
	return next, nil
}

// begin raises the graph, after the answer if that has to be so.
func (r *routed) begin(ctx context.Context, late bool) (visitor.Instance, error) {
	if late {
		if err := r.answer(ctx); err != nil {
			return nil, err
		}
	} else if err := r.call.Agree(nil); err != nil { //nolint:contextcheck // keys are agreed on while the call lasts
		return nil, err
	}
	return r.raise(ctx)
}

func (r *routed) answer(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, r.door.opt.Timeout)
	defer cancel()
	return r.call.Answer(ctx, nil)
}

// raise raises the event.
func (r *routed) raise(ctx context.Context) (visitor.Instance, error) {
	ctx, cancel := context.WithTimeout(ctx, r.door.opt.Timeout)
	defer cancel()
	about := r.call.About()
	headers := make(map[string]any, len(about.Headers))
	for name, text := range about.Headers {
		headers[name] = text
	}
	i, err := r.door.opt.Engine.Raise(ctx, engine.Event{
		Name: "sip.invite", Path: "/" + about.To,
		Vars: map[string]any{
			"from": about.From, "to": about.To, "headers": headers, "account": r.account, "host": r.call.Line().Account().Domain,
		},
		Sessions: map[string]any{"phone": r.call.Media()},
	})
	if fault.CodeOf(err) == fault.NoRoute {
		return nil, fault.New(fault.NoRoute, "", "nobody is called %.80q here", about.To).Because(err)
	}
	return i, err
}

// leave ends an instance, for which there is time when ctx is done, too.
func (r *routed) leave(ctx context.Context, i visitor.Instance) {
	const patience = 10 * time.Second
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if err := i.Stop(ctx); err != nil {
		r.door.opt.Log.Debug("the graph of a call ended badly", "call", r.call.ID(), "err", err)
	}
}
