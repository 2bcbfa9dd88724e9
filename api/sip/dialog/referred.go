package dialog

import (
	"fmt"
	"strconv"
	"sync"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/message"
	"sluice/api/sip/stack"
)

// reporter tells the far end how the call fares to which it referred us: one NOTIFY after the other. Safe for concurrent use.
type reporter struct {
	d  *Dialog
	id string // of Event; "" for the first REFER of a dialog

	mu      sync.Mutex
	begun   bool // the REFER was accepted
	busy    bool
	over    bool // the last one was queued
	reports []report
}

type report struct {
	code   int
	reason string
}

// referred takes REFER.
func (d *Dialog) referred(in stack.Incoming) {
	r := in.Request()
	to, err := message.ReferTo(r)
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.phase != established:
		d.table.answer(in, sip.StatusForbidden, "There Is No Call Yet")
		return
	case err != nil || to.URI.Host == "":
		d.table.answer(in, sip.StatusBadRequest, "Bad Refer-To")
		return
	case to.Method != "" && to.Method != string(sip.INVITE):
		d.table.answer(in, sip.StatusForbidden, "Only Calls Are Made")
		return
	case d.crowded():
		d.table.answer(in, sip.StatusServiceUnavailable, "Service Unavailable")
		return
	}
	told := &reporter{d: d}
	if d.refers++; d.refers > 1 { // RFC 3515 2.4.6
		told.id = ";id=" + strconv.FormatUint(uint64(r.CSeq().SeqNo), 10)
	}
	silent := message.Has(r, "Refer-Sub", "false") // RFC 4488
	told.over = silent
	ask := Referral{Target: to.URI.String(), Notify: told.report}
	if to.Replaces != nil {
		ask.Replaces = replaces(*to.Replaces)
	}
	if by := r.GetHeaders("Referred-By"); len(by) > 0 {
		ask.By = by[0].Value()
	}
	d.tell(func() {
		if refusal := d.owner.Referred(ask); refusal != nil {
			d.table.answer(in, refusal.Code, refusal.words(), refusal.headers()...)
			return
		}
		if silent {
			d.table.answer(in, sip.StatusOK, "OK", sip.NewHeader("Refer-Sub", "false"))
			return
		}
		res := d.table.response(in, sip.StatusAccepted, "Accepted", &sip.ContactHeader{Address: *d.contact.Clone()})
		if d.table.respond(in, res) {
			told.begin()
		}
	})
}

// begin sends what RFC 3515 2.4.4 wants at once, whatever there is to say, and then what was reported meanwhile.
func (t *reporter) begin() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.begun = true
	if len(t.reports) == 0 || t.reports[0].code != sip.StatusTrying {
		t.reports = append([]report{{sip.StatusTrying, "Trying"}}, t.reports...)
	}
	t.work()
}

// report implements Referral.Notify.
func (t *reporter) report(code int, reason string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over || code < 100 || code > 699 {
		return
	}
	t.over = code >= 200
	t.reports = append(t.reports, report{code, Refusal{Reason: reason}.words()})
	t.work()
}

// work sends what there is, if nobody does. The caller holds the lock.
func (t *reporter) work() {
	if t.busy || !t.begun {
		return
	}
	t.busy = true
	t.d.table.run(t.send)
}

func (t *reporter) send() {
	for {
		t.mu.Lock()
		if len(t.reports) == 0 {
			t.busy = false
			t.mu.Unlock()
			return
		}
		next := t.reports[0]
		t.reports = t.reports[1:]
		t.mu.Unlock()
		if !t.notify(next) {
			t.mu.Lock()
			t.over, t.reports, t.busy = true, nil, false
			t.mu.Unlock()
			return
		}
	}
}

// notify sends one NOTIFY, and tells whether the far end goes on listening.
func (t *reporter) notify(next report) bool {
	d := t.d
	d.mu.Lock()
	r := d.within(sip.NOTIFY, d.far)
	d.mu.Unlock()
	state := "active;expires=180"
	if next.code >= 200 {
		state = "terminated;reason=noresource"
	}
	kind := sip.ContentTypeHeader("message/sipfrag;version=2.0")
	r.AppendHeader(sip.NewHeader("Event", "refer"+t.id))
	r.AppendHeader(sip.NewHeader("Subscription-State", state))
	r.AppendHeader(&kind)
	r.SetBody(fmt.Appendf(nil, "SIP/2.0 %d %s\r\n", next.code, next.reason))
	res, err := d.ask(d.table.life, r)
	if err != nil || !res.IsSuccess() {
		d.log.Debug("the far end does not hear how its transfer goes", "call", d.callID, "err", err)
		return false
	}
	return true
}
