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
	const busyEverywhere = 600
	switch {
	case took && cause != "":
		if cause == calls.NoCodecs {
			return calls.Failed, cause
		}
		return calls.Ended, cause
	case took && end.Code == timedOut:
		return calls.Ended, calls.TimedOut
	case took && end.Err != nil:
		return calls.Ended, calls.Broken
	case took:
		return calls.Ended, calls.Normal
	case cause == calls.NoCodecs:
		return calls.Failed, cause
	case incoming:
		return calls.Ended, cmp.Or(cause, calls.Normal)
	case !end.Remote && end.Code == cancelled:
		return calls.Ended, cmp.Or(cause, calls.Normal)
	case end.Code == busyHere || end.Code == busyEverywhere:
		return calls.Busy, calls.Refused
	case end.Code == timedOut:
		return calls.Failed, calls.TimedOut
	case end.Remote:
		return calls.Failed, calls.Refused
	}
	return calls.Failed, calls.SessionFailed
}
