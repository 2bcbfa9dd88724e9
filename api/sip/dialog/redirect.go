package dialog

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/exchange"
	"sluice/engine/fault"
)

// elsewhere is the INVITE to where an answer says that who is called is (3xx): to the first place of those that may be followed. The error
// says why none is. The caller holds the lock.
func (d *Dialog) elsewhere(res *sip.Response) (*sip.Request, error) {
	o := d.out
	if o.hops == maxHops {
		return nil, fault.New(fault.InvalidRequest, "sip", "it was sent on %d times already", maxHops)
	}
	var wrong error
	for _, place := range places(res) {
		err := exchange.Sayable(place)
		if err == nil {
			place.Headers = nil // what the one who redirects wants to put into our INVITE
			place, err = o.opt.Follow(place)
		}
		if err == nil {
			o.hops++
			o.logins = 0
			o.target = place
			return d.again(), nil
		}
		wrong = cmp.Or(wrong, err)
	}
	if wrong == nil {
		wrong = fault.New(fault.InvalidRequest, "sip", "it does not say where to")
	}
	return nil, wrong
}

// places are the addresses of a redirection, the best first (RFC 3261 8.1.3.4, 20.10).
func places(res *sip.Response) []sip.Uri {
	const most = 8
	var list []*sip.ContactHeader
	for _, h := range res.GetHeaders("Contact") {
		if c, ok := h.(*sip.ContactHeader); ok && !c.Address.Wildcard && c.Address.Host != "" && len(list) < most {
			list = append(list, c)
		}
	}
	slices.SortStableFunc(list, func(a, b *sip.ContactHeader) int { return cmp.Compare(preference(b), preference(a)) })
	out := make([]sip.Uri, 0, len(list))
	for _, c := range list {
		out = append(out, *c.Address.Clone())
	}
	return out
}

// preference is q of an address, between 0 and 1; that of those that have none is 1.
func preference(c *sip.ContactHeader) float64 {
	text, given := c.Params.Get("q")
	q, err := strconv.ParseFloat(text, 64)
	if !given || err != nil || !(q >= 0 && q <= 1) {
		return 1
	}
	return q
}
