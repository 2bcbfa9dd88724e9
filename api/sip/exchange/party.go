package exchange

import (
	"strings"

	"github.com/emiago/sipgo/sip"

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
	h := &sip.ToHeader{DisplayName: quote(p.Display), Address: *p.URI.Clone()}
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
	return Party{Display: unquote(display), URI: u}
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
	if name == "" || strings.ContainsFunc(name, func(r rune) bool { return !isToken(r) }) {
		return fault.New(fault.InvalidParams, "sip", "%q is no name of a header", name)
	}
	if strings.ContainsAny(value, "\r\n\x00") {
		return fault.New(fault.InvalidParams, "sip", "the header %s has more than one line", name)
	}
	return nil
}

// isToken is the token of RFC 3261 25.1.
func isToken(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-.!%*_+`'~", r)
}

// quote escapes a name for quotes, which sipgo puts around it without a look. Control characters cannot be escaped (RFC 3261 25.1,
// quoted-pair allows some, but not the ends of lines), and nobody needs them.
func quote(name string) string {
	var b strings.Builder
	for _, r := range name {
		switch {
		case r < ' ' || r == 0x7f:
			continue
		case r == '"' || r == '\\':
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// unquote undoes the escapes of a name.
func unquote(name string) string {
	var b strings.Builder
	escaped := false
	for _, r := range name {
		if r == '\\' && !escaped {
			escaped = true
			continue
		}
		escaped = false
		b.WriteRune(r)
	}
	return b.String()
}
