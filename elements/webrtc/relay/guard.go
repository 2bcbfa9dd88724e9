package relay

import (
	"errors"
	"net"
	"net/netip"
	"slices"

	"github.com/pion/turn/v5"
)

// permits tells whether a peer may be relayed to at all: without bounds, a relay is a way into the network behind it. TURN's
// permissions are for addresses (RFC 8656 9); guarded sockets look at the ports, too.
func (r *Relay) permits(_ net.Addr, peer net.IP) bool {
	ip, ok := netip.AddrFromSlice(peer)
	ip = ip.Unmap()
	return ok && (r.here(ip) || r.elsewhere(ip))
}

// here tells whether an address leads to this machine.
func (r *Relay) here(ip netip.Addr) bool { return ip == r.opt.Public || slices.Contains(r.own, ip) }

// elsewhere tells whether an address is of the networks that may be relayed to.
func (r *Relay) elsewhere(ip netip.Addr) bool {
	return slices.ContainsFunc(r.opt.Peers, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// reaches tells whether datagrams may go to and come from an address: of this machine, the media's alone.
func (r *Relay) reaches(to net.Addr) bool {
	u, ok := to.(*net.UDPAddr)
	if !ok {
		return false
	}
	at := u.AddrPort()
	at = netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
	return r.elsewhere(at.Addr()) || r.here(at.Addr()) && r.opt.Media != nil && r.opt.Media(at)
}

// guarded makes sockets that reach nothing else.
type guarded struct {
	turn.RelayAddressGenerator
	relay *Relay
}

var errNoTCP = errors.New("relayed is UDP only")

// AllocatePacketConn implements turn.RelayAddressGenerator.
func (g guarded) AllocatePacketConn(conf turn.AllocateListenerConfig) (net.PacketConn, net.Addr, error) {
	conn, at, err := g.RelayAddressGenerator.AllocatePacketConn(conf)
	if err != nil {
		return nil, nil, err
	}
	return guardedConn{conn, g.relay}, at, nil
}

// AllocateListener refuses TCP allocations (RFC 6062): media is relayed as datagrams.
func (guarded) AllocateListener(turn.AllocateListenerConfig) (net.Listener, net.Addr, error) {
	return nil, nil, errNoTCP
}

// AllocateConn likewise.
func (guarded) AllocateConn(turn.AllocateConnConfig) (net.Conn, error) { return nil, errNoTCP }

// guardedConn loses what must not pass, as a firewall does.
type guardedConn struct {
	net.PacketConn
	relay *Relay
}

// WriteTo implements net.PacketConn.
func (c guardedConn) WriteTo(p []byte, to net.Addr) (int, error) {
	if !c.relay.reaches(to) {
		return len(p), nil
	}
	return c.PacketConn.WriteTo(p, to)
}

// ReadFrom implements net.PacketConn.
func (c guardedConn) ReadFrom(p []byte) (int, net.Addr, error) {
	for {
		n, from, err := c.PacketConn.ReadFrom(p)
		if err != nil || c.relay.reaches(from) {
			return n, from, err
		}
	}
}
