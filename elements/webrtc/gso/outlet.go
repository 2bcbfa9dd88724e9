package gso

import (
	"net"
	"net/netip"
)

// plain sends whatever it is given as one datagram.
type plain struct{ udp *net.UDPConn }

func (o plain) send(p []byte, _ int, to netip.AddrPort) error {
	_, err := o.udp.WriteToUDPAddrPort(p, to)
	return err
}
