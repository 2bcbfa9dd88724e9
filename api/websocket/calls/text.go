package calls

import (
	"context"
	"errors"
	"mime"
	"time"

	"sluice/api/websocket/wire"
	"sluice/engine/fault"
)

const (
	mostText  = 64 << 10 // bytes of a text
	mostTexts = 16       // of a page that wait for their answer
	// answered is how long a far end may take to answer: a little more than SIP gives it (RFC 3261 17.1.2.2, timer F).
	answered = 40 * time.Second
)

// SendMessage sends a text to somebody (RFC 3428). What becomes of it the page hears with its id, in notifyMessage. The error is for what
// cannot be tried.
func (p *Phone) SendMessage(m wire.PhoneMessage) error {
	if err := checkNumber("to", string(m.To), wire.MaxNumber); err != nil {
		return err
	}
	if m.ContentType == "" {
		m.ContentType = "text/plain"
	}
	_, _, wrong := mime.ParseMediaType(string(m.ContentType))
	if len(m.Body) > mostText || len(m.ContentType) > wire.MaxNumber || len(m.ID) > wire.MaxNumber || wrong != nil {
		return fault.New(fault.InvalidRequest, "", "the text is longer than %d bytes, or of no type", mostText)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.closed || p.line == nil:
		return fault.New(fault.InvalidRequest, "", "there is no line")
	case p.texts >= mostTexts:
		return fault.New(fault.Overloaded, "", "%d texts wait for their answer already", mostTexts)
	}
	p.texts++
	line := p.line
	p.all.work.Add(1)
	go func() {
		defer p.all.work.Done()
		ctx, cancel := context.WithTimeout(p.stopped, answered)
		defer cancel()
		err := line.Message(ctx, string(m.To), string(m.ContentType), string(m.Body))
		p.mu.Lock()
		p.texts--
		p.mu.Unlock()
		m.From, m.Status = wire.Text(line.Account().Login), wire.MessageAccepted
		if err != nil {
			m.Status, m.Info = wire.MessageFailed, worded(err)
			if refused, is := errors.AsType[interface {
				error
				SIPStatus() (code int, reason string)
			}](err); is {
				m.SIPStatus, m.Info = refused.SIPStatus()
			}
		}
		p.client.Send("notifyMessage", m)
	}()
	return nil
}

// Message implements calls.Owner.
func (p *Phone) Message(from, contentType, body string) {
	p.client.Send("notifyMessage", wire.PhoneMessage{
		From: wire.Text(from), ContentType: wire.Text(contentType), Body: wire.Text(body), Status: wire.MessageReceived,
	})
}
