package instance

import (
	"context"
	"strings"

	"sluice/engine/element"
	"sluice/engine/event"
	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/roster"
)

// Keyed is an Ends in which each key of a keyed node has something of its own.
type Keyed interface {
	// Enter makes what a key has, by the plan that is to run with it. It is called off the instance's goroutine, before the Runtime
	// hears of the branch and before Inlets gives its ports, and returns soon after ctx is done at the latest. An error refuses the
	// key, and leaves nothing. What is there already, from before the Runtime was begun anew, stays.
	Enter(ctx context.Context, p *plan.Plan, branch string) error
	// Exit says that a key has left, or that its part has failed. It returns at once, and for one that is not there does nothing.
	Exit(branch string)
}

// Knowing is a Keyed that may know what the sources of a key give before it enters.
type Knowing interface {
	// Given tells what is known, by node, of the sources that the branch has in a plan; a source that is listed gives nothing else. It
	// begins nothing and must be quick.
	Given(p *plan.Plan, branch string) map[string][]element.Format
}

// informed makes the plan with a key anew where its sources are known to give something else than was assumed.
func (o *owner) informed(p *plan.Plan, k *roster.Key) (*plan.Plan, error) {
	there, ok := o.inst.spec.Ends.(Knowing)
	if !ok {
		return p, nil
	}
	given := there.Given(p, k.Branch)
	if len(given) == 0 {
		return p, nil
	}
	k.Given = given
	return o.resolve()
}

// exit ends what a key has in Go.
func (o *owner) exit(branch string) {
	if k, ok := o.inst.spec.Ends.(Keyed); ok {
		k.Exit(branch)
	}
}

// onErrorOf is what the graph says of the failure of a key's branch, also of one without anything in GStreamer.
func onErrorOf(p *plan.Plan, branch string) string {
	for _, n := range p.Nodes {
		if strings.HasPrefix(n.Name, branch+"/") && n.OnError != "" {
			return n.OnError
		}
	}
	return ""
}

// takenOut notes that the running plan has a branch no more.
func (o *owner) takenOut(name string) {
	p := o.shape.Plan()
	if o.at != nil {
		for node := range o.at.ended {
			if strings.HasPrefix(node, name+"/") {
				delete(o.at.ended, node)
			}
		}
	}
	o.inst.spec.Ends.Inlets(p, nil)
}

// guestEnded begins a key's branch anew whose source has ended, so that nothing of it stays in what others see: it waits there for
// the source to come back. What the key publishes goes on.
func (o *owner) guestEnded(name string) {
	o.takeOut(name, func() {
		o.branch(name, event.BranchEnded, nil)
		o.addAgain(name)
	})
}

// guestBroken takes out a key's branch whose part in Go has failed, and does what the graph says of that.
func (o *owner) guestBroken(name string, err error) {
	k := o.roster.Key(name)
	if k == nil {
		return
	}
	o.takeOut(name, func() {
		o.exit(name)
		o.fell(name, k.OnError, err)
	})
}

// takeOut takes a key's branch out of the Runtime when it is its turn, and then does what follows. The key is still one of the
// instance's. One that has left, or come anew, meanwhile is left alone.
func (o *owner) takeOut(name string, then func()) {
	k, out := o.roster.Key(name), false
	o.enqueue(&task{
		own: true,
		begin: func() (work, error) {
			if k == nil || o.roster.Key(name) != k || !k.In {
				return work{}, nil
			}
			w, err := o.removing(name)
			out = err == nil
			return w, err
		},
		end: func(_ run.Result, err error) {
			switch {
			case !out && err == nil || o.roster.Key(name) != k:
				return
			case fault.CodeOf(err) == fault.ResourceNotFound: // it was leaving by itself
				o.replan()
			case err != nil:
				k.In = true // the Runtime has it still
				o.log().Warn("branch not taken out", "branch", name, "err", o.blame(err, name))
				return
			}
			o.takenOut(name)
			then()
		},
	})
}
