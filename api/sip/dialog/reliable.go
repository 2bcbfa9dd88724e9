package dialog

import (
	"strconv"
	"time"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/message"
	"sluice/api/sip/stack"
)

// reliable is how provisional answers of ours are made sure to arrive (RFC 3262 3). The dialog's lock guards it.
type reliable struct {
	seq    uint32        // RSeq of the last one
	res    *sip.Response // the one that waits for its PRACK; nil if none does
	body   []byte        // its description
	sdp    []byte        // the description that has been acknowledged
	alarm  *alarm        // its next repetition
	wait   time.Duration // how long until that
	waited time.Duration
	queue  []func() // what is to be said after it
}

// early is the description that was sent reliably, acknowledged or not.
func (r *reliable) early() []byte {
	if r.sdp != nil {
		return r.sdp
	}
	return r.body
}

// then does something now, or, if an answer waits for its PRACK, after that.
func (r *reliable) then(f func()) {
	if r.res != nil {
		r.queue = append(r.queue, f)
		return
	}
	f()
}

// progress sends a provisional answer.
func (d *Dialog) progress(code int, reason string, sdp []byte, headers []sip.Header) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.open(); err != nil {
		return err
	}
	reliably := d.in.must || d.in.reliably && len(sdp) > 0
	if !reliably {
		if d.in.offer == nil {
			sdp = nil // RFC 3261 13.2.1: the offer would have to be in a reliable answer
		}
		d.send1xx(code, reason, sdp, headers)
		return nil
	}
	d.in.reliable.then(func() { d.sendReliably(code, reason, sdp, headers) })
	return nil
}

// send1xx sends a provisional answer once. The caller holds the lock.
func (d *Dialog) send1xx(code int, reason string, sdp []byte, headers []sip.Header) {
	r := d.taken(d.in.in, code, reason, sdp)
	for _, h := range headers {
		r.AppendHeader(sip.HeaderClone(h))
	}
	if len(sdp) > 0 {
		d.session.local = sdp
	}
	d.table.respond(d.in.in, r)
}

// sendReliably sends a provisional answer until its PRACK comes. The caller holds the lock.
func (d *Dialog) sendReliably(code int, reason string, sdp []byte, headers []sip.Header) {
	rel := &d.in.reliable
	if d.phase != calling {
		return
	}
	if rel.sdp != nil {
		sdp = nil // agreed on: nothing may be offered here again
	}
	if rel.seq == 0 {
		rel.seq = uint32(d.table.opt.Random(1 << 30))
	}
	rel.seq++
	r := d.taken(d.in.in, code, reason, sdp)
	for _, h := range headers {
		r.AppendHeader(sip.HeaderClone(h))
	}
	r.AppendHeader(sip.NewHeader("Require", "100rel"))
	r.AppendHeader(sip.NewHeader("RSeq", strconv.FormatUint(uint64(rel.seq), 10)))
	rel.res, rel.body = r, sdp
	rel.wait, rel.waited = d.table.opt.Timers.T1, 0
	if len(sdp) > 0 {
		d.session.local = sdp
	}
	d.table.respond(d.in.in, r.Clone())
	d.repeat()
}

// repeat sets when an answer is sent again. The caller holds the lock.
func (d *Dialog) repeat() {
	rel := &d.in.reliable
	seq := rel.seq
	rel.alarm = d.table.after(rel.wait, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.phase != calling || rel.res == nil || rel.seq != seq {
			return
		}
		rel.waited += rel.wait
		if rel.waited >= 63*d.table.opt.Timers.T1 { // RFC 3262 3
			d.refuse(Refusal{Code: sip.StatusGatewayTimeout, Reason: "No PRACK came"})
			return
		}
		rel.wait *= 2
		d.table.respond(d.in.in, rel.res.Clone())
		d.repeat()
	})
}

// pracked takes PRACK.
func (d *Dialog) pracked(in stack.Incoming) {
	r := in.Request()
	rseq, cseq, method, ok, err := message.RAck(r)
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil || !ok || method != sip.INVITE || !d.awaits(rseq, cseq) {
		d.table.answer(in, sip.StatusCallTransactionDoesNotExists, "Call/Transaction Does Not Exist")
		return
	}
	rel := &d.in.reliable
	rel.alarm.stop()
	offered := len(rel.body) > 0 && d.in.offer == nil
	if len(rel.body) > 0 {
		rel.sdp = rel.body
		d.session.theirs = nil
		if d.in.offer != nil {
			d.session.asked, d.session.said = d.in.offer, rel.sdp
		}
	}
	rel.res, rel.body = nil, nil
	sdp := sdpOf(r)
	switch {
	case offered && sdp == nil:
		d.table.answer(in, sip.StatusBadRequest, "Missing Answer")
		d.refuse(Refusal{Code: sip.StatusNotAcceptableHere, Reason: "Not Acceptable Here"})
		return
	case offered:
		d.far.sdp = sdp
		d.table.answer(in, sip.StatusOK, "OK")
		tag := d.far.tag
		d.tell(func() { d.owner.Answered(tag, sdp) })
	case sdp != nil: // a new offer (RFC 3262 5)
		d.offered(in, d.far, sdp)
	default:
		d.table.answer(in, sip.StatusOK, "OK")
	}
	rel.next()
}

// awaits tells whether a PRACK is for the answer that waits for one. The caller holds the lock.
func (d *Dialog) awaits(rseq, cseq uint32) bool {
	return d.in != nil && d.in.reliable.res != nil && rseq == d.in.reliable.seq && cseq == d.in.in.Request().CSeq().SeqNo
}

// next does what waited for a PRACK, until another answer waits for its own.
func (r *reliable) next() {
	for r.res == nil && len(r.queue) > 0 {
		f := r.queue[0]
		r.queue = r.queue[1:]
		f()
	}
}
