package instance

import (
	"context"
	"errors"
	"slices"
	"time"

	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run"
)

// task is a change that waits for its turn. Both functions are called on the owner's goroutine.
type task struct {
	own   bool // not asked for by anybody outside: forgotten when the attempt ends
	begin func() (work, error)
	end   func(run.Result, error) // with what came of it
}

// work is what a task turns out to be when its turn has come.
type work struct {
	change run.Change    // no Verb: there is nothing for the Runtime to do
	plan   *plan.Plan    // that runs afterwards; nil: it stays
	limit  time.Duration // 0 means the usual one
	enter  string        // the branch of a key whose part in Go has to be there before
}

// enqueue lets a task wait for its turn.
func (o *owner) enqueue(t *task) {
	o.tasks = append(o.tasks, t)
	o.pump()
}

// pump begins the next task, if none is at work and the Runtime takes changes.
func (o *owner) pump() {
	for !o.pumping && len(o.tasks) > 0 {
		at := o.at
		if at == nil || at.calls > 0 || at.step != waiting && at.step != playing {
			return
		}
		t := o.tasks[0]
		o.tasks = o.tasks[1:]
		o.pumping = true // what a task enqueues waits until it is done
		o.carryOut(at, t)
		o.pumping = false
	}
}

// carryOut begins one task.
func (o *owner) carryOut(at *attempt, t *task) {
	w, err := t.begin()
	if err != nil {
		t.end(run.Result{}, err)
		return
	}
	there, _ := o.inst.spec.Ends.(Keyed)
	enters, applies := there != nil && w.enter != "", w.change.Verb != "" && at.rt != nil
	if !enters && !applies {
		if w.plan != nil {
			o.adopt(w.plan)
		}
		t.end(run.Result{}, nil)
		return
	}
	if w.limit == 0 {
		w.limit = o.inst.opts.Limits.Change
	}
	if w.plan != nil {
		at.host.plan.Store(w.plan)
	}
	at.stale = false
	var result run.Result
	o.call(at, w.limit, func(ctx context.Context) (err error) {
		if enters {
			err = there.Enter(ctx, w.plan, w.enter)
		}
		if err == nil && applies {
			result, err = at.rt.Apply(ctx, w.change)
		}
		return err
	}, func(err error) {
		if errors.Is(err, fault.Lost) {
			o.fail(err)
		}
		o.carriedOut(at, w, err)
		t.end(result, err)
		if err != nil && at.stale {
			o.replan() // what was planned when the branch went had in it what the change would have brought
		}
	})
}

// carriedOut takes over the plan of a change that succeeded.
func (o *owner) carriedOut(at *attempt, w work, err error) {
	switch {
	case w.plan == nil:
	case err != nil:
		at.host.plan.Store(o.shape.Plan())
	case at.stale:
		o.replan()
	default:
		o.adopt(w.plan)
	}
}

// replan makes the running plan anew: without what left by itself.
func (o *owner) replan() {
	p, err := o.resolve()
	if err != nil {
		o.log().Error("no plan without what left", "err", err)
		return
	}
	o.adopt(p)
	if o.at != nil && o.at.host != nil {
		o.at.host.plan.Store(p)
	}
}

// purge forgets the tasks that make sense only for the attempt that ends.
func (o *owner) purge() {
	o.tasks = slices.DeleteFunc(o.tasks, func(t *task) bool { return t.own })
}

// request makes a task of what somebody outside asks for. It is not begun once nobody waits for it. What begin refuses
// has changed nothing, and end does not hear of it.
func (i *Instance) request(ctx context.Context, begin func(*owner) (work, error), end func(*owner, run.Result, error) error) error {
	return i.ask(ctx, func(answer func(error)) {
		o := i.owner
		if o.asked {
			answer(i.closed())
			return
		}
		begun := false
		o.enqueue(&task{ //nolint:contextcheck // ctx bounds the waiting; a change that has begun comes to its end
			begin: func() (w work, err error) {
				if err = ctx.Err(); err == nil {
					w, err = begin(o)
				}
				begun = err == nil
				return w, err
			},
			end: func(r run.Result, err error) {
				if begun {
					err = end(o, r, err)
				}
				if err != nil && ctx.Err() == nil {
					err = o.blame(err, "")
				}
				answer(err)
			},
		})
	})
}
