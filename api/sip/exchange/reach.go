package exchange

import (
	"net/netip"

	"github.com/emiago/sipgo/sip"
)

// Recorded are the proxies that stay in the way of a dialog, as a message names them (RFC 3261 12.1): requests of who got the request take
// them as they are, those of who sent it the other way round.
func Recorded(m sip.Message) []sip.Uri {
	var routes []sip.Uri
	for _, h := range m.GetHeaders("Record-Route") {
		if rr, ok := h.(*sip.RecordRouteHeader); ok {
			routes = append(routes, *rr.Address.Clone())
		}
	}
	return routes
}

// Target is where the far end of a dialog is, as a message of its says (RFC 3261 12.2). Direct tells that no proxy stays in the way: else
// the next one on the way has to know how it is reached.
func Target(m sip.Message, direct bool) (target sip.Uri, ok bool) {
	hs := m.GetHeaders("Contact")
	if len(hs) == 0 {
		return sip.Uri{}, false
	}
	c, ok := hs[0].(*sip.ContactHeader)
	if !ok || c.Address.Wildcard || c.Address.Host == "" {
		return sip.Uri{}, false
	}
	target = *c.Address.Clone()
	if direct {
		target = behindNAT(target, m.Source())
	}
	return target, true
}

// behindNAT gives the address of a far end as it is reached, if it names one that only its own network knows: what it sends tells where
// it is seen (RFC 3581 has answers go there, too).
func behindNAT(target sip.Uri, source string) sip.Uri {
	named, err := netip.ParseAddr(target.Host)
	if err != nil {
		return target // a name
	}
	seen, err := netip.ParseAddrPort(source)
	if err != nil || named.Unmap() == seen.Addr().Unmap() {
		return target
	}
	if at := seen.Addr().Unmap(); named.IsUnspecified() || named.IsPrivate() && !at.IsPrivate() && !at.IsLoopback() {
		target.Host, target.Port = at.String(), int(seen.Port())
	}
	return target
}
