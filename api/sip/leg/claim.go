package leg

import (
	"sluice/engine/fault"
)

// claims are which elements have the leg: at most one for each direction. The leg's lock guards them.
type claims struct {
	over [2]func(error) // of the source and the sink; nil if there is none
	err  error          // why the first of them stopped
	swap bool           // one graph is being replaced by another: that nobody has the leg meanwhile is not told
}

// Halves of a leg.
const (
	sourceHalf = 0
	sinkHalf   = 1
)

// end takes the elements that are to hear of the end.
func (c *claims) end() []func(error) {
	var out []func(error)
	for i, f := range c.over {
		if f != nil {
			out = append(out, f)
		}
		c.over[i] = nil
	}
	return out
}

// claim ties one half to an element.
func (l *Leg) claim(half int, over func(error)) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closed:
		return fault.New(fault.Closed, "sip", "the call has ended")
	case l.claims.over[half] != nil:
		return fault.New(fault.InvalidRequest, "sip", "another element has this session").Advise("use sip.in and sip.out once for each call")
	}
	l.claims.over[half] = over
	return nil
}

// Swap replaces the graph that has the leg: it stops when change stops it, and the other one has the leg when change returns. The watcher
// hears that it was left only if nobody has it then. One swap at a time.
func (l *Leg) Swap(change func() error) error {
	set := func(swap bool) (left bool) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.claims.swap, l.claims.err = swap, nil
		return l.claims.over[sourceHalf] == nil && l.claims.over[sinkHalf] == nil
	}
	set(true)
	err := change()
	if set(false) {
		l.herald.Post(func() { l.opt.Watch.Left(err) })
	}
	return err
}

// leave gives one half back.
func (l *Leg) leave(half int, err error) {
	l.mu.Lock()
	had := l.claims.over[half] != nil
	l.claims.over[half] = nil
	if had && l.claims.err == nil {
		l.claims.err = err
	}
	last := had && l.claims.over[sourceHalf] == nil && l.claims.over[sinkHalf] == nil
	err = l.claims.err
	if last {
		l.claims.err = nil
	}
	last = last && !l.claims.swap
	l.mu.Unlock()
	if last {
		l.herald.Post(func() { l.opt.Watch.Left(err) })
	}
}
