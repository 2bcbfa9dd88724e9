package lines

import (
	"sluice/api/calls"
	"sluice/api/sip/dialog"
	"sluice/api/sip/message"
	"sluice/api/sip/stack"
	"sluice/engine/fault"
)

// Referred implements dialog.Owner. The far end wants us to talk to somebody else: the call gets another dialog with the same media, so
// that its graph goes on.
func (e *ears) Referred(r dialog.Referral) *dialog.Refusal {
	c := e.call
	l := c.line
	if !l.lines.opt.Transfers || !e.current() {
		return &dialog.Refusal{Code: decline, Reason: reason(decline)}
	}
	to, err := l.whom(r.Target)
	if err != nil {
		return &dialog.Refusal{Code: decline, Reason: reason(decline)}
	}
	out := dialog.Invite{Port: c.towards(to), To: to.party, Target: to.uri, ReferredBy: r.By}
	if r.Replaces != "" {
		replaces, err := message.ParseReplaces(r.Replaces)
		if err != nil {
			return &dialog.Refusal{Code: badRequest, Reason: reason(badRequest)}
		}
		out.Replaces = &replaces
	}
	if !c.moved() {
		return &dialog.Refusal{Code: decline, Reason: reason(decline)}
	}
	// Not on the goroutine that asks: the new dialog takes the lock of the call.
	if !l.lines.begin(func() {
		if err := c.invite(out, &ears{call: c, notify: r.Notify, next: c.leg.Approach()}); err != nil {
			c.stays()
			r.Notify(CodeOf(err), reason(CodeOf(err)))
		}
	}) {
		c.stays()
		return &dialog.Refusal{Code: overloaded, Reason: reason(overloaded)}
	}
	return nil
}

// towards is the port for a call to somebody whom the far end named. Servers of the account's own are where its user wants them; others are
// bounded like those that accounts from outside name, for from here more can be reached than from where the far end is.
func (c *Call) towards(to target) stack.Port {
	port, reach := stack.Port(c.line.port), c.reach
	if reach == nil {
		reach = c.line.lines.opt.Reach
	}
	if to.named == "" || reach == nil {
		return port
	}
	return port.Within(reach)
}

// moved counts a transfer that is asked for: one after the other, and not without end, for each is a call that costs somebody something.
func (c *Call) moved() bool {
	const most = 8
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.moving != nil || c.moves == most || c.about.State.Over() {
		return false
	}
	c.moves++
	c.moving = &ears{call: c} // until there is a dialog
	return true
}

// stays is the end of a transfer that did not come to a dialog.
func (c *Call) stays() {
	c.mu.Lock()
	c.moving = nil
	c.mu.Unlock()
}

// stop ends a transfer with the call that it is of.
func (c *Call) stop() {
	c.mu.Lock()
	e := c.moving
	c.mu.Unlock()
	if e != nil && e.dialog != nil {
		e.dialog.Hangup(nil)
	}
}

// take makes the dialog that a transfer asked for the call's, with the media that was agreed on in it.
func (e *ears) take() error {
	c := e.call
	if err := e.next.Settle(); err != nil {
		return err
	}
	c.mu.Lock()
	old, over := c.dialog, c.about.State.Over()
	c.moving = nil
	if !over {
		c.dialog, c.current = e.dialog, e
	}
	c.mu.Unlock()
	if over { // it ended while it was being transferred
		return fault.New(fault.Closed, "sip", "the call ended before it was passed on")
	}
	e.notify(ok, reason(ok))
	old.Hangup(nil)
	held, list := c.leg.Held(), c.leg.Codecs()
	c.change(func(a *calls.About) bool {
		if a.State != calls.OnHold { // as which the new far end was asked to begin, too
			a.State = calls.Established
		}
		a.Held = held
		has(a, list)
		return true
	})
	return nil
}

// lost is the end of a dialog that is not the call's: of one before, or one that never came to be.
func (e *ears) lost(end dialog.Ending) {
	c := e.call
	c.mu.Lock()
	was := e.notify == nil || c.current == e
	if c.moving == e {
		c.moving = nil
	}
	c.mu.Unlock()
	if was {
		return
	}
	e.notify(end.Code, end.Reason)
}
