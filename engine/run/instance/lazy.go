package instance

import (
	"maps"
	"slices"
	"time"

	"sluice/engine/event"
	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/mailbox"
	"sluice/engine/run/shape"
)

// lazy is something that runs while somebody reads it.
type lazy struct {
	shape.Lazy
	here      bool // it is in the running plan; if not, its key will come back
	readers   int
	on        bool // it runs
	busy      bool // a change of it waits or is at work
	lingering bool // nobody reads it, and it runs on for a while
	err       error
	linger    mailbox.Alarm
	retry     mailbox.Alarm
}

// Demand says that a reader has come for what is called name: a lazy branch or pipeline, or a node that one makes. The
// first reader starts it; Idle says that a reader has left. It returns at once, and is fault.ResourceNotFound if nothing
// lazy makes that.
func (i *Instance) Demand(name string) error {
	s := i.shape.Load()
	serving := s.Serving(name)
	if len(serving) == 0 {
		return fault.New(fault.ResourceNotFound, place(s.Plan().Graph, i.id, name), "nothing lazy is called %q", name)
	}
	i.box.Put(func() {
		o := i.owner
		o.wanted = o.wanted || !slices.ContainsFunc(serving, func(n string) bool { return o.lazy[n] != nil && o.lazy[n].StandIn })
		if o.reads[name] == nil {
			o.reads[name] = &reading{of: serving}
		}
		o.reads[name].readers++
		o.each(o.reads[name].of, func(l *lazy) {
			l.readers++
			l.lingering, l.err = false, nil
			o.clock.Hush(&l.linger)
			o.clock.Hush(&l.retry)
		})
	})
	return nil
}

// Idle says that a reader of what is called name has left: one that Demand was called for. It returns at once.
func (i *Instance) Idle(name string) {
	i.box.Put(func() {
		o := i.owner
		r := o.reads[name]
		if r == nil {
			return
		}
		if r.readers--; r.readers == 0 {
			delete(o.reads, name)
		}
		o.each(r.of, func(l *lazy) {
			if l.readers--; l.readers == 0 && (l.on || l.busy) {
				o.runOn(l)
			}
		})
	})
}

// each changes some of what is lazy.
func (o *owner) each(names []string, change func(*lazy)) {
	for _, n := range names {
		if l := o.lazy[n]; l != nil {
			change(l)
			o.reconcile(l)
		}
	}
	o.settle()
	o.checkIdle()
}

// reading is who reads under one name.
type reading struct {
	of      []string // lazy
	readers int
}

// hand hands over a plan with new ports, but for those into what is lazy and does not run: what went in there would be lost, and
// with it the key frame that pictures begin with.
func (o *owner) hand(p *plan.Plan, in run.Inlets) {
	maps.Copy(o.at.inlets, in)
	now := maps.Clone(in)
	maps.DeleteFunc(now, func(bridge string, _ run.Port) bool {
		l := o.lazy[o.shape.Into(bridge)]
		return l != nil && !l.on
	})
	o.inst.spec.Ends.Inlets(p, now)
}

// flow lets media into something lazy that runs now, and rest out of it.
func (o *owner) flow(l *lazy) {
	if ports := o.into(l); len(ports) > 0 {
		o.inst.spec.Ends.Inlets(o.shape.Plan(), ports)
	}
}

func (o *owner) rest(l *lazy) {
	if ports := o.into(l); len(ports) > 0 {
		o.inst.spec.Ends.Rest(slices.Sorted(maps.Keys(ports)))
	}
}

// into are the ports into something lazy.
func (o *owner) into(l *lazy) run.Inlets {
	out := maps.Clone(o.at.inlets)
	maps.DeleteFunc(out, func(bridge string, _ run.Port) bool { return o.shape.Into(bridge) != l.Name })
	return out
}

// runOn lets something that nobody reads any more run for the time it lingers.
func (o *owner) runOn(l *lazy) {
	l.lingering = true
	o.clock.Set(&l.linger, l.Linger, func() {
		l.lingering = false
		o.reconcile(l)
		o.checkIdle()
	})
}

// due tells whether it should run.
func (l *lazy) due() bool { return l.here && l.err == nil && (l.readers > 0 || l.lingering && l.on) }

// reconcile starts or ends something lazy if it does not run as it should.
func (o *owner) reconcile(l *lazy) {
	if l.busy || l.due() == l.on || o.at == nil {
		return
	}
	l.busy = true
	starts := false
	o.enqueue(&task{
		own: true,
		begin: func() (work, error) {
			starts = l.due()
			if starts == l.on || l.InGo || o.lazy[l.Name] != l {
				return work{}, nil
			}
			if starts {
				return work{change: run.Change{Verb: run.StartLazy, Branch: l.Name}}, nil
			}
			o.rest(l)
			return work{change: run.Change{Verb: run.EndLazy, Branch: l.Name}, limit: o.inst.opts.Limits.Change + drainLimit(o.shape.Plan())}, nil
		},
		end: func(_ run.Result, err error) { o.reconciled(l, starts, err) },
	})
}

// reconciled goes on when something lazy was started or ended, or was not.
func (o *owner) reconciled(l *lazy, starts bool, err error) {
	l.busy = false
	if o.at == nil || o.at.step == stopping || o.lazy[l.Name] != l {
		return
	}
	was := l.on
	switch {
	case err == nil && l.err != nil && starts: // it failed as soon as it ran
		return
	case err == nil:
		l.on = starts
	case starts:
		o.lazyFailed(l, o.blame(err, l.Name))
		return
	default:
		l.on = false
		o.last = o.blame(err, l.Name)
		o.branch(l.Name, event.BranchEnded, o.last)
		was = false
	}
	if l.on != was {
		o.turned(l)
	}
	if l.on && l.readers == 0 && !l.lingering {
		o.runOn(l) // they left while it was being started
	}
	o.at.pulse = shape.Pulse{} // there are other sources now
	o.reconcile(l)
	o.settle()
	o.checkIdle()
}

// turned says that something lazy runs now, or does not any more.
func (o *owner) turned(l *lazy) {
	if !l.on {
		o.branch(l.Name, event.BranchEnded, nil)
		return
	}
	o.flow(l)
	o.branch(l.Name, event.BranchRuns, nil)
}

// lazyFailed does what the graph says of something lazy that failed; if it says nothing, the next reader starts it.
func (o *owner) lazyFailed(l *lazy, err error) {
	if o.at == nil || o.at.step == stopping {
		return
	}
	if l.on {
		o.rest(l)
	}
	l.on, l.lingering, l.err = false, false, err
	o.clock.Hush(&l.linger)
	o.last = err
	if o.replace(err) { // what is lazy is part of the plan that the Runtime has
		o.fail(err)
		return
	}
	o.branch(l.Name, event.BranchGone, err)
	switch l.OnError {
	case onErrorFail:
		o.fail(err)
		return
	case onErrorRestart:
		if wait, again := o.triesOf(l.Name).Next(time.Now()); again {
			o.clock.Set(&l.retry, wait, func() {
				l.err = nil
				o.reconcile(l)
				o.settle()
				o.checkIdle()
			})
		}
	}
	o.settle()
	o.checkIdle()
}

// knowLazy takes note of what is lazy in the running plan. What belongs to a key that will come back keeps its readers.
func (o *owner) knowLazy() {
	for _, l := range o.lazy {
		l.here = false
	}
	for _, s := range o.shape.Lazy() {
		if o.lazy[s.Name] == nil {
			o.lazy[s.Name] = &lazy{readers: o.readersOf(s.Name)}
		}
		o.lazy[s.Name].Lazy, o.lazy[s.Name].here = s, true
	}
	for name, l := range o.lazy {
		if l.here {
			continue
		}
		o.clock.Hush(&l.linger)
		o.clock.Hush(&l.retry)
		l.on, l.lingering, l.err = false, false, nil
		if !o.roster.Awaits(name) {
			delete(o.lazy, name)
		}
	}
}

// readersOf counts who reads something lazy that was away: readers of what a guest had do not all leave before he is back.
func (o *owner) readersOf(name string) int {
	n := 0
	for _, r := range o.reads {
		if slices.Contains(r.of, name) {
			n += r.readers
		}
	}
	return n
}

// strike takes a key off the roster for good, and with it what it had that is lazy.
func (o *owner) strike(branch string) {
	o.roster.Delete(branch)
	o.knowLazy()
}

// checkIdle ends an instance that was begun because somebody wanted something, once nobody wants anything. The first
// reader has the time that the policy gives to a start.
func (o *owner) checkIdle() {
	if !o.inst.spec.WhileWanted || len(o.lazy) == 0 || o.at == nil || o.at.step != playing {
		return
	}
	some := false
	for _, l := range o.lazy {
		if l.StandIn {
			continue
		}
		if some = true; l.readers > 0 || l.on || l.busy {
			o.clock.Hush(&o.idle)
			return
		}
	}
	if !some {
		return
	}
	switch {
	case o.wanted:
		o.quit(-1)
	case !o.idle.IsSet():
		o.clock.Set(&o.idle, startLimit(o.shape.Plan()), func() { o.quit(-1) })
	}
}
