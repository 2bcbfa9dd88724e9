package instance

import (
	"context"
	"time"

	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/shape"
)

// looks is how often a watchdog looks in the time it watches over.
const looks = 10

// keepWatch fails the attempt when no source gives media for as long as the policy allows.
func (o *owner) keepWatch(at *attempt) {
	window := time.Duration(o.shape.Plan().Policy.Stall)
	if window <= 0 || at.rt == nil {
		return
	}
	o.clock.Set(&at.watch, window/looks, func() {
		o.look(at, func(r run.Report, err error) {
			if at.step != playing {
				return
			}
			if err == nil && !r.Stale && o.stalled(at, r, window) {
				o.fail(fault.New(fault.Stalled, "", "no source has given media for %s", plan.Span(window)).
					Advise("look at what feeds the graph; policy.stall allows longer silence"))
				return
			}
			o.keepWatch(at)
		})
	})
}

// stalled judges a report.
func (o *owner) stalled(at *attempt, r run.Report, window time.Duration) bool {
	life := o.shape.Life(r, at.ended, func(name string) bool { l := o.lazy[name]; return l != nil && l.on })
	if !life.Known {
		at.pulse = shape.Pulse{}
		return false
	}
	return life.Silent >= window || !at.pulse.Alive(time.Now(), life.Units, window)
}

// watchDrain ends a drain in which nothing moves any more. A job that moves may take its time.
func (o *owner) watchDrain(at *attempt, patience time.Duration) {
	var before run.Report
	moved := time.Now()
	var next func()
	next = func() {
		o.clock.Set(&at.watch, patience/looks, func() {
			o.look(at, func(r run.Report, err error) {
				if at.step != draining {
					return
				}
				if err == nil && shape.Moved(before, r) { // also if it is stale: then nothing has moved
					before, moved = r, time.Now()
				}
				if time.Since(moved) >= patience {
					o.cutDrain(at)
					return
				}
				next()
			})
		})
	}
	next()
}

// look inspects the Runtime off the loop.
func (o *owner) look(at *attempt, see func(run.Report, error)) {
	limit := o.inst.opts.Limits.Inspect
	o.calls.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		r, err := at.rt.Inspect(ctx)
		o.inst.box.Put(func() {
			if o.at == at {
				see(r, err)
			}
		})
	})
}
