package dialog

import (
	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/message"
	"sluice/api/sip/stack"
)

// Hangup ends the call as is right at that moment: it takes the INVITE back, refuses it (603, or with the code of why), or says BYE. It
// does not wait: Ended comes at once, and what SIP still has to say goes on behind it. why is told to the far end; nil is nothing.
func (d *Dialog) Hangup(why *Reason) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.phase == over:
	case d.phase == calling && d.out != nil:
		d.out.reason = why
		d.giveUp(Ending{Code: sip.StatusRequestTerminated, Reason: "Request Terminated"})
	case d.phase == calling:
		r := Refusal{Code: sip.StatusGlobalDecline, Reason: "Decline"}
		if why != nil && why.Code >= 300 {
			r = Refusal{Code: why.Code, Reason: why.Text}
		}
		d.refuse(r)
	default:
		d.bye(why, Ending{Code: sip.StatusOK, Reason: "OK"})
	}
}

// bye ends an answered call. The caller holds the lock.
func (d *Dialog) bye(why *Reason, e Ending) {
	if d.phase == answered { // RFC 3261 15: no BYE before the ACK, or before that cannot come any more
		d.in.bye, d.in.goodbye = true, goodbye(why)
	} else {
		d.say(d.far, goodbye(why))
	}
	d.end(e)
}

// broken ends a call because of something within it: a timer ran out, or a request showed that the far end knows it no more. The caller
// holds the lock.
func (d *Dialog) broken(e Ending) {
	if d.phase == established || d.phase == answered {
		d.bye(&Reason{Code: e.Code, Text: e.Reason}, e)
	}
}

// farewell takes the far end's BYE.
func (d *Dialog) farewell(in stack.Incoming) {
	r := in.Request()
	e := because(r, Ending{Code: sip.StatusOK, Reason: "OK", Remote: true})
	d.mu.Lock()
	was := d.phase
	if was == calling && d.in != nil { // RFC 3261 15.1.2: pending requests are answered, too
		d.in.given = true
		d.table.answer(d.in.in, sip.StatusRequestTerminated, "Request Terminated")
	}
	d.table.answer(in, sip.StatusOK, "OK")
	if was == calling && d.out != nil { // its 2xx, or our ACK, was lost
		d.giveUp(e)
	}
	d.end(e)
	d.mu.Unlock()
	if was != over {
		d.table.remove(d)
	}
}

// because is an ending as the BYE or CANCEL tells it that brought it (RFC 3326): a call that somebody else took was not missed.
func because(r *sip.Request, e Ending) Ending {
	protocol, cause, text, ok := message.ReasonOf(r)
	if !ok {
		return e
	}
	if text != "" {
		e.Reason = text
	}
	if protocol == "SIP" && cause >= 200 && cause < 700 {
		e.Code = cause
	}
	return e
}
