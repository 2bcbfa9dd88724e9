package lines

import (
	"slices"
	"strings"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/stack"
	"sluice/engine/fault"
)

// follows says where a call that is sent on (3xx) goes: to users of the same server only, for others cost somebody something. Port and
// transport are heeded, and so is maddr where it is that server; the domain alone stands for where the account has its calls sent to.
func (l *Line) follows(to sip.Uri) (sip.Uri, error) {
	if maddr, given := to.UriParams.Get("maddr"); given { // RFC 3261 19.1.1: in the place of the host
		to.Host = maddr
		to.UriParams.Remove("maddr")
	}
	_, by := to.UriParams.Get("transport")
	home := strings.EqualFold(to.Host, l.way.domain)
	switch {
	case to.Scheme != "sip" && to.Scheme != "sips", !home && !strings.EqualFold(to.Host, l.way.server.Host):
		return to, strays("%.80q is none of the account's servers", to.Host)
	case home && to.Port == 0 && !by && to.Scheme == "sip":
		there := *l.way.server.Clone()
		there.User = to.User
		return there, nil
	case len(l.way.routes) > 0: // the outbound proxy gets it, whatever it says
		return to, nil
	case !by && to.Scheme == "sip" && l.way.network != stack.UDP:
		to.UriParams.Add("transport", string(l.way.network))
	}
	if l.way.network == stack.TLS && networkOf(to) != stack.TLS {
		return to, strays("%.80q is not reached over TLS", to.Host)
	}
	return to, l.admits(withPort(to))
}

// admits says why a call is not sent on to a host with a port of the account's own servers.
func (l *Line) admits(at string) error {
	if slices.ContainsFunc(l.way.named, func(own string) bool { return strings.EqualFold(own, at) }) {
		return nil
	}
	if name := l.lines.server(at); name != "" && name != l.name {
		return strays("%.80q is the server of another account", at)
	}
	if l.name == "" && l.lines.opt.Admits != nil {
		return l.lines.opt.Admits(at)
	}
	return nil
}

// strays says why a redirection is not followed.
func strays(format string, args ...any) error {
	return fault.New(fault.Forbidden, "sip", format, args...)
}

// server is the account of the configuration that has its things sent to a host with a port; "" if there is none.
func (x *Lines) server(at string) string {
	x.mu.Lock()
	defer x.mu.Unlock()
	for l := range x.lines {
		if l.name != "" && slices.ContainsFunc(l.way.named, func(own string) bool { return strings.EqualFold(own, at) }) {
			return l.name
		}
	}
	return ""
}
