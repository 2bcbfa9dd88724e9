package dialog

import (
	"bytes"
	"strings"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/exchange"
	"sluice/api/sip/message"
	"sluice/api/sip/stack"
	"sluice/engine/fault"
)

// Incoming is how a call that came in is taken. The zero value will do.
type Incoming struct {
	Auth    exchange.Auth // answers challenges of requests within the dialog
	Contact sip.Uri       // how the far end reaches us; the zero value is the port's
}

// incoming is what a dialog that the far end began knows beyond others. The dialog's lock guards it, but for what Accept sets.
type incoming struct {
	in       stack.Incoming
	offer    []byte
	toUs     *sip.ToHeader
	fromThem *sip.FromHeader
	reliably bool          // the caller takes reliable provisional answers
	must     bool          // and wants all of them so
	settled  chan struct{} // closed with the final answer
	given    bool          // there was one
	bye      bool          // BYE is due once the ACK is there
	goodbye  string        // its Reason
	reliable reliable
}

// Accept takes a call that came in, an INVITE without a tag of To. Nothing is answered but what the stack does by itself: the owner
// rings, answers or refuses. The error is a fault: the call was refused already.
func (t *Table) Accept(in stack.Incoming, opt Incoming, owner Owner) (*Dialog, error) {
	r := in.Request()
	offer, readable := bodyOf(r)
	switch unknown := lacking(r); {
	case r.Method != sip.INVITE || tagOf(r.To().Params) != "":
		return nil, t.turnDown(in, sip.StatusCallTransactionDoesNotExists, "Call/Transaction Does Not Exist")
	case unknown != nil:
		return nil, t.turnDown(in, sip.StatusBadExtension, "Bad Extension", sip.NewHeader("Unsupported", strings.Join(unknown, ", ")))
	case len(r.GetHeaders("Contact")) == 0:
		return nil, t.turnDown(in, sip.StatusBadRequest, "Missing Contact")
	case !readable:
		return nil, t.turnDown(in, sip.StatusUnsupportedMediaType, "Unsupported Media Type", sip.NewHeader("Accept", typeSDP))
	case t.brief(r):
		return nil, t.turnDown(in, intervalTooSmall, "Session Interval Too Small", t.least())
	}
	d := t.dialog(in.Port(), opt.Auth, owner)
	d.callID, d.localTag, d.contact = string(*r.CallID()), in.Tag(), opt.Contact
	if d.contact.Host == "" {
		d.contact = in.Port().Contact(r.To().Address.User)
	}
	d.local, d.remote = exchange.Of(r.To().DisplayName, r.To().Address), exchange.Of(r.From().DisplayName, r.From().Address)
	d.far = callerOf(r)
	d.far.sdp = offer
	d.see(in.Source().String())
	d.in = &incoming{
		in: in, offer: offer, toUs: r.To(), fromThem: r.From(), settled: make(chan struct{}),
		must: message.Has(r, "Require", "100rel"),
	}
	d.in.reliably = d.in.must || message.Has(r, "Supported", "100rel")
	if offer != nil {
		d.session.theirs = in
	}
	if !t.add(d) {
		return nil, t.turnDown(in, sip.StatusServiceUnavailable, "Service Unavailable")
	}
	t.run(d.watch)
	return d, nil
}

// turnDown refuses a call that makes no dialog.
func (t *Table) turnDown(in stack.Incoming, code int, reason string, headers ...sip.Header) error {
	t.answer(in, code, reason, headers...)
	return fault.New(fault.InvalidRequest, "sip", "a call was refused").Because(&exchange.Status{Code: code, Reason: reason})
}

// watch awaits that the caller gives up.
func (d *Dialog) watch() {
	select {
	case <-d.in.in.Cancelled():
		d.mu.Lock()
		d.in.given = true
		d.end(because(d.in.in.Cancel(), Ending{Code: sip.StatusRequestTerminated, Reason: "Request Terminated", Remote: true}))
		d.mu.Unlock()
		d.table.remove(d)
	case <-d.in.settled:
	case <-d.ended:
	case <-d.table.life.Done():
	}
}

// open tells whether a call that came in has no final answer. The caller holds the lock.
func (d *Dialog) open() error {
	switch {
	case d.in == nil:
		return fault.New(fault.InvalidRequest, "sip", "the call is one of ours")
	case d.phase == over:
		return d.gone()
	case d.in.given:
		return fault.New(fault.InvalidRequest, "sip", "the call has been answered")
	}
	return nil
}

// Ring tells the caller that it rings here (180).
func (d *Dialog) Ring(headers ...sip.Header) error {
	return d.progress(sip.StatusRinging, "Ringing", nil, headers)
}

// Early gives the caller something to hear before the call is answered (183): sdp answers its offer, or is one of ours if it made none.
// Callers that can are made to acknowledge it; to others an offer cannot be made yet, and they hear 183 without it.
func (d *Dialog) Early(sdp []byte, headers ...sip.Header) error {
	return d.progress(sip.StatusSessionInProgress, "Session Progress", sdp, headers)
}

// Answer takes the call (200): sdp answers the caller's offer, or is ours if it made none; then Answered comes with what the ACK says.
// nil is what Early said; nothing else may be, if the caller acknowledged that.
func (d *Dialog) Answer(sdp []byte, headers ...sip.Header) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.open(); err != nil {
		return err
	}
	if sdp == nil {
		sdp = d.session.local
	}
	if early := d.in.reliable.early(); early != nil && !bytes.Equal(sdp, early) {
		return fault.New(fault.InvalidParams, "sip", "another description was agreed on already").Advise("answer as before, and call Reoffer")
	}
	if len(sdp) == 0 {
		return fault.New(fault.InvalidParams, "sip", "an answer needs a description")
	}
	d.in.given = true
	d.in.reliable.then(func() { d.accept(sdp, headers) }) // RFC 3262 3: not before the PRACK of a description
	return nil
}

// accept sends the 200. The caller holds the lock.
func (d *Dialog) accept(sdp []byte, headers []sip.Header) {
	if d.phase != calling {
		return
	}
	r := d.taken(d.in.in, sip.StatusOK, "OK", sdp)
	for _, h := range append(d.grant(d.in.in.Request()), headers...) {
		r.AppendHeader(h)
	}
	d.phase = answered
	d.session.local = sdp
	d.session.theirs = nil
	if d.in.reliable.sdp == nil {
		if d.in.offer == nil {
			d.session.ours = true
		} else {
			d.session.asked, d.session.said = d.in.offer, sdp
		}
	}
	close(d.in.settled)
	if !d.table.respond(d.in.in, r) {
		d.end(Ending{Code: sip.StatusRequestTerminated, Reason: "Request Terminated", Remote: true})
		d.table.run(func() { d.table.remove(d) })
		return
	}
	d.await(d.in.in, d.session.ours)
}

// Refuse ends a call that has no final answer with one.
func (d *Dialog) Refuse(r Refusal) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.open(); err != nil {
		return err
	}
	if r.Code < 300 || r.Code > 699 {
		return fault.New(fault.InvalidParams, "sip", "%d refuses nothing", r.Code)
	}
	d.refuse(r)
	return nil
}

// refuse answers with a final code, and ends the call. The caller holds the lock.
func (d *Dialog) refuse(r Refusal) {
	d.in.given = true
	close(d.in.settled)
	d.table.answer(d.in.in, r.Code, r.words(), r.headers()...)
	d.end(Ending{Code: r.Code, Reason: r.words()})
	d.table.run(func() { d.table.remove(d) })
}

// words are the reason, without what would end the line.
func (r Refusal) words() string {
	if r.Reason == "" {
		return "Refused"
	}
	return strings.Map(func(c rune) rune {
		if c < ' ' {
			return ' '
		}
		return c
	}, r.Reason)
}

func (r Refusal) headers() []sip.Header {
	var hs []sip.Header
	for name, value := range r.Headers {
		if exchange.SayableHeader(name, value) == nil {
			hs = append(hs, sip.NewHeader(name, value))
		}
	}
	return hs
}
