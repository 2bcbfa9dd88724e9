package client

import (
	"context"
	"net"

	"sluice/engine/fault"
)

// datagrams is a socket for media whose packets go nowhere but where the server may connect to: gortsplib (5.6.4) sends what opens the
// way through firewalls, and reports, to wherever a camera's answer says that it sends from (RFC 2326 12.39, source).
type datagrams struct {
	*net.UDPConn

	call call
}

// WriteTo implements net.PacketConn. What may not go out is lost, as any packet may be: a camera behind NAT names the address that it
// has inside, and is heard over TCP when nothing comes over UDP.
func (d datagrams) WriteTo(b []byte, to net.Addr) (int, error) {
	if allowed := d.call.reach.Check(to.String()) == nil; !allowed {
		return len(b), nil
	}
	return d.UDPConn.WriteTo(b, to)
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
	return datagrams{udp, c}, nil
}
