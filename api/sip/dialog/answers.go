package dialog

import (
	"errors"
	"fmt"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/exchange"
	"sluice/api/sip/message"
	"sluice/api/sip/stack"
	"sluice/engine/fault"
)

// listen follows the answers to an INVITE, and gives the next one if an answer asks for it.
func (d *Dialog) listen(r *sip.Request, tx stack.Transaction) *sip.Request {
	acks := map[string]*sip.Request{} // what was said to each 2xx, which is said again if that comes again (RFC 3261 13.2.2.4)
	final := false
	var enough chan struct{} // once there is a final answer, only repetitions come
	for {
		select {
		case res, ok := <-tx.Responses():
			switch {
			case !ok && !final:
				d.failed(exchange.Unanswered(tx.Err()))
				return nil
			case !ok:
				d.leave()
				return nil
			case res.IsProvisional():
				d.provisional(r, res)
			case res.IsSuccess():
				final, enough = true, d.table.closing
				d.success(r, res, acks)
			default:
				if next := d.refused(r, res); next != nil {
					return next
				}
				d.table.remove(d)
				return nil
			}
		case <-enough:
			return nil
		case <-d.table.life.Done():
			return nil
		}
	}
}

// leave forgets a call to whose INVITE nothing can come any more, if it is over, too.
func (d *Dialog) leave() {
	d.mu.Lock()
	gone := d.phase == over
	d.mu.Unlock()
	if gone {
		d.table.remove(d)
	}
}

// provisional takes a provisional answer.
func (d *Dialog) provisional(r *sip.Request, res *sip.Response) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.phase != calling || d.out.given || res.StatusCode == sip.StatusTrying || d.crowded() {
		return // whoever is told of so many is behind; those that matter come again (RFC 3262 3)
	}
	d.see(res.Source())
	tag := tagOf(res.To().Params)
	f := d.out.forks[tag]
	switch {
	case tag == "": // it makes no dialog
	case f != nil:
		f.learn(res)
	case len(d.out.forks) < maxForks:
		f = farOf(res)
		d.out.forks[tag] = f
	default:
		return
	}
	body := sdpOf(res)
	if f != nil {
		counts, reliably := d.acknowledge(r, res, f)
		if !counts {
			return
		}
		d.far = f
		if body != nil {
			f.sdp = body
			d.session.ours = d.session.ours && !reliably // that is the answer: the far end may offer something else by UPDATE (RFC 3311 5.1)
		}
	}
	code, reason := res.StatusCode, res.Reason
	d.tell(func() { d.owner.Progress(code, reason, tag, body) })
}

// maxForks is how many far ends may ring for one call of ours.
const maxForks = 32

// success takes a 2xx. The first one makes the call; the far ends of others hear that it has been taken (RFC 3261 13.2.2.4).
func (d *Dialog) success(r *sip.Request, res *sip.Response, acks map[string]*sip.Request) {
	tag := tagOf(res.To().Params)
	if ack := acks[tag]; ack != nil {
		d.write(ack)
		return
	}
	if len(acks) >= maxForks {
		return
	}
	d.sending.Lock() // nothing leaves before the ACK
	defer d.sending.Unlock()
	d.mu.Lock()
	f := farOf(res)
	if known := d.out.forks[tag]; known != nil {
		f.rseq, f.sdp, f.seq, f.heard = known.rseq, known.sdp, known.seq, known.heard
		f.updates = f.updates || known.updates
	}
	if body := sdpOf(res); body != nil {
		f.sdp = body
	}
	if f.target.Host == "" { // without a Contact, which RFC 3261 12.1.1 wants
		f.target = d.out.target
	}
	ack := d.ack(r, f)
	acks[tag] = ack
	ours := d.phase == calling && !d.out.given
	if ours {
		d.established(res, f)
	}
	d.mu.Unlock()
	d.write(ack)
	if !ours {
		d.mu.Lock()
		d.say(f, goodbye(d.out.reason))
		d.mu.Unlock()
	}
}

// established notes the far end with which there is a session now: its requests may be here before our ACK has left. The caller holds the
// lock.
func (d *Dialog) established(res *sip.Response, f *far) {
	d.phase, d.far = established, f
	d.see(res.Source())
	d.out.ringing.stop()
	d.session.ours = false
	d.agreed(res)
	sdp := f.sdp
	d.tell(func() { d.owner.Answered(f.tag, sdp) })
}

// refused takes an answer that refuses, and gives the INVITE that it asks for instead.
func (d *Dialog) refused(r *sip.Request, res *sip.Response) *sip.Request {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.out.given || d.phase != calling {
		return nil
	}
	end := Ending{Code: res.StatusCode, Reason: res.Reason, Remote: true}
	if d.out.tries < maxTries {
		next, err := d.instead(r, res)
		if next != nil {
			return next
		}
		if f, is := errors.AsType[*fault.Fault](err); is {
			end.Reason, end.Err = end.Reason+": "+f.Msg, err
		}
	}
	d.end(end)
	return nil
}

// instead is the INVITE that an answer asks for; nil if it asks for none, or what it asks is not done. The error is a fault that says why
// a redirection is not followed.
func (d *Dialog) instead(r *sip.Request, res *sip.Response) (*sip.Request, error) {
	o := d.out
	switch {
	case res.StatusCode == sip.StatusUnauthorized, res.StatusCode == sip.StatusProxyAuthRequired:
		o.logins++
		next, ok := exchange.Retry(d.auth, r, res, o.logins, d.seq+1)
		if ok {
			d.seq++
			return next, nil
		}
	case res.StatusCode == intervalTooSmall:
		if least, ok, err := message.MinSE(res); ok && err == nil && least > o.minSE {
			o.minSE = least
			return d.again(), nil
		}
	case res.IsRedirection() && o.opt.Follow != nil:
		return d.elsewhere(res)
	}
	return nil, nil //nolint:nilnil // nothing is asked for
}

// again writes the INVITE anew.
func (d *Dialog) again() *sip.Request {
	r := d.invite()
	if d.auth != nil {
		d.auth.Prepare(r)
	}
	return r
}

// acknowledge sends PRACK for a provisional answer that wants one (RFC 3262 4), and tells whether the answer counts: one that comes
// again, or before its time, does not. The caller holds the lock.
func (d *Dialog) acknowledge(r *sip.Request, res *sip.Response, f *far) (counts, reliably bool) {
	seq, ok, err := message.RSeq(res)
	if !message.Has(res, "Require", "100rel") || !ok || err != nil {
		return true, false
	}
	if f.rseq != 0 && seq != f.rseq+1 {
		return false, true
	}
	f.rseq = seq
	if f.target.Host == "" {
		f.target = d.out.target
	}
	p := d.within(sip.PRACK, f)
	p.AppendHeader(sip.NewHeader("RAck", fmt.Sprintf("%d %d INVITE", seq, r.CSeq().SeqNo)))
	d.dispatch(p)
	return true, true
}
