package dialog

import (
	"bytes"
	"context"
	"time"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/exchange"
	"sluice/api/sip/stack"
	"sluice/engine/fault"
)

// maxGlare is how often a change of ours gives way to one of the far end's, or to what else it is busy with.
const maxGlare = 6

// Reoffer changes the session by a re-INVITE, and gives the far end's answer. offer is called for each try, as the far end may change the
// session between two. A refusal leaves the session as it was; its fault wraps the status. If ctx is done first, the change is taken back
// as far as it can be.
func (d *Dialog) Reoffer(ctx context.Context, offer func() []byte) ([]byte, error) {
	for try := 1; ; try++ {
		if err := d.claim(ctx); err != nil {
			return nil, err
		}
		out := d.reinvite(ctx, offer())
		status, _ := exchange.Code(out.err)
		if out.err == nil || status != sip.StatusRequestPending || try == maxGlare {
			return out.answer, out.err
		}
		if err := d.giveWay(ctx); err != nil {
			return nil, err
		}
	}
}

// repledge refreshes the session with what was agreed on.
func (d *Dialog) repledge() error {
	d.mu.Lock()
	local, before, tag := d.session.local, d.far.sdp, d.far.tag
	d.mu.Unlock()
	answer, err := d.Reoffer(d.table.life, func() []byte { return local })
	if err == nil && !bytes.Equal(answer, before) {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.phase != over {
			d.tell(func() { d.owner.Answered(tag, answer) })
		}
	}
	return err
}

// claim awaits that nothing else is being offered, and notes that we offer something now.
func (d *Dialog) claim(ctx context.Context) error {
	for {
		d.mu.Lock()
		if err := d.live(); err != nil {
			d.mu.Unlock()
			return err
		}
		s := &d.session
		if d.phase == established && !s.ours && s.theirs == nil && s.pending == nil {
			s.ours = true
			d.mu.Unlock()
			return nil
		}
		if s.changed == nil {
			s.changed = make(chan struct{})
		}
		changed := s.changed
		d.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return fault.New(fault.StartTimeout, "sip", "the session is being changed already").Because(ctx.Err())
		}
	}
}

// giveWay waits after a 491, the one who began the call longer than the other (RFC 3261 14.1), so that both do not ask at once again.
func (d *Dialog) giveWay(ctx context.Context) error {
	wait := time.Duration(d.table.opt.Random(200)) * 10 * time.Millisecond
	if d.in == nil {
		wait = 2100*time.Millisecond + time.Duration(d.table.opt.Random(190))*10*time.Millisecond
	}
	after := time.NewTimer(wait)
	defer after.Stop()
	select {
	case <-after.C:
		return nil
	case <-d.ended:
		return d.gone()
	case <-ctx.Done():
		return fault.New(fault.StartTimeout, "sip", "the far end changes the session itself").Because(ctx.Err())
	}
}

// outcome is what became of a re-INVITE.
type outcome struct {
	answer []byte
	err    error
}

// reinvite asks for a change that was claimed, and awaits the outcome, or, the change being cancelled then, ctx.
func (d *Dialog) reinvite(ctx context.Context, sdp []byte) outcome {
	heard := make(chan outcome, 1)
	given := make(chan struct{})
	d.table.run(func() {
		out := d.renegotiate(given, sdp)
		d.mu.Lock()
		d.session.ours = false
		d.session.wake()
		d.mu.Unlock()
		heard <- out
	})
	select {
	case out := <-heard:
		return out
	case <-d.ended:
		return outcome{err: d.gone()}
	case <-ctx.Done():
		close(given)
		return outcome{err: fault.New(fault.StartTimeout, "sip", "the far end does not answer the change in time").Because(ctx.Err())}
	}
}

// renegotiate sends a re-INVITE and follows it to its end. When given is closed it is cancelled.
func (d *Dialog) renegotiate(given <-chan struct{}, sdp []byte) outcome {
	d.mu.Lock()
	if d.phase == over {
		d.mu.Unlock()
		return outcome{err: d.gone()}
	}
	r := d.within(sip.INVITE, d.far)
	d.supports(r)
	d.wish(r, 0)
	describe(r, sdp)
	d.mu.Unlock()
	if d.auth != nil {
		d.auth.Prepare(r)
	}
	for attempt := 1; ; attempt++ {
		tx, err := d.send(d.table.life, r)
		if err != nil {
			return d.lost(err)
		}
		res, err := d.decided(given, tx)
		if err != nil {
			return d.lost(err)
		}
		if res.IsSuccess() {
			return d.changed(r, tx, res, sdp)
		}
		next, ok := exchange.Retry(d.auth, r, res, attempt, 0)
		if !ok {
			if c := res.StatusCode; c == sip.StatusRequestTimeout || c == sip.StatusCallTransactionDoesNotExists {
				return d.lost(exchange.Refused("sip", res)) // RFC 3261 14.1
			}
			return outcome{err: exchange.Refused("sip", res)}
		}
		r = next
	}
}

// decided awaits the final answer to a re-INVITE, which is cancelled if nobody wants it any more.
func (d *Dialog) decided(given <-chan struct{}, tx stack.Transaction) (*sip.Response, error) {
	done := make(chan struct{})
	defer close(done)
	d.table.run(func() {
		select {
		case <-given:
			d.cancel(tx)
		case <-done:
		}
	})
	return exchange.Final(d.table.life, tx)
}

// lost ends a call within which a request was not answered: the far end is gone, or knows the call no more (RFC 3261 12.2.1.2).
func (d *Dialog) lost(err error) outcome {
	d.mu.Lock()
	defer d.mu.Unlock()
	code, reason := exchange.Code(err)
	d.broken(Ending{Code: code, Reason: reason, Err: err})
	return outcome{err: err}
}

// changed takes the 2xx to a re-INVITE, and acknowledges it as often as it comes.
func (d *Dialog) changed(r *sip.Request, tx stack.Transaction, res *sip.Response, sdp []byte) outcome {
	d.mu.Lock()
	d.far.learn(res)
	ack := d.ack(r, d.far)
	body := sdpOf(res)
	d.agreed(res)
	if body != nil {
		d.far.sdp, d.session.local, d.session.asked = body, sdp, nil
	}
	d.mu.Unlock()
	d.write(ack)
	d.table.run(func() {
		for {
			select {
			case again, ok := <-tx.Responses():
				if !ok {
					return
				}
				if again.IsSuccess() {
					d.write(ack)
				}
			case <-d.table.closing:
				return
			}
		}
	})
	if body == nil {
		return outcome{err: fault.New(fault.ProtocolViolation, "sip", "the far end took the change without a description")}
	}
	return outcome{answer: body}
}

// updateBare refreshes the session by UPDATE.
func (d *Dialog) updateBare(r *sip.Request) error {
	res, err := d.ask(d.table.life, r)
	if err != nil {
		return d.lost(err).err
	}
	if err := exchange.Refused("sip", res); err != nil {
		if c := res.StatusCode; c == sip.StatusRequestTimeout || c == sip.StatusCallTransactionDoesNotExists {
			return d.lost(err).err
		}
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.far.learn(res)
	d.agreed(res)
	return nil
}

// Info sends INFO, and returns when it is answered. A refusal is a fault that wraps the status.
func (d *Dialog) Info(ctx context.Context, contentType string, body []byte) error {
	if err := exchange.SayableHeader("Content-Type", contentType); err != nil {
		return err
	}
	d.mu.Lock()
	if err := d.live(); err != nil {
		d.mu.Unlock()
		return err
	}
	r := d.within(sip.INFO, d.far)
	d.mu.Unlock()
	t := sip.ContentTypeHeader(contentType)
	r.AppendHeader(&t)
	r.SetBody(body)
	res, err := d.ask(ctx, r)
	if err != nil {
		return err
	}
	return exchange.Refused("sip", res)
}
