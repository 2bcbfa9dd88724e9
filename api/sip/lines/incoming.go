package lines

import (
	"context"
	"net/netip"
	"time"

	"sluice/api/calls"
	"sluice/api/sip/dialog"
	"sluice/api/sip/leg"
	"sluice/api/sip/stack"
	"sluice/engine/fault"
)

// invited takes a call that came to a line at its registrar.
func (x *Lines) invited(in stack.Incoming, l *Line) {
	c := x.receive(in, l, Reached{
		Allowed: l.elsewhere(context.Background(), ""), Contact: true, To: l.account.Login, Asserted: l.account.Asserted,
	})
	if c != nil {
		l.tell(func(o owner) { c.offered(o) })
	}
}

// Reached says how a call came to a line.
type Reached struct {
	To      string                // who was called, where the request does not say it
	Allowed func(netip.Addr) bool // addresses that its media may go to beside the one that it came from; nil: none
	Trusted bool                  // who calls has proved who he is
	Contact bool                  // it came to where the line is registered
	// Reach says why what belongs to the call may not go to an address; nil: it may go where accounts from outside may.
	Reach func(netip.AddrPort) error

	Asserted bool // whom it says that it is from has been found out by who sends it (calls.Account)
}

// Receive takes a call that came for a line somewhere else than at its registrar, and offers it to an owner in the place of the line's,
// unless that is nil. It returns soon; leave is called when the call is over.
func (x *Lines) Receive(in stack.Incoming, l *Line, r Reached, o calls.Owner, leave func()) {
	if !x.begin(func() {
		defer leave()
		c := x.receive(in, l, r)
		if c == nil {
			return
		}
		if o == nil {
			l.tell(func(o owner) { c.offered(o) })
		} else {
			c.offered(o)
		}
		<-c.done
	}) {
		leave()
		x.answer(in, overloaded)
	}
}

// receive makes a call of an INVITE; nil if it was refused.
func (x *Lines) receive(in stack.Incoming, l *Line, r Reached) *Call {
	req := in.Request()
	who := caller(req, r.Asserted)
	to := r.To
	if to == "" {
		to = unescape(req.Recipient.User)
	}
	old, refused := x.opt.Table.Replaced(in, r.Trusted, l.has)
	if refused != nil {
		x.answer(in, refused.Code)
		return nil
	}
	if old != nil && x.succeeds(in, old, r) {
		return nil
	}
	c := newCall(l, "", calls.About{
		Incoming: true, From: who.name, Display: who.display, To: to, Headers: theirs(req), Message: told(req),
	})
	if err := l.add(c); err != nil {
		x.answer(in, CodeOf(err))
		return nil
	}
	var err error
	c.leg, err = l.media(leg.Options{
		ID: c.id, Audio: true, Video: true, Peer: in.Source().Addr().Unmap(), Elsewhere: r.Contact, Allowed: r.Allowed, Watch: hears{c},
	})
	if err != nil {
		x.answer(in, CodeOf(err))
		c.forget(err)
		return nil
	}
	c.peer, c.reach = in.Source().Addr().Unmap(), r.Reach
	x.carries(c)
	c.leg.Control(control{c})
	if !c.accept(in, r) {
		return nil
	}
	if why := c.offers(); why != nil {
		c.refuse(why)
		return nil
	}
	if old != nil {
		c.replaces(old)
	}
	c.mu.Lock()
	c.limit = time.AfterFunc(x.opt.Ring, func() {
		if c.waits() {
			_ = c.end(calls.TimedOut, unavailable) // it ends by itself at the same moment
		}
	})
	c.mu.Unlock()
	return c
}

// Offerless tells whether a call came in without saying what it has: who answers says so first.
func (c *Call) Offerless() bool {
	d, err := c.inside()
	return err == nil && d.Offer() == nil
}

// accept makes the dialog.
func (c *Call) accept(in stack.Incoming, r Reached) bool {
	e := &ears{call: c}
	c.mu.Lock()
	d, err := c.line.lines.opt.Table.Accept(in, c.line.takes(r), e)
	e.dialog, c.dialog, c.current = d, d, e
	c.mu.Unlock()
	if err != nil {
		c.forget(err)
	}
	return err == nil
}

// takes says how the line takes a call.
func (l *Line) takes(r Reached) dialog.Incoming {
	if r.Contact {
		return dialog.Incoming{Auth: l.auth, Contact: l.contact()}
	}
	return dialog.Incoming{} // who calls in where we listen is shown no password: his Contact may be anybody's
}

// offers looks at what the caller has.
func (c *Call) offers() error {
	offer := c.dialog.Offer()
	if offer == nil {
		c.change(func(a *calls.About) bool { a.Audio = true; return false })
		return nil
	}
	list, err := c.leg.Offered(offer)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return fault.New(fault.CodecNotAvailable, "sip", "the two sides have no codec in common")
	}
	c.change(func(a *calls.About) bool { has(a, list); return false })
	return nil
}

// refuse refuses a call that came in for what is wrong with it.
func (c *Call) refuse(why error) {
	c.mu.Lock()
	c.cause = calls.NoCodecs
	d := c.dialog
	c.mu.Unlock()
	if err := d.Refuse(*refusal(why)); err != nil {
		c.line.lines.opt.Log.Debug("a call could not be refused", "call", c.id, "err", err)
	}
}

// Refuse refuses a call that came in, as the fault says.
func (c *Call) Refuse(why error) {
	if d, err := c.inside(); err == nil {
		r := refusal(why)
		if fault.CodeOf(why) == fault.Forbidden {
			r.Code, r.Reason = forbidden, reason(forbidden)
		}
		if d.Refuse(*r) != nil { // it was answered
			d.Hangup(nil)
		}
	}
}

// offered offers the call to who owns the line.
func (c *Call) offered(o calls.Owner) {
	if !c.waits() {
		return
	}
	w := o.Incoming(c)
	if w == nil {
		_ = c.end("", unavailable) // it is over
		return
	}
	c.mu.Lock()
	c.watcher = w
	now := c.about
	c.mu.Unlock()
	if now.State.Over() { // it was cancelled meanwhile
		c.tell(func(w calls.Watcher) { w.Status(now) })
	}
}

// forget ends a call that nobody heard of.
func (c *Call) forget(err error) {
	c.line.drop(c)
	c.line.lines.ended(c, calls.SessionFailed)
	if c.leg != nil {
		c.leg.Close(err)
	}
	c.mu.Lock()
	c.about.State = calls.Failed
	c.mu.Unlock()
	c.gone()
}
