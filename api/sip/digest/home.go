package digest

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/emiago/sipgo/sip"
)

// home is who may ask for the password of an account: its registrar and proxies, in realms that are theirs. The Client's lock guards it.
type home struct {
	hosts  []string     // as the account names them; none: everybody
	places []netip.Addr // from which they have answered: what belongs to a call is sent to addresses, by Contact and Record-Route
	realms []string     // in which they have asked
}

func newHome(hosts []string) home {
	h := home{}
	for _, host := range hosts {
		if host != "" {
			h.hosts = append(h.hosts, bare(host))
		}
	}
	return h
}

// bare is a host as it is compared.
func bare(host string) string { return strings.ToLower(strings.Trim(host, "[]")) }

// next tells whether a request goes to one of the account's hosts first.
func (h *home) next(r *sip.Request) bool {
	host := r.Recipient.Host
	if route := r.Route(); route != nil {
		host = route.Address.Host
	}
	host = bare(host)
	if len(h.hosts) == 0 || slices.Contains(h.hosts, host) {
		return true
	}
	at, err := netip.ParseAddr(host)
	return err == nil && slices.Contains(h.places, at.Unmap())
}

// admit leaves of challenges those that the account's hosts made, as far as can be told: what is behind them, such as whoever is called,
// answers by the same way. So realms count that REGISTER was asked in, which nobody else hears of, and those that are named as a host of
// the account; where there are none, those that asked first.
func (h *home) admit(asked map[space]*session, answered *sip.Request, res *sip.Response) map[space]*session {
	if len(h.hosts) == 0 {
		return asked
	}
	if !h.next(answered) {
		return nil
	}
	fresh := answered.To() == nil || !answered.To().Params.Has("tag")
	learns := answered.Method == sip.REGISTER || fresh && len(h.realms) == 0
	ours := map[space]*session{}
	for s, challenge := range asked {
		if learns && !slices.Contains(h.realms, s.realm) && len(h.realms) < remember {
			h.realms = append(h.realms, s.realm)
		}
		if slices.Contains(h.realms, s.realm) || slices.Contains(h.hosts, bare(s.realm)) {
			ours[s] = challenge
		}
	}
	if fresh && len(ours) > 0 {
		h.settle(res)
	}
	return ours
}

// settle keeps where an answer of the account's hosts came from.
func (h *home) settle(res *sip.Response) {
	from, err := netip.ParseAddrPort(res.Source())
	if err != nil || len(h.places) >= remember || slices.Contains(h.places, from.Addr().Unmap()) {
		return
	}
	h.places = append(h.places, from.Addr().Unmap())
}
