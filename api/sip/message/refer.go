package message

import (
	"net/url"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// Target is where a REFER sends its receiver (RFC 3515).
type Target struct {
	URI      sip.Uri   // without its headers
	Method   string    // that of the request to send; "" is INVITE
	Replaces *Replaces // the call to take over; nil if there is none
}

// Replaces names a call that another one takes the place of (RFC 3891). The tags are those that the receiver of the new call knows: ToTag
// is its own.
type Replaces struct {
	CallID, ToTag, FromTag string
	EarlyOnly              bool
}

// ReferTo is where a REFER sends us. The error is a *Malformed.
func ReferTo(m sip.Message) (Target, error) {
	all := m.GetHeaders("Refer-To")
	if len(all) != 1 {
		return Target{}, bad("REFER has not one Refer-To")
	}
	a, wrong := readAddr(all[0].Value())
	if wrong != nil {
		return Target{}, wrong
	}
	var t Target
	// What is behind a question mark are headers of the request to send, with escapes (RFC 3261 19.1.1).
	address, headers, _ := strings.Cut(a.uri, "?")
	if wrong := ReadURI(address, &t.URI); wrong != nil {
		return Target{}, wrong
	}
	t.Method, _ = t.URI.UriParams.Get("method")
	t.URI.UriParams.Remove("method")
	for pair := range strings.SplitSeq(headers, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if !strings.EqualFold(name, "Replaces") {
			continue
		}
		value, err := url.PathUnescape(value)
		if err != nil {
			return Target{}, bad("Replaces of Refer-To has a wrong escape")
		}
		r, err := ParseReplaces(value)
		if err != nil {
			return Target{}, err
		}
		t.Replaces = &r
	}
	return t, nil
}

// ReplacesOf is the call that an INVITE takes the place of; nil if it does not. The error is a *Malformed.
func ReplacesOf(m sip.Message) (*Replaces, error) {
	all := m.GetHeaders("Replaces")
	if len(all) == 0 {
		return nil, nil //nolint:nilnil // there is none
	}
	r, err := ParseReplaces(all[0].Value())
	return &r, err
}

// ParseReplaces reads the value of Replaces. The error is a *Malformed.
func ParseReplaces(value string) (Replaces, error) {
	call, behind, _ := strings.Cut(value, ";")
	params, wrong := readParams(behind)
	if wrong != nil {
		return Replaces{}, wrong
	}
	r := Replaces{CallID: strings.TrimSpace(call), EarlyOnly: params.Has("early-only")}
	r.ToTag, _ = params.Get("to-tag")
	r.FromTag, _ = params.Get("from-tag")
	if r.CallID == "" || r.ToTag == "" || r.FromTag == "" {
		return Replaces{}, bad("Replaces names no call")
	}
	return r, nil
}
