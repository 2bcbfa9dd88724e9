package instance

import (
	"time"

	"sluice/engine/event"
	"sluice/engine/run"
	"sluice/engine/run/mailbox"
	"sluice/engine/run/restart"
)

// Words of on_error.
const (
	onErrorDrop    = "drop"
	onErrorRestart = "restart"
	onErrorFail    = "fail"
)

// fallen is a branch that failed and is not back. Lazy branches are not among them: readers bring those back.
type fallen struct {
	err  error
	back mailbox.Alarm // when it is tried again, if it is
}

// branchGone takes note of a branch that failed and that the Runtime has taken out.
func (o *owner) branchGone(name string, err error) {
	if l := o.lazy[name]; l != nil {
		o.lazyFailed(l, err)
		return
	}
	o.replace(err) // while the plan has what failed
	if k := o.roster.Key(name); k != nil {
		if k.In { // otherwise it is being removed
			k.In = false
			o.at.stale = true
			o.replan()
			o.fell(name, k.OnError, err)
		}
		return
	}
	if b, ok := o.shape.Branch(name); ok {
		o.fell(name, b.OnError, err)
		return
	}
	o.last = err
	o.log().Warn("unknown branch gone", "branch", name, "err", err)
}

// fell does what the graph says of a branch that failed.
func (o *owner) fell(name, onError string, err error) {
	if o.at == nil || o.at.step == stopping {
		return // all of it goes
	}
	o.last = err
	if o.replace(err) {
		o.replan()
	}
	f := o.fallen[name]
	if f == nil {
		f = &fallen{}
		o.fallen[name] = f
	}
	f.err = err
	switch onError {
	case onErrorDrop:
		o.branch(name, event.BranchDropped, err)
		o.dropped++
		o.exit(name)
	case onErrorRestart:
		wait, again := o.triesOf(name).Next(time.Now())
		if !again {
			o.branch(name, event.BranchDropped, err)
			o.dropped++
			o.exit(name)
			break
		}
		o.branch(name, event.BranchGone, err)
		o.clock.Set(&f.back, wait, func() { o.comeBack(name) })
	default:
		o.branch(name, event.BranchGone, err)
		o.fail(err)
		return
	}
	o.settle()
}

// comeBack tries a branch again.
func (o *owner) comeBack(name string) {
	if o.roster.Key(name) != nil {
		o.addAgain(name)
		return
	}
	b, ok := o.shape.Branch(name)
	if !ok {
		o.lift(name)
		return
	}
	o.enqueue(&task{
		own: true,
		begin: func() (work, error) {
			p := o.shape.Plan()
			return work{change: run.Change{Verb: run.AddBranch, Branch: name, Plan: p}, plan: p}, nil
		},
		end: func(r run.Result, err error) {
			if err != nil {
				o.fell(name, b.OnError, o.blame(err, name))
				return
			}
			o.hand(o.shape.Plan(), r.Inlets)
			o.lift(name)
		},
	})
}

// lift notes that a branch is no longer missed.
func (o *owner) lift(name string) {
	f := o.fallen[name]
	if f == nil {
		return
	}
	o.clock.Hush(&f.back)
	delete(o.fallen, name)
	if k := o.roster.Key(name); k == nil || k.In {
		o.branch(name, event.BranchBack, nil)
	}
	o.settle()
}

// triesOf counts the restarts of a branch, by the policy of the instance.
func (o *owner) triesOf(name string) *restart.Backoff {
	if o.tries[name] == nil {
		o.tries[name] = restart.New(o.shape.Plan().Policy.Restart, o.inst.opts.Random)
	}
	return o.tries[name]
}

// settle takes the instance from live to degraded or back, as branches leave and come.
func (o *owner) settle() {
	var cause error
	for _, f := range o.fallen {
		cause = f.err
	}
	for _, l := range o.lazy {
		if l.err != nil && l.readers > 0 {
			cause = l.err
		}
	}
	switch {
	case o.state == run.Live && cause != nil:
		o.to(run.Degraded, cause)
	case o.state == run.Degraded && cause == nil:
		o.to(run.Live, nil)
	}
}

// forget clears what belongs to the attempt that is over. What was dropped stays away; what failed and would have been
// tried again is replayed with the rest.
func (o *owner) forget() {
	for name, f := range o.fallen {
		if k := o.roster.Key(name); k != nil && k.OnError != onErrorRestart {
			o.roster.Delete(name)
			o.exit(name)
		}
		o.clock.Hush(&f.back)
		delete(o.fallen, name)
	}
	for _, l := range o.lazy {
		o.clock.Hush(&l.linger)
		o.clock.Hush(&l.retry)
		l.on, l.busy, l.lingering, l.err = false, false, false, nil
	}
	o.clock.Hush(&o.idle)
}

// branch says what became of a branch.
func (o *owner) branch(name, state string, err error) {
	if err != nil {
		o.log().Warn("branch failed", "branch", name, "state", state, "err", err)
	}
	o.raise(event.BranchChanged, event.Branch{
		ID: o.inst.id, Graph: o.graph(), Branch: name, State: state, Cause: event.CauseOf(err),
	})
}
