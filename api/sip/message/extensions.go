package message

import (
	"strconv"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// number is the number that a header begins with, and what is behind it.
func number(m sip.Message, header string) (n uint32, behind string, ok bool, err error) {
	all := m.GetHeaders(header)
	if len(all) == 0 {
		return 0, "", false, nil
	}
	first, behind, _ := strings.Cut(strings.TrimSpace(all[0].Value()), ";")
	v, e := strconv.ParseUint(strings.TrimSpace(first), 10, 32)
	if e != nil {
		return 0, "", true, bad("%s is no number", header)
	}
	return uint32(v), behind, true, nil
}

// param is a parameter of what is behind a semicolon.
func param(behind, name string) (value string, ok bool) {
	params, _ := readParams(behind)
	value, ok = params.Get(name)
	value, _ = unquoted(value)
	return value, ok
}

// SessionExpires is how long a session lasts without being refreshed, in seconds, and who refreshes it: uac, uas, or "" (RFC 4028 4).
func SessionExpires(m sip.Message) (seconds uint32, refresher string, ok bool, err error) {
	seconds, behind, ok, err := number(m, "Session-Expires")
	refresher, _ = param(behind, "refresher")
	return seconds, strings.ToLower(refresher), ok, err
}

// MinSE is the least time between refreshes, in seconds (RFC 4028 5).
func MinSE(m sip.Message) (seconds uint32, ok bool, err error) {
	seconds, _, ok, err = number(m, "Min-SE")
	return seconds, ok, err
}

// RSeq is the number of a provisional answer that is to be acknowledged (RFC 3262 7.1).
func RSeq(m sip.Message) (n uint32, ok bool, err error) {
	n, _, ok, err = number(m, "RSeq")
	return n, ok, err
}

// RAck is what a PRACK acknowledges (RFC 3262 7.2).
func RAck(m sip.Message) (rseq, cseq uint32, method sip.RequestMethod, ok bool, err error) {
	all := m.GetHeaders("RAck")
	if len(all) == 0 {
		return 0, 0, "", false, nil
	}
	words := strings.Fields(all[0].Value())
	if len(words) != 3 {
		return 0, 0, "", true, bad("RAck has not three words")
	}
	r, e := strconv.ParseUint(words[0], 10, 32)
	c, f := strconv.ParseUint(words[1], 10, 32)
	if e != nil || f != nil || !Token(words[2]) {
		return 0, 0, "", true, bad("RAck has no numbers")
	}
	return uint32(r), uint32(c), sip.RequestMethod(words[2]), true, nil
}

// Event is what a subscription is about, and which of several it is (RFC 6665 8.2.1).
func Event(m sip.Message) (pkg, id string, ok bool) {
	all := m.GetHeaders("Event")
	if len(all) == 0 {
		return "", "", false
	}
	pkg, behind, _ := strings.Cut(all[0].Value(), ";")
	id, _ = param(behind, "id")
	pkg = strings.TrimSpace(pkg)
	return pkg, id, pkg != ""
}

// SubscriptionState is how a subscription is: active, pending or terminated, with why and, in seconds, how long it lasts and when another
// may be tried; -1 if that is not told (RFC 6665 8.2.3).
func SubscriptionState(m sip.Message) (state, reason string, expires, retryAfter int, ok bool) {
	all := m.GetHeaders("Subscription-State")
	if len(all) == 0 {
		return "", "", -1, -1, false
	}
	state, behind, _ := strings.Cut(all[0].Value(), ";")
	reason, _ = param(behind, "reason")
	seconds := func(name string) int {
		value, _ := param(behind, name)
		if n, err := strconv.ParseUint(value, 10, 31); err == nil {
			return int(n)
		}
		return -1
	}
	return strings.ToLower(strings.TrimSpace(state)), reason, seconds("expires"), seconds("retry-after"), true
}

// ReasonOf is why a request was sent (RFC 3326): the one of SIP, else the first one.
func ReasonOf(m sip.Message) (protocol string, cause int, text string, ok bool) {
	for _, h := range m.GetHeaders("Reason") {
		values, wrong := split(h.Value())
		if wrong != nil {
			continue
		}
		for _, v := range values {
			p, behind, _ := strings.Cut(v, ";")
			number, _ := param(behind, "cause")
			n, err := strconv.ParseUint(number, 10, 16)
			if p = strings.TrimSpace(p); err != nil || ok && !strings.EqualFold(p, "SIP") {
				continue
			}
			protocol, cause, ok = p, int(n), true
			text, _ = param(behind, "text")
			if strings.EqualFold(p, "SIP") {
				return protocol, cause, text, true
			}
		}
	}
	return protocol, cause, text, ok
}

// Identity is who calls as proxies that are trusted have asserted it (RFC 3325 9.1), with the name that is shown: the SIP address if there
// is one.
func Identity(m sip.Message) (uri sip.Uri, display string, ok bool) {
	for _, h := range m.GetHeaders("P-Asserted-Identity") {
		values, wrong := split(h.Value())
		if wrong != nil {
			continue
		}
		for _, v := range values {
			a, wrong := readAddr(v)
			var u sip.Uri
			if wrong != nil || ReadURI(a.uri, &u) != nil || ok && u.Scheme == "tel" {
				continue
			}
			uri, display, ok = u, a.display, true
			if u.Scheme != "tel" {
				return uri, display, true
			}
		}
	}
	return uri, display, ok
}
