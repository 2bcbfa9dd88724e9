package sip

import (
	"errors"
	"net/netip"

	"github.com/emiago/sipgo/sip"

	"sluice/api/calls"
	"sluice/api/sip/digest"
	"sluice/api/sip/lines"
	"sluice/api/sip/stack"
)

// gate is who is let in at the fixed addresses: trunks, which their addresses tell, and telephones that show a password. Nobody else finds
// out anything there, not even who could be called.
type gate struct{ door *Door }

// Request implements stack.Handler.
func (g gate) Request(in stack.Incoming) {
	d := g.door
	d.lines.Take(in, func(user string) (*lines.Line, int) {
		a, refused := g.admit(in)
		if a == nil {
			return nil, refused
		}
		l := d.of(a)
		if l == nil {
			return nil, unavailable
		}
		if in.Request().Method != sip.INVITE {
			return l, 0
		}
		leave, free := d.enter(in.Source().Addr().Unmap())
		if !free {
			return nil, busy
		}
		g.receive(&homeward{in, d.homeward(a, in.Source().Addr())}, l, a, user, leave)
		return nil, 0
	})
}

const (
	unauthorised = 401
	forbidden    = 403
	unavailable  = 480
	busy         = 503
)

// admit finds the account that a request comes in on; nil if it is refused, and 0 if that has been said already.
func (g gate) admit(in stack.Incoming) (*account, int) {
	d, r := g.door, in.Request()
	user := ""
	if h := r.From(); h != nil {
		user = h.Address.User
	}
	if a := d.trunk(in.Source().Addr(), user); a != nil {
		return a, 0
	}
	if !d.challenges() {
		return nil, forbidden
	}
	if d.waits(in) {
		return nil, 0
	}
	who, challenges, err := d.digest.Check(r)
	if err != nil {
		if len(challenges) == 0 {
			return nil, forbidden
		}
		res := sip.NewResponseFromRequest(r, unauthorised, "Unauthorized", nil)
		for _, h := range challenges {
			res.AppendHeader(h)
		}
		if errors.Is(err, digest.ErrGuess) {
			d.guessed(in, res)
		} else {
			d.reply(in, res)
		}
		return nil, 0
	}
	for _, a := range d.accounts {
		if a.Login == who && a.Password != "" {
			return a, 0
		}
	}
	return nil, forbidden
}

// challenges tells whether anybody may come in by a password.
func (d *Door) challenges() bool {
	for _, a := range d.accounts {
		if a.Password != "" {
			return true
		}
	}
	return false
}

// receive takes a call: to a page that is reached under the number, or else to a graph.
func (g gate) receive(in stack.Incoming, l *lines.Line, a *account, user string, leave func()) {
	d := g.door
	reached := lines.Reached{
		To: user, Allowed: d.opt.Media, Trusted: true, Asserted: a.Asserted, Reach: d.homeward(a, in.Source().Addr()),
	}
	if page, ok := d.lines.Reachable(user, a.Domain); ok {
		d.lines.Receive(in, page, reached, nil, leave)
		return
	}
	var o calls.Owner = a
	d.lines.Receive(in, l, reached, o, leave)
}

// enter counts in a call of an address.
func (d *Door) enter(from netip.Addr) (leave func(), free bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.callers[from] >= d.opt.PerAddress {
		return nil, false
	}
	d.callers[from]++
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.callers[from]--; d.callers[from] <= 0 {
			delete(d.callers, from)
		}
	}, true
}
