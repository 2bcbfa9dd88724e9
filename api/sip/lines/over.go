package lines

import (
	"cmp"

	"sluice/api/calls"
	"sluice/api/sip/dialog"
	"sluice/engine/fault"
)

// over ends the call, whose dialog has.
func (c *Call) over(end dialog.Ending) {
	c.mu.Lock()
	took, cause := c.took, c.cause
	if c.limit != nil {
		c.limit.Stop()
	}
	c.mu.Unlock()
	c.line.drop(c)
	c.change(func(a *calls.About) bool {
		a.State, a.Cause = how(end, took, a.Incoming, cause)
		a.Code, a.Reason = cmp.Or(end.Code, a.Code), cmp.Or(end.Reason, reason(end.Code))
		return true
	})
	c.stop()
	c.line.lines.note(c, end)
	var why error
	if s := c.About(); s.Cause != calls.Normal {
		why = fault.New(fault.Closed, "sip", "the call ended: %d %s", s.Code, s.Reason).Because(end.Err)
	}
	go func() { // which Lines.Wait awaits
		defer c.gone()
		if c.leg != nil {
			c.leg.Close(why)
		}
	}()
}

// how tells what the end of a dialog means for its call. cause is ours, if we had one.
func how(end dialog.Ending, took, incoming bool, cause calls.Cause) (calls.State, calls.Cause) {
	switch {
	case cause == calls.NoCodecs:
		return calls.Failed, cause
	case took:
		return calls.Ended, cmp.Or(cause, spoken(end))
	case incoming, !end.Remote && end.Code == cancelled:
		return calls.Ended, cmp.Or(cause, calls.Normal)
	}
	return unanswered(end)
}

// spoken is why a call ended that had been answered, if we had no cause.
func spoken(end dialog.Ending) calls.Cause {
	switch {
	case end.Code == timedOut:
		return calls.TimedOut
	case end.Err != nil:
		return calls.Broken
	}
	return calls.Normal
}

// unanswered is how a call of ours ended that nobody took.
func unanswered(end dialog.Ending) (calls.State, calls.Cause) {
	const busyEverywhere = 600
	switch {
	case end.Code == busyHere || end.Code == busyEverywhere:
		return calls.Busy, calls.Refused
	case end.Code == timedOut:
		return calls.Failed, calls.TimedOut
	case end.Remote:
		return calls.Failed, calls.Refused
	}
	return calls.Failed, calls.SessionFailed
}
