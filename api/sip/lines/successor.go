package lines

import (
	"net/netip"

	"sluice/api/calls"
	"sluice/api/sip/dialog"
	"sluice/api/sip/stack"
)

// has tells whether a dialog is of a call of the line: only those can be replaced by who reaches the line (RFC 3891 7).
func (l *Line) has(o dialog.Owner) bool {
	e, ours := o.(*ears)
	return ours && e.call.line == l
}

// succeeds has the one who calls take the place of the far end of a call that has been answered (RFC 3891 3): the call goes on with the
// same media and graph, and nothing rings. It is false for calls that are to be replaced by another one: those that nobody has answered,
// and those whose media may not go to where this comes from. A request for which it is true has been answered.
func (x *Lines) succeeds(in stack.Incoming, old *dialog.Dialog, r Reached) bool {
	was, ours := old.Owner().(*ears)
	if !ours || !was.call.continues(in.Source().Addr().Unmap(), r) {
		return false
	}
	c := was.call
	e := &ears{call: c, notify: func(int, string) {}, next: c.leg.Approach()}
	c.mu.Lock() // what the ears hear waits until there is a dialog
	d, err := x.opt.Table.Accept(in, c.line.takes(r), e)
	e.dialog = d
	c.mu.Unlock()
	if err != nil {
		return true // it was refused
	}
	var text []byte
	if offer := d.Offer(); offer != nil {
		text, err = e.next.Answer(offer, nil)
	} else {
		text, err = e.next.Offer() // and Answered takes the call over
	}
	if err != nil {
		x.opt.Log.Info("a call cannot be taken over", "call", c.id, "err", err)
		_ = d.Refuse(*refusal(err)) // or it was cancelled
		return true
	}
	if d.Answer(text) == nil && d.Offer() != nil { // or it was cancelled
		e.met(nil)
	}
	return true
}

// continues tells whether a call can go on with somebody else at an address, with the media that it has.
func (c *Call) continues(at netip.Addr, r Reached) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.took && (c.about.State == calls.Established || c.about.State == calls.OnHold) && (r.Contact || c.peer == at)
}

// replaces ends another call when this one has been answered: RFC 3891.
func (c *Call) replaces(old *dialog.Dialog) {
	go func() {
		select {
		case <-c.leg.Agreed():
			old.Hangup(nil)
		case <-c.done:
		case <-old.Done():
		}
	}()
}
