package lines

import (
	"slices"
	"strings"

	"sluice/api/calls"
	"sluice/api/sip/dialog"
	"sluice/api/sip/leg"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// ears hear of one dialog of a call. A transfer gives the call another dialog, and other ears.
type ears struct {
	call   *Call
	dialog *dialog.Dialog
	notify func(code int, reason string) // of a transfer that asked for this dialog; nil otherwise
	next   *leg.Approach                 // then: what is agreed on with its far end, for as long as that is not the call's
}

var _ dialog.Owner = (*ears)(nil)

// current tells whether the dialog is that of the call.
func (e *ears) current() bool {
	e.call.mu.Lock()
	defer e.call.mu.Unlock()
	return e.call.current == e
}

// Progress implements dialog.Owner.
func (e *ears) Progress(code int, why, _ string, text []byte) {
	c := e.call
	if !e.current() {
		if text != nil {
			e.heard(e.next.Accept(text))
		}
		e.notify(code, why)
		return
	}
	early := false
	if text != nil {
		early = e.heard(c.leg.Accept(text))
	}
	const ringing = 180
	c.change(func(a *calls.About) bool {
		if code < ringing {
			return false
		}
		a.Code, a.Reason = code, why
		switch {
		case early:
			a.State = calls.Early
			has(a, c.leg.Codecs())
		case a.State == calls.Trying:
			a.State = calls.Ringing
		}
		return true
	})
}

// heard tells whether what is said before the answer can be heard.
func (e *ears) heard(err error) bool {
	if err != nil {
		e.call.line.lines.opt.Log.Info("what is heard before the answer cannot be", "call", e.call.id, "err", err)
	}
	return err == nil
}

// Answered implements dialog.Owner.
func (e *ears) Answered(_ string, text []byte) {
	c := e.call
	if !e.current() {
		e.met(text)
		return
	}
	var err error
	if text != nil {
		err = c.leg.Accept(text)
	}
	if err == nil && c.Media() == nil {
		err = fault.New(fault.ProtocolViolation, "sip", "the answer says nothing of media")
	}
	if err != nil {
		c.line.lines.opt.Log.Info("a call has no media that both sides take", "call", c.id, "err", err)
		_ = c.end(calls.NoCodecs, CodeOf(err)) // it is over
		return
	}
	c.mu.Lock()
	again := c.took
	c.took = true
	c.mu.Unlock()
	switch {
	case again: // the answer to a later offer of ours
		e.renewed()
	case !c.about.Incoming:
		c.established()
	}
}

// met has the one whom a transfer led to take the far end's place. Who asked for it hears if he cannot, and not that what was begun for it
// has ended well.
func (e *ears) met(text []byte) {
	var err error
	if text != nil {
		err = e.next.Accept(text)
	}
	if err == nil {
		err = e.take()
	}
	if err != nil {
		e.call.line.lines.opt.Log.Info("a call cannot be passed on", "call", e.call.id, "err", err)
		e.notify(CodeOf(err), reason(CodeOf(err)))
		e.dialog.Hangup(&dialog.Reason{Code: CodeOf(err), Text: reason(CodeOf(err))})
	}
}

// talk is what offers and answers.
type talk interface {
	Offer() ([]byte, error)
	Answer(offer []byte, prefer []media.Codec) ([]byte, error)
}

// Offered implements dialog.Owner.
func (e *ears) Offered(offer []byte) ([]byte, *dialog.Refusal) {
	current := e.current()
	var with talk = e.call.leg
	if !current {
		with = e.next
	}
	var text []byte
	var err error
	if offer == nil {
		text, err = with.Offer()
	} else {
		text, err = with.Answer(offer, nil)
	}
	if err != nil {
		return nil, refusal(err)
	}
	if current {
		e.renewed()
	}
	return text, nil
}

// renewed tells what another description changed.
func (e *ears) renewed() {
	c := e.call
	held := c.leg.Held()
	list := c.leg.Codecs()
	c.change(func(a *calls.About) bool {
		before, codecs := a.Held, a.Codecs
		a.Held = held
		has(a, list)
		return (before != held || !slices.Equal(codecs, a.Codecs)) && (a.State == calls.Established || a.State == calls.OnHold)
	})
}

// The types of INFO that are understood: keys in two ways, and wishes for a key picture (RFC 5168).
const (
	keyInfo     = "application/dtmf"
	relayInfo   = "application/dtmf-relay"
	pictureInfo = "application/media_control+xml"
)

// Informs are the types of INFO that calls understand.
func Informs() []string { return []string{keyInfo, relayInfo, pictureInfo} }

// Info implements dialog.Owner.
func (e *ears) Info(contentType string, body []byte) {
	kind, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(contentType)), ";")
	switch strings.TrimSpace(kind) {
	case keyInfo, relayInfo:
		if digit := pressed(string(body)); digit != "" {
			e.call.leg.Hear(digit)
		}
	case pictureInfo:
		if strings.Contains(string(body), "picture_fast_update") {
			e.call.leg.Picture()
		}
	}
}

// pressed is the key that a body of INFO tells of: "5", or "Signal=5" among other lines.
func pressed(body string) string {
	const keys = "0123456789*#ABCD"
	for line := range strings.Lines(body) {
		name, rest, ok := strings.Cut(line, "=")
		if !ok {
			rest = name
		} else if !strings.EqualFold(strings.TrimSpace(name), "signal") {
			continue
		}
		key := strings.ToUpper(strings.TrimSpace(rest))
		switch key { // numbers of events (RFC 4733 3.2), as some send them
		case "10":
			key = "*"
		case "11":
			key = "#"
		}
		if len(key) == 1 && strings.Contains(keys, key) {
			return key
		}
	}
	return ""
}

// Transferred implements dialog.Owner.
func (e *ears) Transferred(code int, why string) {
	e.call.tell(func(w calls.Watcher) { w.Transferred(code, why) })
	if code >= ok && code < 300 && e.current() { // the far end talks to somebody else now (RFC 5589 6.1)
		_ = e.call.end("", 0) // it is over
	}
}

// Ended implements dialog.Owner.
func (e *ears) Ended(end dialog.Ending) {
	if e.current() {
		e.call.over(end)
		return
	}
	e.lost(end)
}
