package exchange

import (
	"strings"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/message"
	"sluice/engine/fault"
)

// Party is somebody as From and To name them: the name that is shown, and the address. It is a value.
type Party struct {
	Display string
	URI     sip.Uri
}

// From is the header for who asks; "" leaves the tag out.
func (p Party) From(tag string) *sip.FromHeader {
	h := p.To(tag).AsFrom()
	return &h
}

// To is the header for who is asked.
func (p Party) To(tag string) *sip.ToHeader {
	h := &sip.ToHeader{DisplayName: message.Escape(p.Display), Address: *p.URI.Clone()}
	if tag != "" {
		h.Params = sip.HeaderParams{{K: "tag", V: tag}}
	}
	return h
}

// Check tells whether the party can be said at all: the texts of addresses come from pages, and SIP is lines.
func (p Party) Check() error {
	if p.URI.Host == "" {
		return fault.New(fault.InvalidParams, "sip", "the address has no host")
	}
	return Sayable(p.URI)
}

// Of gives who a header names.
func Of(display string, uri sip.Uri) Party {
	u := *uri.Clone()
	return Party{Display: message.Unescape(display), URI: u}
}

// Sayable tells whether an address can be written into a message as it is: nothing in it ends the line or the brackets around it.
func Sayable(uri sip.Uri) error {
	if s := uri.String(); strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '<' || r == '>' || r == '"' }) {
		return fault.New(fault.InvalidParams, "sip", "%q is no SIP address", s).Advise("escape other signs with %%, as RFC 3261 25.1 has it")
	}
	return nil
}

// SayableHeader tells whether a header can be written as it is.
func SayableHeader(name, value string) error {
	if !message.Token(name) {
		return fault.New(fault.InvalidParams, "sip", "%q is no name of a header", name)
	}
	if strings.ContainsAny(value, "\r\n\x00") {
		return fault.New(fault.InvalidParams, "sip", "the header %s has more than one line", name)
	}
	return nil
}
