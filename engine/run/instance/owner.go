package instance

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"sluice/engine/event"
	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/floor"
	"sluice/engine/run/mailbox"
	"sluice/engine/run/restart"
	"sluice/engine/run/roster"
	"sluice/engine/run/shape"
	"sluice/engine/run/veil"
)

// owner is what the instance's goroutine owns. Nothing of it is touched by another.
type owner struct {
	inst  *Instance
	calls sync.WaitGroup // goroutines that call the Runtime

	state    run.State
	since    time.Time
	template Template
	shape    *shape.Shape // of the running plan
	latest   *plan.Plan   // that was made, whether it runs or not
	at       *attempt     // nil between attempts
	tasks    []*task      // changes that wait for their turn
	pumping  bool

	roster *roster.Roster
	lazy   map[string]*lazy
	reads  map[string]*reading
	fallen map[string]*fallen // branches that failed and are not back
	tries  map[string]*restart.Backoff
	floors map[string]*floor.Floor // who speaks, by mixer
	idle   mailbox.Alarm
	wanted bool // somebody read something lazy

	backoff  *restart.Backoff
	retry    mailbox.Alarm
	retryAt  time.Time
	restarts int
	dropped  int // branches that left for good
	lost     int // Runtimes that were given up

	asked    bool     // somebody asked for the end: nothing begins anew
	renewal  Template // to begin anew with, after the attempt
	finished bool
	err      error // why it ended
	last     error // what went wrong last

	clock   *mailbox.Clock
	veil    *veil.Veil // of all that a Runtime says
	replies []reply
}

// reply is an answer to a request; it is given when the request's effect can be seen from outside.
type reply struct {
	to  chan error
	err error
}

func newOwner(i *Instance) (*owner, error) {
	o := &owner{
		inst: i, state: run.Planned, since: time.Now(), template: i.spec.Template, roster: roster.New(i.spec.Inputs),
		lazy: map[string]*lazy{}, reads: map[string]*reading{}, fallen: map[string]*fallen{},
		tries: map[string]*restart.Backoff{}, floors: map[string]*floor.Floor{}, clock: mailbox.NewClock(i.box), veil: &veil.Veil{},
	}
	p, err := o.resolve()
	if err != nil {
		return nil, err
	}
	o.adopt(p)
	o.backoff = restart.New(p.Policy.Restart, i.opts.Random)
	return o, nil
}

// loop takes messages until the instance has ended.
func (o *owner) loop() {
	for !o.finished {
		<-o.inst.box.Wake()
		for _, message := range o.inst.box.Take() {
			if o.finished {
				break
			}
			message()
			o.publish()
			o.answer()
		}
	}
	o.inst.box.Close()
	o.clock.HushAll()
	o.calls.Wait()
	reason := o.err
	if o.state == run.Stopped {
		reason = nil // an incomplete drain is not why it ended
	}
	o.inst.spec.Ends.Closed(reason)
	o.inst.opts.Over(o.inst.id)
	close(o.inst.done)
}

func (o *owner) answer() {
	for _, r := range o.replies {
		r.to <- r.err // has room: one answer each
	}
	o.replies = nil
}

// to takes the instance to another state and says so. What the table does not allow is a defect, which is logged.
func (o *owner) to(next run.State, cause error) {
	if err := o.state.To(next); err != nil {
		o.log().Error("wrong transition", "err", err)
		return
	}
	from := o.state
	o.state, o.since = next, time.Now()
	o.log().Log(context.Background(), level(next), "instance changed", "from", string(from), "to", string(next), "err", cause)
	o.raise(event.InstanceChanged, event.Instance{
		ID: o.inst.id, Graph: o.graph(), From: string(from), To: string(next), Since: o.since, Cause: event.CauseOf(cause),
	})
}

// level of the line that says that an instance has come to a state: each session has several, of which most are as they should be.
func level(s run.State) slog.Level {
	switch s {
	case run.Degraded, run.Failed, run.Lost:
		return slog.LevelWarn
	}
	return slog.LevelDebug
}

func (o *owner) raise(name string, body any) {
	if o.inst.opts.Bus == nil {
		return
	}
	if _, err := o.inst.opts.Bus.Raise(event.Event{Name: name, Body: body}); err != nil && !errors.Is(err, fault.Closed) {
		o.log().Error("event refused", "event", name, "err", err)
	}
}

func (o *owner) graph() string { return o.shape.Plan().Graph }

func (o *owner) log() *slog.Logger {
	return o.inst.opts.Log.With("graph", o.graph(), "instance", o.inst.id)
}

// blame puts the instance before the place of a fault, and stars in the place of secrets; what is no fault becomes one.
func (o *owner) blame(err error, node string) error {
	if err == nil {
		err = fault.New(fault.Internal, node, "it failed and did not say why")
	}
	err = o.veil.Err(err)
	here := place(o.graph(), o.inst.id, "")
	var f *fault.Fault
	if !errors.As(err, &f) {
		return fault.New(fault.CodeOf(err), place(o.graph(), o.inst.id, node), "it failed").Because(err)
	}
	if f.Place == here || strings.HasPrefix(f.Place, here+"/") {
		return err
	}
	g := *f
	if g.Place != "" && g.Place != o.inst.id {
		node = strings.TrimPrefix(g.Place, o.graph()+"/")
	}
	g.Place = place(o.graph(), o.inst.id, node)
	return &g
}
