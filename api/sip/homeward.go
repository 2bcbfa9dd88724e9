package sip

import (
	"net/netip"
	"slices"

	"sluice/api/sip/stack"
	"sluice/engine/fault"
)

// homeward is a call whose requests of ours go back to its caller only: where they go is what its Contact and Record-Route say, which
// anybody who may call writes as he likes, and from here more can be reached than from where he is.
type homeward struct {
	stack.Incoming
	reach func(netip.AddrPort) error
}

// Port implements stack.Incoming.
func (h *homeward) Port() stack.Port { return h.Incoming.Port().Within(h.reach) }

// homeward says why what belongs to a call may not go to an address: it is neither the one that the call came from, nor one of its
// account, nor one that accounts from outside may reach.
func (d *Door) homeward(a *account, source netip.Addr) func(netip.AddrPort) error {
	source = source.Unmap()
	return func(to netip.AddrPort) error {
		at := to.Addr().Unmap()
		if at == source || slices.ContainsFunc(a.From, func(p netip.Prefix) bool { return p.Contains(at) }) {
			return nil
		}
		if d.opt.Reach == nil {
			return nil
		}
		if err := d.opt.Reach(to); err != nil {
			return fault.New(fault.Forbidden, "sip", "the call came from %s, and wants to be answered at %s", source, at).
				Advise("the account's list \"from\" can name the address or its network").Because(err)
		}
		return nil
	}
}
