package instance

import (
	"context"
	"time"

	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/mailbox"
	"sluice/engine/run/shape"
)

// step is how far an attempt is.
type step uint8

const (
	preparing step = iota // Prepare or Start is under way
	waiting               // everything plays, no media has come
	playing
	draining
	stopping
)

// attempt is one Runtime's life. An instance that is restarted makes several.
type attempt struct {
	rt      run.Runtime // nil if the plan has nothing for one
	host    *host
	step    step
	calls   int // at work, but Stop and Inspect
	media   bool
	inlets  run.Inlets      // all that the Runtime gave
	keys    map[string]bool // bridges for which a request for a key frame waits
	ended   map[string]bool // nodes at their natural end
	started time.Time
	liveAt  time.Time
	verdict verdict
	stale   bool // a branch went while a change was under way: the plan has to be made anew

	deadline mailbox.Alarm // to become live, or to drain
	watch    mailbox.Alarm
	pulse    shape.Pulse
	until    time.Time          // a drain has to be done
	leaving  context.CancelFunc // ends the drain at work
}

// verdict is how an attempt ends.
type verdict struct {
	state run.State
	err   error
}

// begin makes an attempt: it resolves the plan anew and prepares it.
func (o *owner) begin() {
	o.retryAt = time.Time{}
	o.clock.Hush(&o.retry)
	at := &attempt{
		started: time.Now(), inlets: run.Inlets{}, keys: map[string]bool{}, ended: map[string]bool{}, verdict: verdict{state: run.Stopped},
	}
	o.at = at
	o.to(run.Starting, nil)
	p, err := o.base()
	if err == nil {
		err = o.afford(p)
	}
	if err != nil {
		o.fail(err)
		return
	}
	o.adopt(p)
	at.host = newHost(o.inst, at, p)
	o.inst.spec.Ends.Epoch(at.host.epoch)
	if !o.roster.Runs() {
		o.inst.spec.Ends.Inlets(p, nil)
		o.plays(at)
		return
	}
	if o.inst.opts.Open == nil {
		o.fail(fault.New(fault.GstUnavailable, "", "the graph needs GStreamer, which this build does not have"))
		return
	}
	rt, err := o.inst.opts.Open(o.inst.id)
	if err != nil {
		o.fail(err)
		return
	}
	at.rt = rt
	o.inst.report.Use(rt)
	o.prepare(at, p)
}

// afford asks whether a plan that costs more than the one before may, as when an encoder on a device is replaced by one that is none.
func (o *owner) afford(p *plan.Plan) error {
	if p.Policy.Cost <= o.shape.Plan().Policy.Cost {
		return nil
	}
	return o.inst.opts.Reserve(o.inst.id, p.Policy.Cost)
}

// prepare calls Prepare and then Start. Both have to be done by the policy's time to start.
func (o *owner) prepare(at *attempt, p *plan.Plan) {
	var inlets run.Inlets
	o.call(at, startLimit(p), func(ctx context.Context) (err error) {
		if inlets, err = at.rt.Prepare(ctx, p, at.host); err != nil || o.inst.spec.Prepared == nil {
			return err
		}
		return o.inst.spec.Prepared(at.rt)
	}, func(err error) {
		if at.step != preparing {
			return // it is being stopped
		}
		if err != nil {
			o.fail(err)
			return
		}
		o.hand(p, inlets)
		left := startLimit(p) - time.Since(at.started)
		o.call(at, left, at.rt.Start, func(err error) {
			switch {
			case at.step != preparing:
			case err != nil:
				o.fail(err)
			default:
				o.plays(at)
			}
		})
	})
}

// plays goes on when everything plays: what was there before comes back, and the instance is live or waits for media.
func (o *owner) plays(at *attempt) {
	at.step = waiting
	o.replay()
	if o.arrived(at) || !o.shape.Waits() {
		o.live(at)
	} else {
		limit := startLimit(o.shape.Plan())
		o.clock.Set(&at.deadline, limit-time.Since(at.started), func() {
			if at.media { // what is not published yet comes late, and may do so
				o.live(at)
				return
			}
			o.fail(fault.New(fault.StartTimeout, "", "no media came within %s", plan.Span(limit)).
				Advise("look at what feeds the graph; policy.start allows more time"))
		})
	}
	o.checkEnd(at)
	o.pump()
}

// Publishing is an Ends that makes what the instance gives known to others.
type Publishing interface {
	// Published tells whether all is known that is to be as soon as media comes. When that changes there is a notice. It returns at
	// once.
	Published() bool
}

// arrived tells whether media has come to where others find it.
func (o *owner) arrived(at *attempt) bool {
	p, publishes := o.inst.spec.Ends.(Publishing)
	return at.media && (!publishes || p.Published())
}

// appear takes an attempt to live that waited for nothing else.
func (o *owner) appear(at *attempt) {
	if o.arrived(at) {
		o.live(at)
	}
}

func (o *owner) live(at *attempt) {
	if at.step != waiting {
		return
	}
	at.step, at.liveAt = playing, time.Now()
	o.clock.Hush(&at.deadline)
	o.to(run.Live, nil)
	o.settle()
	o.keepWatch(at)
	o.checkIdle()
}

// notice takes what a Runtime, or the Go part, has to say.
func (o *owner) notice(at *attempt, n run.Notice) {
	if o.at != at || at.step == stopping {
		return
	}
	n = o.veil.Notice(n)
	switch n.Kind {
	case run.FirstMedia:
		if !o.shape.StandsIn(n.Node) {
			at.media = true
			o.appear(at)
		}
	case run.Published:
		o.appear(at)
	case run.NodeEnded:
		if n.Branch != "" {
			o.guestEnded(n.Branch)
			return
		}
		at.ended[n.Node] = true
		o.checkEnd(at)
	case run.BranchGone:
		o.branchGone(n.Branch, o.blame(n.Err, n.Node))
	case run.Broken:
		if n.Branch != "" {
			o.guestBroken(n.Branch, o.blame(n.Err, n.Node))
			return
		}
		o.fail(o.blame(n.Err, n.Node))
	case run.Said:
		o.said(n)
	}
}

// checkEnd ends an attempt that is at its natural end.
func (o *owner) checkEnd(at *attempt) {
	if (at.step == waiting || at.step == playing) && o.shape.Over(at.ended) {
		o.drain(at, -1)
	}
}

// call makes one call off the loop. Its outcome is a message; done may find that the attempt has moved on.
// The cancel function ends the call early.
func (o *owner) call(at *attempt, limit time.Duration, work func(context.Context) error, done func(error)) context.CancelFunc {
	at.calls++
	ctx, cancel := context.WithTimeout(context.Background(), max(limit, time.Millisecond))
	outcome := func(err error) {
		at.calls--
		done(err)
		o.progress(at)
	}
	o.calls.Go(func() {
		defer cancel()
		err := o.veil.Err(work(ctx))
		o.inst.box.Put(func() { outcome(err) })
	})
	return cancel
}

// progress goes on with what had to wait for a call.
func (o *owner) progress(at *attempt) {
	if o.at != at || at.calls > 0 {
		return
	}
	switch at.step {
	case stopping:
		o.over(at)
	case draining:
		o.flush(at)
	default:
		o.pump()
	}
}

// startLimit is how long a plan may take to become live.
func startLimit(p *plan.Plan) time.Duration {
	if p.Policy.Start > 0 {
		return time.Duration(p.Policy.Start)
	}
	return time.Duration(plan.DefaultPolicy().Start)
}

// adopt makes a plan the running one.
func (o *owner) adopt(p *plan.Plan) {
	o.shape = shape.Of(p)
	o.inst.shape.Store(o.shape)
	o.knowLazy()
}
