//go:build cgo && !nogst

package pipeline

import (
	"context"
	"time"

	"sluice/engine/fault"
	"sluice/engine/gst/shim"
)

// grace is how long the error behind a refusal may come after it.
const grace = 250 * time.Millisecond

// Start plays the pipeline. It returns when all of it plays, or, where media has yet to come, when all of it would. If a
// branch that may fail alone is at fault, Ailing names it, and without it Start may be tried again; one that is taken out
// meanwhile is no reason to fail.
func (l *Pipeline) Start(ctx context.Context) error {
	for {
		lost := l.losses()
		err := l.start(ctx)
		if err == nil || l.Failure() != nil || l.losses() == lost {
			return err
		}
	}
}

func (l *Pipeline) start(ctx context.Context) error {
	for _, s := range []shim.State{shim.Paused, shim.Playing} {
		switch shim.SetState(l.object(), s) {
		case shim.Refused:
			return l.whyNot()
		case shim.Under:
			if err := l.settle(ctx); err != nil {
				return err
			}
		case shim.Done, shim.NoPreroll:
		}
	}
	return nil
}

// losses counts the branches that were lost so far.
func (l *Pipeline) losses() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lost
}

// settle waits for a change of state. What is fed from outside cannot get ready before something comes.
func (l *Pipeline) settle(ctx context.Context) error {
	const look = 2 * time.Millisecond
	for {
		switch shim.Outcome(l.object()) {
		case shim.Refused:
			return l.whyNot()
		case shim.Under:
		default:
			return nil
		}
		l.mu.Lock()
		trial := l.trial
		l.mu.Unlock()
		if trial {
			l.Complete() // nobody else does while a change is at work
		}
		if err := l.Failure(); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return l.unready(ctx.Err())
		}
		if l.fed() {
			return nil
		}
		select {
		case <-l.wake:
		case <-ctx.Done():
		case <-time.After(look):
		}
	}
}

// unready blames what a pipeline waits for that does not get ready in time: a pad that has not appeared, or a sink that has
// got nothing.
func (l *Pipeline) unready(cause error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	const advice = "its source gives nothing, or policy.start is too short"
	for _, k := range l.delayed {
		if e := l.elems[k.From.Of]; e != nil && !k.Optional {
			return fault.New(fault.StartTimeout, e.Node, "%q (%s) has not got its output %q", e.Name, e.Factory, k.From.Name).
				Because(cause).Advise(advice)
		}
	}
	for _, w := range l.wires {
		if w.to.sink && w.came != nil && w.came.Tally().Units == 0 {
			return fault.New(fault.StartTimeout, w.to.Node, "nothing has reached %q (%s)", w.to.Name, w.to.Factory).
				Because(cause).Advise(advice)
		}
	}
	return fault.New(fault.StartTimeout, l.name, "it does not get ready").Because(cause).Advise(advice)
}

// fed tells whether media comes from outside.
func (l *Pipeline) fed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.elems {
		if e.inlet != nil {
			return true
		}
	}
	return false
}

// whyNot is the first error that an element posted, or a plain one if none does. The refusal of a state may be known before
// the error behind it, and the branch that refused may be taken out before that.
func (l *Pipeline) whyNot() error {
	late, lost := time.After(grace), l.losses()
	for {
		if err := l.Failure(); err != nil {
			return err
		}
		if _, err := l.Ailing(); err != nil {
			return err
		}
		if l.losses() != lost {
			return fault.New(fault.Closed, l.name, "a branch has left")
		}
		select {
		case <-l.wake:
		case <-late:
			return fault.New(fault.GstElement, l.name, "the pipeline does not start, and no element says why")
		}
	}
}
