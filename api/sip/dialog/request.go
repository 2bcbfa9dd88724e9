package dialog

import (
	"context"
	"fmt"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/exchange"
	"sluice/api/sip/stack"
)

const (
	// Allowed are the methods that are taken within dialogs.
	Allowed = "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK, REFER, NOTIFY"
	// Supported are the extensions that both ends may use.
	Supported = "100rel, timer, replaces, norefersub"
	typeSDP   = "application/sdp"

	// What sipgo does not name.
	intervalTooSmall = 422 // RFC 4028 6
	badInfoPackage   = 469 // RFC 6086 4.2.2
)

// name puts in who we are to whom, with a CSeq that is set as the request leaves.
func (d *Dialog) name(r *sip.Request, remoteTag string) {
	if d.in == nil || d.in.toUs == nil {
		r.AppendHeader(d.local.From(d.localTag))
		r.AppendHeader(d.remote.To(remoteTag))
	} else { // as the INVITE had it, to the letter: some far ends of RFC 2543 compare more than tags
		from, to := d.in.toUs.AsFrom(), d.in.fromThem.AsTo()
		from.Params.Add("tag", d.localTag)
		r.AppendHeader(&from)
		r.AppendHeader(&to)
	}
	id := sip.CallIDHeader(d.callID)
	r.AppendHeader(&id)
	r.AppendHeader(&sip.CSeqHeader{MethodName: r.Method})
	if d.table.opt.Agent != "" {
		r.AppendHeader(sip.NewHeader("User-Agent", d.table.opt.Agent))
	}
	switch r.Method {
	case sip.INVITE, sip.UPDATE, sip.REFER, sip.NOTIFY, sip.SUBSCRIBE: // they refresh the target (RFC 6665 4.4, RFC 3311 5)
		r.AppendHeader(&sip.ContactHeader{Address: *d.contact.Clone()})
	}
}

// supports puts in what we can.
func (d *Dialog) supports(r *sip.Request) {
	r.AppendHeader(sip.NewHeader("Allow", Allowed))
	r.AppendHeader(sip.NewHeader("Supported", Supported))
}

// describe puts in a description.
func describe(m sip.Message, sdp []byte) {
	if len(sdp) > 0 {
		t := sip.ContentTypeHeader(typeSDP)
		m.AppendHeader(&t)
	}
	m.SetBody(sdp)
}

// within writes a request within the dialog. The caller holds the lock.
func (d *Dialog) within(method sip.RequestMethod, f *far) *sip.Request {
	r := sip.NewRequest(method, f.target)
	f.address(r)
	d.name(r, f.tag)
	return r
}

// send begins the transaction of a request within the dialog.
func (d *Dialog) send(ctx context.Context, r *sip.Request) (stack.Transaction, error) {
	d.sending.Lock()
	defer d.sending.Unlock()
	d.mu.Lock()
	d.seq++
	r.CSeq().SeqNo = d.seq
	d.mu.Unlock()
	return d.port.Do(ctx, r)
}

// ask sends a request within the dialog and gives its final answer. Challenges are answered.
func (d *Dialog) ask(ctx context.Context, r *sip.Request) (*sip.Response, error) {
	if d.auth != nil {
		d.auth.Prepare(r)
	}
	for attempt := 1; ; attempt++ {
		tx, err := d.send(ctx, r)
		if err != nil {
			return nil, err
		}
		res, err := exchange.Final(ctx, tx)
		if err != nil {
			return nil, err
		}
		next, ok := exchange.Retry(d.auth, r, res, attempt, 0)
		if !ok {
			return res, nil
		}
		r = next
	}
}

// dispatch sends a request of which only the log hears. The caller holds the lock.
func (d *Dialog) dispatch(r *sip.Request) {
	d.table.run(func() {
		res, err := d.ask(d.table.life, r)
		if err == nil {
			err = exchange.Refused("sip", res)
		}
		if err != nil {
			d.log.Debug("a request within a call was not taken", "call", d.callID, "method", r.Method, "err", err)
		}
	})
}

// say sends BYE to a far end and forgets the dialog when it has been answered: a BYE of the far end's that crosses ours finds it still.
// The caller holds the lock.
func (d *Dialog) say(f *far, reason string) {
	r := d.within(sip.BYE, f)
	if reason != "" {
		r.AppendHeader(sip.NewHeader("Reason", reason))
	}
	d.table.run(func() {
		if _, err := d.ask(d.table.life, r); err != nil {
			d.log.Debug("nobody took our BYE", "call", d.callID, "err", err)
		}
		if d.in != nil || d.chosen(f) {
			d.table.remove(d)
		}
	})
}

// chosen tells whether a far end is the one with which there was a session.
func (d *Dialog) chosen(f *far) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.far == f
}

// ack writes the ACK of a 2xx, with what the INVITE was authenticated by (RFC 3261 13.2.2.4). The caller holds the lock.
func (d *Dialog) ack(invite *sip.Request, f *far) *sip.Request {
	r := d.within(sip.ACK, f)
	r.CSeq().SeqNo = invite.CSeq().SeqNo
	for _, name := range []string{"Authorization", "Proxy-Authorization"} {
		sip.CopyHeaders(name, invite, r)
	}
	return r
}

// write sends an ACK.
func (d *Dialog) write(ack *sip.Request) {
	if err := d.port.Write(d.table.life, ack); err != nil {
		d.log.Debug("an ACK could not be sent; the answer comes again", "call", d.callID, "err", err)
	}
}

// Reason is why a call is hung up, as the far end is told (RFC 3326).
type Reason struct {
	Code int // a SIP status, or 0
	Text string
}

// goodbye is the Reason header of a BYE; "" for none.
func goodbye(why *Reason) string {
	if why == nil || why.Code == 0 {
		return ""
	}
	text := make([]rune, 0, len(why.Text))
	for _, c := range why.Text {
		if c >= ' ' && c != '"' && c != '\\' {
			text = append(text, c)
		}
	}
	return fmt.Sprintf("SIP;cause=%d;text=%q", why.Code, string(text))
}
