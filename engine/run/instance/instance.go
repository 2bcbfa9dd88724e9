// Package instance runs one plan: it begins it, keeps its state, starts and ends what is lazy, adds and removes
// branches, restarts what failed by the plan's policy, and ends it properly.
//
// One goroutine owns an instance. Requests, notices of the Runtime, alarms and the outcomes of calls are messages to it,
// taken in order; nothing else touches the Runtime but Inspect. Calls that may block are made in goroutines of their own,
// one at a time, each with a deadline, and their outcomes come back as messages.
//
// The package handles no media: units pass between the Runtime's ports and those of Ends. It knows no other instance:
// names, admission and reload are the supervisor's.
package instance

import (
	"context"
	"sync/atomic"
	"time"

	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/mailbox"
	"sluice/engine/run/shape"
	"sluice/engine/run/view"
	"sluice/engine/stat"
)

// Instance is one plan running. All methods are safe for concurrent use.
type Instance struct {
	id    string
	spec  Spec
	opts  Options
	box   *mailbox.Box
	done  chan struct{}
	owner *owner
	begun atomic.Bool

	shape  atomic.Pointer[shape.Shape] // of the plan that runs
	board  view.Board[Status]
	report view.Reporter
	unread stat.Counter
	busy   atomic.Uint64 // CPUs as measured, in millionths
}

// New resolves the plan of an instance, which Begin starts. Errors are the template's.
func New(spec Spec, opts Options) (*Instance, error) {
	if spec.Ends == nil {
		spec.Ends = nobody{}
	}
	i := &Instance{id: spec.ID, spec: spec, opts: opts.filled(), box: mailbox.New(), done: make(chan struct{})}
	o, err := newOwner(i)
	if err != nil {
		return nil, err
	}
	i.owner = o
	o.publish()
	return i, nil
}

// Begin starts the instance and returns at once. It is called once at most, and not after Stop.
func (i *Instance) Begin() {
	if i.begun.CompareAndSwap(false, true) {
		i.box.Put(i.owner.begin)
		go i.owner.loop()
	}
}

// ID is the instance's name.
func (i *Instance) ID() string { return i.id }

// Wanted tells whether it was begun because somebody wanted what is lazy in it: Spec.WhileWanted.
func (i *Instance) Wanted() bool { return i.spec.WhileWanted }

// Plan is the plan that runs now, or ran last.
func (i *Instance) Plan() *plan.Plan { return i.shape.Load().Plan() }

// Done is closed when the instance has come to its end for good and all its goroutines are gone.
func (i *Instance) Done() <-chan struct{} { return i.done }

// Err is why the instance ended, once Done is closed: nil if it came to its natural end, or was stopped and all its media
// arrived. Of one that was asked to drain and could not, it is the fault of the drain, and the state is stopped all the same.
func (i *Instance) Err() error {
	select {
	case <-i.done:
		return i.owner.err
	default:
		return nil
	}
}

// Wait waits for the end and tells what Err does, or ctx's error.
func (i *Instance) Wait(ctx context.Context) error {
	select {
	case <-i.done:
		return i.owner.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Ready waits until the instance is live. If it ends before, the error is why: fault.Closed if nothing was wrong. ctx
// ends only the waiting.
func (i *Instance) Ready(ctx context.Context) error {
	for {
		status, changed := i.board.Look()
		switch status.State {
		case run.Live, run.Degraded:
			return nil
		case run.Stopped, run.Failed, run.Lost, run.Draining, run.Planned, run.Starting:
		}
		select {
		case <-changed:
		case <-i.done:
			if err := i.owner.err; err != nil {
				return err
			}
			return i.closed()
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Drain asks for a proper end and returns at once: media that is under way arrives, files are whole. It takes at most as
// long as given, or as the policy says if that is negative; 0 ends at once. A later call may only shorten it.
func (i *Instance) Drain(limit time.Duration) {
	i.box.Put(func() { i.owner.quit(limit) })
}

// Stop ends the instance properly, by its policy's drain, and returns when all of it is gone. When ctx is done before
// that, what is left is cut off, which takes no longer than Limits.Stop. The error is fault.Lost if something did not
// stop even then. It may be called at any time and again.
func (i *Instance) Stop(ctx context.Context) error {
	i.Drain(-1) //nolint:contextcheck // ctx bounds the waiting; what is called has the deadlines of the policy
	if i.begun.CompareAndSwap(false, true) {
		go i.owner.loop() // which finds nothing but that it has to stop
	}
	select {
	case <-i.done:
	case <-ctx.Done():
		i.Drain(0) //nolint:contextcheck // as above
		<-i.done
	}
	if fault.CodeOf(i.owner.err) == fault.Lost {
		return i.owner.err
	}
	return nil
}

// Tell passes on what happened in the Go part: a source that ended, a node that failed. It returns at once.
func (i *Instance) Tell(n run.Notice) {
	i.box.Put(func() {
		if o := i.owner; o.at != nil {
			o.notice(o.at, n)
		}
	})
}

// ask sends a request to the owner and waits for the answer.
func (i *Instance) ask(ctx context.Context, request func(answer func(error))) error {
	answers := make(chan error, 1)
	answer := func(err error) { i.owner.replies = append(i.owner.replies, reply{answers, err}) }
	if !i.box.Put(func() { request(answer) }) {
		return i.closed()
	}
	select {
	case err := <-answers:
		return err
	case <-i.done:
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-answers: // both happened
		return err
	default:
		return i.closed()
	}
}

func (i *Instance) closed() error {
	return fault.New(fault.Closed, place(i.Plan().Graph, i.id, ""), "the instance has ended")
}

// place names a node of an instance: "rooms/mixer#7f3a/seat[alice]/vdec".
func place(graph, id, node string) string {
	if node == "" {
		return graph + "#" + id
	}
	return graph + "#" + id + "/" + node
}
