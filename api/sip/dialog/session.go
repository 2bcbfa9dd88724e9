package dialog

import (
	"bytes"
	"time"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/stack"
)

// session is what descriptions were exchanged, and which exchange is under way: there is one at a time (RFC 3264 4, RFC 3261 14). The
// dialog's lock guards it.
type session struct {
	local   []byte // our description, in force or offered
	asked   []byte // the far end's last offer, to which we said, if nothing was exchanged since
	said    []byte
	ours    bool           // an offer of ours has no answer
	theirs  stack.Incoming // the request with the offer of the far end's that has none
	pending *pending       // the 2xx of ours that has no ACK
	changed chan struct{}  // closed when one of these has changed, if somebody waits for that
}

// pending is a 2xx to an INVITE that waits for its ACK.
type pending struct {
	in    stack.Incoming
	offer bool          // it has an offer of ours, which the ACK answers
	acked chan struct{} // closed when nobody needs to wait any more
}

// wake tells those who wait for their turn to look again.
func (s *session) wake() {
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
}

// abandon answers what is under way as a dialog ends. The caller holds the dialog's lock.
func (s *session) abandon(d *Dialog) {
	if s.theirs != nil && (d.in == nil || s.theirs != d.in.in) {
		d.table.answer(s.theirs, sip.StatusRequestTerminated, "Request Terminated")
	}
	s.theirs = nil
	if s.pending != nil && (d.in == nil || !d.in.bye) {
		s.pending.in.Acknowledged() // nobody needs it any more
		close(s.pending.acked)
		s.pending = nil
	}
	s.wake()
}

// await watches over a 2xx of ours until its ACK is there. The caller holds the lock.
func (d *Dialog) await(in stack.Incoming, offer bool) {
	p := &pending{in: in, offer: offer, acked: make(chan struct{})}
	d.session.pending = p
	d.table.run(func() {
		closed := time.NewTimer(70 * d.table.opt.Timers.T1) // a port that was closed tells nothing any more
		defer closed.Stop()
		select {
		case <-p.acked:
		case <-in.Unacknowledged():
			d.unacknowledged(p)
		case <-closed.C:
			d.unacknowledged(p)
		case <-d.table.life.Done():
		}
	})
}

// unacknowledged ends a call whose 2xx was never acknowledged (RFC 3261 13.3.1.4).
func (d *Dialog) unacknowledged(p *pending) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.session.pending != p {
		return
	}
	d.session.pending = nil
	switch {
	case d.phase == over && d.in != nil && d.in.bye:
		d.say(d.far, d.in.goodbye)
	case d.phase != over:
		d.phase = established
		d.broken(Ending{Code: sip.StatusRequestTimeout, Reason: "No ACK came"})
	}
}

// acked takes the ACK of a 2xx.
func (d *Dialog) acked(in stack.Incoming) {
	r := in.Request()
	d.mu.Lock()
	defer d.mu.Unlock()
	p := d.session.pending
	if p == nil || r.CSeq().SeqNo != p.in.Request().CSeq().SeqNo || tagOf(r.From().Params) != d.far.tag {
		return
	}
	p.in.Acknowledged()
	close(p.acked)
	d.session.pending = nil
	if d.phase == over {
		if d.in != nil && d.in.bye {
			d.say(d.far, d.in.goodbye)
		}
		return
	}
	d.phase = established
	if p.offer {
		d.session.ours = false
		sdp := sdpOf(r)
		if sdp == nil {
			d.broken(Ending{Code: sip.StatusNotAcceptableHere, Reason: "The ACK has no answer"})
			return
		}
		d.far.sdp = sdp
		tag := d.far.tag
		d.tell(func() { d.owner.Answered(tag, sdp) })
	}
	d.session.wake()
}

// reoffered takes a re-INVITE.
func (d *Dialog) reoffered(in stack.Incoming, f *far) {
	sdp, readable := bodyOf(in.Request())
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case !readable:
		d.table.answer(in, sip.StatusUnsupportedMediaType, "Unsupported Media Type", sip.NewHeader("Accept", typeSDP))
	case d.session.theirs != nil, d.phase == calling && d.in != nil:
		d.later(in) // RFC 3261 14.2
	case d.session.ours, d.session.pending != nil, d.phase == calling:
		d.table.answer(in, sip.StatusRequestPending, "Request Pending")
	case d.table.brief(in.Request()):
		d.table.answer(in, intervalTooSmall, "Session Interval Too Small", d.table.least())
	case sdp != nil && bytes.Equal(sdp, d.session.asked): // it only refreshes
		d.session.theirs = in
		d.conclude(in, f, sdp, d.session.said, nil)
	default:
		d.offered(in, f, sdp)
	}
}

// updated takes UPDATE.
func (d *Dialog) updated(in stack.Incoming, f *far) {
	sdp, readable := bodyOf(in.Request())
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case !readable:
		d.table.answer(in, sip.StatusUnsupportedMediaType, "Unsupported Media Type", sip.NewHeader("Accept", typeSDP))
	case d.table.brief(in.Request()):
		d.table.answer(in, intervalTooSmall, "Session Interval Too Small", d.table.least())
	case sdp == nil:
		d.conclude(in, f, nil, nil, nil)
	case d.session.theirs != nil:
		d.later(in) // RFC 3311 5.2
	case d.session.ours, d.session.pending != nil && d.session.pending.offer:
		d.table.answer(in, sip.StatusRequestPending, "Request Pending")
	default:
		d.offered(in, f, sdp)
	}
}

// later has the far end come again.
func (d *Dialog) later(in stack.Incoming) {
	wait := '0' + byte(d.table.opt.Random(10))
	d.table.answer(in, sip.StatusInternalServerError, "Another Offer Is Being Answered", sip.NewHeader("Retry-After", string(wait)))
}

// offered asks the owner about an offer. The caller holds the lock.
func (d *Dialog) offered(in stack.Incoming, f *far, sdp []byte) {
	if d.crowded() {
		d.later(in)
		return
	}
	d.session.theirs = in
	d.tell(func() {
		answer, refusal := d.owner.Offered(sdp)
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.session.theirs == in {
			d.conclude(in, f, sdp, answer, refusal)
		}
	})
}

// conclude answers a request that changes or refreshes the session. The caller holds the lock.
func (d *Dialog) conclude(in stack.Incoming, f *far, sdp, answer []byte, refusal *Refusal) {
	if d.session.theirs == in {
		d.session.theirs = nil
	}
	defer d.session.wake()
	invite := in.Request().Method == sip.INVITE
	if refusal == nil && answer == nil && (sdp != nil || invite) {
		refusal = &Refusal{Code: sip.StatusNotAcceptableHere, Reason: "Not Acceptable Here"}
	}
	if refusal != nil {
		d.table.answer(in, refusal.Code, refusal.words(), refusal.headers()...)
		return
	}
	r := d.taken(in, sip.StatusOK, "OK", answer)
	if in.Request().Method != sip.PRACK {
		for _, h := range d.grant(in.Request()) {
			r.AppendHeader(h)
		}
	}
	f.learn(in.Request())
	switch {
	case sdp != nil:
		f.sdp = sdp
		d.session.asked, d.session.said, d.session.local = sdp, answer, answer
	case answer != nil: // an offer of ours
		d.session.ours, d.session.local, d.session.asked = true, answer, nil
	}
	if d.table.respond(in, r) && invite {
		d.await(in, sdp == nil)
	}
}
