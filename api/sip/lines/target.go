package lines

import (
	"strings"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/exchange"
	"sluice/engine/fault"
)

// target is whom a call or message is for, as it is written: a user of the domain, or a SIP address.
type target struct {
	party exchange.Party // To
	uri   sip.Uri        // request URI
	named string         // host with port, if it is another one than the account's and nothing stands between
}

// target reads whom somebody means.
func (w *way) target(text string) (target, error) {
	text = strings.TrimSpace(text)
	if text == "" || !plain(text) {
		return target{}, nobody(text)
	}
	scheme, rest, has := strings.Cut(text, ":")
	scheme = strings.ToLower(scheme)
	switch {
	case has && scheme == "tel": // RFC 3261 19.1.6
		number, _, _ := strings.Cut(strings.ToLower(rest), ";")
		return w.of(strings.Map(dialled, number))
	case has && (scheme == "sip" || scheme == "sips"):
		return w.address(text, scheme, rest)
	case strings.Contains(text, "@"):
		return w.address(text, "sip", text)
	}
	return w.of(text)
}

// nobody is the fault of a text that means nobody.
func nobody(text string) *fault.Fault {
	return fault.New(fault.InvalidParams, "sip", "%.80q is nobody who can be called", text).
		Advise("write a number, a user, or sip:user@host")
}

// address reads a SIP address, which the text is: rest is what follows its scheme.
func (w *way) address(text, scheme, rest string) (target, error) {
	at := strings.LastIndexByte(rest, '@')
	if at <= 0 {
		return target{}, nobody(text)
	}
	u, err := server("address", scheme+":"+rest[at+1:])
	if err != nil {
		return target{}, nobody(text).Because(err)
	}
	user := unescape(rest[:at])
	if strings.EqualFold(u.Host, w.domain) && u.Port == 0 && len(u.UriParams) == 0 {
		return w.of(user)
	}
	u.User = escape(user)
	t := target{party: exchange.Party{URI: sip.Uri{Scheme: u.Scheme, User: u.User, Host: u.Host}}, uri: u}
	if len(w.routes) == 0 && (!strings.EqualFold(u.Host, w.server.Host) || u.Port != w.server.Port) {
		t.named = withPort(u)
	}
	return t, nil
}

// of is a user of the account's domain.
func (w *way) of(user string) (target, error) {
	if user == "" {
		return target{}, fault.New(fault.InvalidParams, "sip", "nobody is named")
	}
	uri := *w.server.Clone()
	uri.User = escape(user)
	return target{party: exchange.Party{URI: sip.Uri{Scheme: "sip", User: uri.User, Host: w.domain}}, uri: uri}, nil
}

// dialled leaves out what only makes numbers readable (RFC 3966 5.1.1).
func dialled(r rune) rune {
	if strings.ContainsRune("-.() ", r) {
		return -1
	}
	return r
}
