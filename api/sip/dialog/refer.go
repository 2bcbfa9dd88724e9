package dialog

import (
	"bytes"
	"context"
	"net/url"
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/exchange"
	"sluice/api/sip/message"
	"sluice/api/sip/stack"
	"sluice/engine/fault"
)

// referral is a REFER of ours that is under way: the far end tells how it goes. The dialog's lock guards it.
type referral struct {
	code int // the last that it told
}

// Refer sends the far end to somebody else (RFC 3515), and returns when it agreed to go. How it fares there, Transferred tells, unless
// the far end hangs up before. The error is a fault, that of a refusal wraps the status.
func (d *Dialog) Refer(ctx context.Context, target sip.Uri) error {
	if err := exchange.Sayable(target); err != nil {
		return err
	}
	return d.send3515(ctx, "<"+target.String()+">")
}

// Attend has the far end of this call take our place in another one (RFC 5589 7), as Refer.
func (d *Dialog) Attend(ctx context.Context, other *Dialog) error {
	other.mu.Lock()
	err := other.live()
	// The address of record is reached through the proxies of both; the Contact of a phone behind a NAT only through the call's own.
	target := *other.remote.URI.Clone()
	switch {
	case len(other.far.routes) == 0:
		target = *other.far.target.Clone()
	case other.out != nil && strings.EqualFold(target.Host, other.out.target.Host):
		target.Port = other.out.target.Port // of that proxy, if it is none that names lead to
	}
	there := message.Replaces{CallID: other.callID, ToTag: other.far.tag, FromTag: other.localTag}
	other.mu.Unlock()
	if err != nil {
		return err
	}
	target.Headers = nil
	value := strings.ReplaceAll(url.QueryEscape(replaces(there)), "+", "%20")
	return d.send3515(ctx, "<"+target.String()+"?Replaces="+value+">")
}

// send3515 sends REFER.
func (d *Dialog) send3515(ctx context.Context, referTo string) error {
	d.mu.Lock()
	if err := d.live(); err != nil {
		d.mu.Unlock()
		return err
	}
	if d.refer != nil {
		d.mu.Unlock()
		return fault.New(fault.InvalidRequest, "sip", "the call is being transferred already")
	}
	ours := &referral{}
	d.refer = ours // NOTIFY may be faster than the 202
	r := d.within(sip.REFER, d.far)
	d.mu.Unlock()
	r.AppendHeader(sip.NewHeader("Refer-To", referTo))
	r.AppendHeader(sip.NewHeader("Referred-By", "<"+d.local.URI.String()+">"))
	r.AppendHeader(sip.NewHeader("Supported", "norefersub"))
	res, err := d.ask(ctx, r)
	if err == nil {
		err = exchange.Refused("sip", res)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil {
		if d.refer == ours {
			d.refer = nil
		}
		return err
	}
	d.far.learn(res)
	if message.Has(res, "Refer-Sub", "false") && d.refer == ours { // RFC 4488: it will not tell
		d.refer = nil
		d.tell(func() { d.owner.Transferred(sip.StatusOK, "OK") })
	}
	return nil
}

// notified takes NOTIFY: how our REFER goes.
func (d *Dialog) notified(in stack.Incoming) {
	r := in.Request()
	pkg, _, ok := message.Event(r)
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case !ok || !strings.EqualFold(pkg, "refer"):
		d.table.answer(in, 489, "Bad Event", sip.NewHeader("Allow-Events", "refer"))
		return
	case d.refer == nil, d.crowded():
		d.table.answer(in, sip.StatusCallTransactionDoesNotExists, "Subscription Does Not Exist")
		return
	}
	d.table.answer(in, sip.StatusOK, "OK")
	state, why, _, _, _ := message.SubscriptionState(r)
	code, reason := fragment(r.Body())
	if strings.EqualFold(state, "terminated") && code < 200 { // it stops telling before it is through
		code, reason = sip.StatusTemporarilyUnavailable, why
	}
	if code == 0 || d.refer.code >= 200 {
		return
	}
	d.refer.code = code
	if code >= 200 {
		d.refer = nil
	}
	d.tell(func() { d.owner.Transferred(code, reason) })
}

// fragment reads the status line of a message/sipfrag (RFC 3420); 0 if there is none.
func fragment(body []byte) (code int, reason string) {
	line, _, _ := bytes.Cut(bytes.TrimSpace(body), []byte("\n"))
	words := strings.SplitN(strings.TrimSpace(string(line)), " ", 3)
	if len(words) < 2 || !strings.EqualFold(words[0], "SIP/2.0") {
		return 0, ""
	}
	code, err := strconv.Atoi(words[1])
	if err != nil || code < 100 || code > 699 {
		return 0, ""
	}
	if len(words) == 3 {
		reason = words[2]
	}
	return code, reason
}
