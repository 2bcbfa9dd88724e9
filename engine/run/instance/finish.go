package instance

import (
	"errors"
	"time"

	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/restart"
)

// quit takes the request to end: properly within the limit, or as the policy says if that is negative.
func (o *owner) quit(limit time.Duration) {
	o.asked = true
	at := o.at
	switch {
	case at == nil: // planned: nothing runs
		o.to(run.Stopped, nil)
		o.end(nil)
	case at.step == stopping:
	case limit == 0:
		o.leave(at)
		o.halt(at)
	case at.step == draining:
		if limit > 0 {
			o.clock.Set(&at.deadline, limit, func() { o.cutDrain(at) })
		}
	default:
		o.drain(at, limit)
	}
}

// leave takes the instance to draining, if it is not there yet.
func (o *owner) leave(at *attempt) {
	if o.state != run.Draining {
		o.to(run.Draining, nil)
	}
	o.clock.Hush(&at.watch)
	o.clock.Hush(&at.deadline)
}

// drain ends an attempt properly. What does not play yet is stopped at once.
func (o *owner) drain(at *attempt, limit time.Duration) {
	begun := at.step == waiting || at.step == playing
	o.leave(at)
	if !begun || at.rt == nil {
		o.halt(at)
		return
	}
	at.step = draining
	if limit < 0 {
		limit = drainLimit(o.shape.Plan())
		if o.shape.Offline() { // an encoder may need minutes for what is queued before it
			o.watchDrain(at, limit)
			limit = o.inst.opts.Limits.Job
		}
	}
	at.until = time.Now().Add(limit)
	o.clock.Set(&at.deadline, limit, func() { o.cutDrain(at) })
	o.progress(at)
}

// flush calls Drain, once no other call is at work.
func (o *owner) flush(at *attempt) {
	if at.leaving != nil {
		return
	}
	at.leaving = o.call(at, time.Until(at.until), at.rt.Drain, func(err error) { o.drained(at, err) })
}

// cutDrain ends a drain that takes too long.
func (o *owner) cutDrain(at *attempt) {
	if at.leaving != nil {
		at.leaving()
		return
	}
	// A change before it did not come to its end.
	o.drained(at, fault.New(fault.Stalled, "", "a change that was under way did not end in the time there was to drain"))
}

// drained goes on after Drain.
func (o *owner) drained(at *attempt, err error) {
	if at.step == stopping {
		return // it was stopped meanwhile
	}
	if err != nil {
		err = o.blame(err, "")
		o.last = err
		o.log().Warn("drain incomplete", "err", err)
		switch {
		case errors.Is(err, fault.Lost):
			o.give(at, err)
		case o.asked: // it is stopped as it should be, but not all of its media has arrived
			at.verdict = verdict{run.Stopped, err}
		case o.renewal == nil:
			at.verdict = verdict{run.Failed, err}
		}
	}
	o.halt(at)
}

// fail ends an attempt badly. Only the first failure counts.
func (o *owner) fail(err error) {
	at := o.at
	if at == nil || at.step == stopping {
		return
	}
	err = o.blame(err, "")
	o.last = err
	o.replace(err)
	if errors.Is(err, fault.Lost) {
		o.give(at, err)
	} else {
		at.verdict = verdict{run.Failed, err}
	}
	o.halt(at)
}

// give gives a Runtime up as lost.
func (o *owner) give(at *attempt, err error) {
	at.verdict = verdict{run.Lost, err}
	o.lost++
	o.log().Error("instance lost", "err", err)
	o.to(run.Lost, err)
}

// halt stops the Runtime, whatever it does at the moment.
func (o *owner) halt(at *attempt) {
	at.step = stopping
	o.clock.Hush(&at.deadline)
	o.clock.Hush(&at.watch)
	o.purge()
	if at.rt == nil {
		o.progress(at)
		return
	}
	o.call(at, o.inst.opts.Limits.Stop, at.rt.Stop, func(err error) {
		if err != nil && at.verdict.state != run.Lost {
			lost := fault.New(fault.Lost, place(o.graph(), o.inst.id, ""), "it does not stop").Because(err)
			if at.verdict.err != nil {
				lost = lost.Because(at.verdict.err)
			}
			o.last = lost
			o.give(at, lost)
		}
	})
}

// over closes an attempt whose Runtime is gone, and decides whether there is another.
func (o *owner) over(at *attempt) {
	o.at = nil
	o.inst.report.Use(nil)
	o.inst.spec.Ends.Over()
	o.forget()
	v := at.verdict
	if o.state != v.state {
		o.to(v.state, v.err)
	}
	if !at.liveAt.IsZero() && time.Since(at.liveAt) >= o.backoff.Calm() {
		o.backoff.Settle()
	}
	wait, again := o.again(&v)
	if !again {
		o.end(v.err)
		return
	}
	o.restarts++
	o.to(run.Planned, nil)
	if wait == 0 {
		o.begin()
		return
	}
	o.retryAt = time.Now().Add(wait)
	o.clock.Set(&o.retry, wait, o.begin)
}

// again asks the policy whether, and after what time, there is another attempt. Giving up is added to the reason.
func (o *owner) again(v *verdict) (time.Duration, bool) {
	if o.asked {
		return 0, false
	}
	if o.renewal != nil {
		o.template, o.renewal = o.renewal, nil
		return 0, true
	}
	when := o.shape.Plan().Policy.Restart.When
	switch {
	case o.inst.spec.Once || when == restart.Never || when == "":
		return 0, false
	case v.state == run.Stopped && when != restart.Always:
		return 0, false
	case restart.Hopeless(v.err):
		return 0, false
	}
	wait, ok := o.backoff.Next(time.Now())
	if !ok && v.err != nil {
		r := o.shape.Plan().Policy.Restart
		where := place(o.graph(), o.inst.id, "")
		var f *fault.Fault
		if errors.As(v.err, &f) {
			where = f.Place
		}
		v.err = fault.New(fault.CodeOf(v.err), where, "given up after %d restarts in %s", r.Tries, r.Window).Because(v.err)
		o.last = v.err
	}
	return wait, ok
}

// end is the end for good.
func (o *owner) end(err error) {
	o.finished, o.err = true, err
}

// drainLimit is how long a plan may take to drain.
func drainLimit(p *plan.Plan) time.Duration {
	if p.Policy.Drain > 0 {
		return time.Duration(p.Policy.Drain)
	}
	return time.Duration(plan.DefaultPolicy().Drain)
}
