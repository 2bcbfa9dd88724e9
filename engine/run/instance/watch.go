package instance

import (
	"context"
	"time"

	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run"
)

// burst is how many units in the time that counts as silence are no sign of life: a peer that connects again and again,
// or a handshake, gives a few.
const burst = 3

// looks is how often a watchdog looks in the time it watches over.
const looks = 10

// pulse tells whether sources are alive by how many units they gave.
type pulse struct{ marks []mark }

type mark struct {
	at    time.Time
	units uint64
}

// alive takes a new count. Too few units in the last window are none.
func (p *pulse) alive(now time.Time, units uint64, window time.Duration) bool {
	if n := len(p.marks); n > 0 && units < p.marks[n-1].units {
		p.marks = nil // counting began anew
	}
	p.marks = append(p.marks, mark{now, units})
	for len(p.marks) > 1 && now.Sub(p.marks[1].at) >= window {
		p.marks = p.marks[1:]
	}
	return now.Sub(p.marks[0].at) < window || units-p.marks[0].units >= burst
}

// keepWatch fails the attempt when no source gives media for as long as the policy allows.
func (o *owner) keepWatch(at *attempt) {
	window := time.Duration(o.shape.Plan().Policy.Stall)
	if window <= 0 || at.rt == nil {
		return
	}
	o.set(&at.watch, window/looks, func() {
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
		at.pulse = pulse{}
		return false
	}
	return life.Silent >= window || !at.pulse.alive(time.Now(), life.Units, window)
}

// watchDrain ends a drain in which nothing moves any more. A job that moves may take its time.
func (o *owner) watchDrain(at *attempt, patience time.Duration) {
	var before run.Report
	moved := time.Now()
	var next func()
	next = func() {
		o.set(&at.watch, patience/looks, func() {
			o.look(at, func(r run.Report, err error) {
				if at.step != draining {
					return
				}
				if err == nil && progress(before, r) { // also if it is stale: then nothing has moved
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

// progress tells whether media moved between two reports.
func progress(before, after run.Report) bool {
	sum := func(r run.Report) (units uint64) {
		for _, s := range r.Samples {
			units += s.Counts.Units
		}
		return units
	}
	return after.Position != before.Position || sum(after) != sum(before)
}

// look inspects the Runtime off the loop.
func (o *owner) look(at *attempt, see func(run.Report, error)) {
	limit := o.inst.opts.Limits.Inspect
	o.calls.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		r, err := at.rt.Inspect(ctx)
		o.inst.box.put(func() {
			if o.at == at {
				see(r, err)
			}
		})
	})
}
