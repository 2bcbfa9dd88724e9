package stack

import (
	"context"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"

	"sluice/api/sip/stack/socket"
	"sluice/engine/fault"
)

// writing is how long a peer may take to read what was written to it over a connection.
const writing = 5 * time.Second

// Socket is a Port, with connections of its own. Safe for concurrent use.
type Socket struct {
	stack   *Stack
	network Network
	addr    netip.AddrPort
	handler Handler
	udp     *socket.UDP // nil if the port is none of UDP
	streams *socket.Streams
	calls   *calls
	orders  *orders

	mu      sync.Mutex
	clients map[string]*attempt  // by transaction.ClientKey
	servers map[string]*incoming // by transaction.ServerKey, CANCELs too
	merges  map[string]string    // of requests outside of dialogs: transaction.ServerKey by what else names them
	closed  bool
}

// open opens a port.
func open(ctx context.Context, s *Stack, network Network, at netip.AddrPort, h Handler) (*Socket, error) {
	p := &Socket{
		stack: s, network: network, handler: h, calls: newCalls(),
		clients: map[string]*attempt{}, servers: map[string]*incoming{}, merges: map[string]string{},
	}
	p.orders = newOrders(p.hand, crowded)
	p.streams = socket.NewStreams(socket.StreamOptions{
		Log: s.opt.Log, Take: p.take, TLS: s.opt.ClientTLS, Broken: p.broken,
		Most: s.opt.Limits.Connections, PerAddress: s.opt.Limits.ConnectionsEach,
		Times: socket.Times{Message: s.opt.Timers.Long(), Idle: s.opt.Limits.Idle, Write: writing},
	})
	err := p.bind(ctx, at)
	if err != nil {
		p.streams.Close()
		return nil, err
	}
	if p.udp != nil {
		p.udp.Serve()
	}
	return p, nil
}

func (p *Socket) bind(ctx context.Context, at netip.AddrPort) (err error) {
	switch {
	case p.network == UDP:
		if p.udp, err = socket.ListenUDP(ctx, at, p.take, p.stack.opt.Log); err == nil {
			p.addr = p.udp.Addr()
		}
	case p.network == TCP:
		p.addr, err = p.streams.Listen(ctx, at, nil)
	case p.network == TLS && p.stack.opt.ServerTLS != nil:
		p.addr, err = p.streams.Listen(ctx, at, p.stack.opt.ServerTLS)
	case p.network == TLS:
		return fault.New(fault.InvalidParams, "sip", "TLS has no certificate")
	default:
		return fault.New(fault.InvalidParams, "sip", "%q is no transport of SIP", p.network)
	}
	if err != nil {
		return fault.New(fault.Overloaded, "sip", "%s %s cannot be opened", p.network, at).Because(err)
	}
	return nil
}

// Addr is where it is bound.
func (p *Socket) Addr() netip.AddrPort { return p.addr }

// Network is its transport.
func (p *Socket) Network() Network { return p.network }

// Host is the address at which others reach it.
func (p *Socket) Host() netip.Addr {
	switch {
	case p.stack.opt.Advertise.IsValid():
		return p.stack.opt.Advertise
	case p.addr.Addr().IsUnspecified():
		return p.stack.host
	}
	return p.addr.Addr()
}

// host is Host as addresses of SIP have it.
func (p *Socket) host() string {
	if h := p.Host(); h.Is6() {
		return "[" + h.String() + "]"
	}
	return p.Host().String()
}

// Contact is how others reach us at this port.
func (p *Socket) Contact(user string) sip.Uri {
	uri := sip.Uri{Scheme: "sip", User: user, Host: p.host(), Port: int(p.addr.Port()), UriParams: sip.NewParams()}
	uri.UriParams.Add("transport", strings.ToLower(string(p.network)))
	return uri
}

// Close ends all that waits for answers at the port, and returns when nothing of it runs any more. It must not be called by a Handler.
func (p *Socket) Close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	if p.udp != nil {
		p.udp.Close()
	}
	p.streams.Close()
	p.mu.Lock()
	clients, servers := slices.Collect(maps.Values(p.clients)), slices.Collect(maps.Values(p.servers))
	p.mu.Unlock()
	closing := fault.New(fault.Closed, "sip", "the port was closed")
	for _, c := range clients {
		c.client.End(closing)
	}
	for _, s := range servers {
		s.tx.End()
	}
	p.calls.close()
	p.stack.forget(p)
}
