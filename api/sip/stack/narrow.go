package stack

import (
	"context"
	"net/netip"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/stack/resolve"
	"sluice/api/sip/stack/socket"
)

// path is what bounds where requests go, and over what.
type path struct {
	reach []func(netip.AddrPort) error
	// over is the connection to its peer; nil is any. A peer over TLS has shown no certificate, so that nobody else's requests go to him
	// over what he made, whatever address he came from: RFC 5923 9.1. Those of his own calls have no other way behind a NAT.
	over socket.Flow
}

// narrow is a Port for some requests.
type narrow struct {
	*Socket
	path path
}

// Do implements Port.
func (n narrow) Do(ctx context.Context, r *sip.Request) (Transaction, error) {
	return n.do(ctx, r, n.path)
}

// Write implements Port.
func (n narrow) Write(ctx context.Context, r *sip.Request) error { return n.write(ctx, r, n.path) }

// Ping implements Port.
func (n narrow) Ping(ctx context.Context, r *sip.Request) error { return n.ping(ctx, r, n.path) }

// Within implements Port.
func (n narrow) Within(reach func(netip.AddrPort) error) Port {
	n.path.reach = append(n.path.reach[:len(n.path.reach):len(n.path.reach)], reach)
	return n
}

// Within implements Port.
func (p *Socket) Within(reach func(netip.AddrPort) error) Port {
	return narrow{Socket: p}.Within(reach)
}

// allows tells why nothing may be sent to a place; nil: it may.
func (w path) allows(to netip.AddrPort) error {
	for _, reach := range w.reach {
		if err := reach(to); err != nil {
			return err
		}
	}
	return nil
}

// leads tells whether the connection is the way to a place.
func (w path) leads(t resolve.Target) bool {
	return w.over != nil && w.over.Network() == t.Network && w.over.Remote() == t.Addr
}
