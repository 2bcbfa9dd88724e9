package client

import (
	"context"
	"net"
	"net/netip"
	"sync/atomic"

	"sluice/engine/fault"
)

// datagrams is a socket for media whose packets go nowhere but where the server may connect to: gortsplib (5.6.4) sends what opens the
// way through firewalls, and reports, to wherever a camera's answer says that it sends from (RFC 2326 12.39, source).
type datagrams struct {
	*net.UDPConn

	call call
	last atomic.Pointer[netip.AddrPort] // that may be written to: to ask for each packet would cost more than to send it
}

// WriteTo implements net.PacketConn. What may not go out is lost, as any packet may be: a camera behind NAT names the address that it
// has inside, and is heard over TCP when nothing comes over UDP.
func (d *datagrams) WriteTo(b []byte, to net.Addr) (int, error) {
	udp, ok := to.(*net.UDPAddr)
	if !ok {
		return len(b), nil
	}
	at := udp.AddrPort()
	if last := d.last.Load(); last == nil || *last != at {
		if d.call.reach.Check(at.String()) != nil {
			return len(b), nil //nolint:nilerr // it is lost
		}
		d.last.Store(&at)
	}
	return d.WriteToUDP(b, udp)
}

// listen opens one.
func (c call) listen(network, address string) (net.PacketConn, error) {
	conn, err := new(net.ListenConfig).ListenPacket(context.Background(), network, address) // gortsplib gives no context, and nothing waits
	if err != nil {
		return nil, err
	}
	udp, ok := conn.(*net.UDPConn)
	if !ok {
		_ = conn.Close()
		return nil, fault.New(fault.Internal, "", "%q is not over UDP", network)
	}
	return &datagrams{UDPConn: udp, call: c}, nil
}
