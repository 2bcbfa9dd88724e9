package element

import (
	"net/netip"
	"syscall"

	"sluice/engine/fault"
)

// Reach says why an address may not be connected to, as fault.Forbidden. It is asked with the address that is dialled, and not with the
// name that stood for it: what that leads to may have changed since anybody looked. Nil lets everything through.
type Reach func(to netip.AddrPort) error

// Control is one for net.Dialer, which calls it for every address that it tries.
func (r Reach) Control(_, address string, _ syscall.RawConn) error { return r.Check(address) }

// Check is r for an address that is written: "192.0.2.1:554". One that cannot be read is refused.
func (r Reach) Check(address string) error {
	if r == nil {
		return nil
	}
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return fault.New(fault.Forbidden, "", "%.80q is no address that can be looked at", address).Because(err)
	}
	return r(netip.AddrPortFrom(to.Addr().Unmap().WithZone(""), to.Port()))
}
