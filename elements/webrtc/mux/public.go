package mux

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/pion/stun/v4"
)

const (
	// refresh keeps the ways through routers open, which close after 30 s in many (RFC 4787 4.3 asks for 2 min).
	refresh = 20 * time.Second
	// unanswered is how long a server may take; it is asked this often meanwhile.
	unanswered, asks = 1200 * time.Millisecond, 4
)

// prober learns from STUN servers under which addresses the sockets are seen from outside.
type prober struct {
	servers []string
	known   chan struct{} // closed after the first round
	once    sync.Once

	mu      sync.Mutex
	waiting map[[stun.TransactionIDSize]byte]*socket
	public  map[netip.AddrPort]netip.AddrPort // by local address
	changed chan struct{}                     // an answer has come
}

func newProber(servers []string) *prober {
	p := &prober{
		servers: servers, known: make(chan struct{}), changed: make(chan struct{}, 1),
		waiting: map[[stun.TransactionIDSize]byte]*socket{}, public: map[netip.AddrPort]netip.AddrPort{},
	}
	if len(servers) == 0 {
		close(p.known)
	}
	return p
}

// run asks again and again until ctx is done.
func (p *prober) run(ctx context.Context, u *UDP) {
	for {
		p.round(ctx, u)
		p.once.Do(func() { close(p.known) })
		select {
		case <-ctx.Done():
			return
		case <-time.After(refresh):
		}
	}
}

// round asks all servers for all sockets, and waits until each has been answered for, or for as long as that may take.
func (p *prober) round(ctx context.Context, u *UDP) {
	p.mu.Lock()
	clear(p.waiting)
	p.mu.Unlock()
	answered := map[*socket]bool{}
	for range asks {
		for _, server := range p.servers {
			p.ask(ctx, u, server, answered)
		}
		timeout := time.After(unanswered / asks)
		for pending := true; pending && !p.collect(u, answered); {
			select {
			case <-p.changed:
			case <-timeout:
				pending = false
			case <-ctx.Done():
				return
			}
		}
	}
}

// collect notes which sockets are answered for, and tells whether all are.
func (p *prober) collect(u *UDP, answered map[*socket]bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	left := map[*socket]bool{}
	for _, s := range p.waiting {
		left[s] = true
	}
	for _, s := range u.sockets {
		answered[s] = !left[s]
	}
	return len(left) == 0
}

func (p *prober) ask(ctx context.Context, u *UDP, server string, answered map[*socket]bool) {
	ctx, cancel := context.WithTimeout(ctx, unanswered)
	defer cancel()
	host, port, err := net.SplitHostPort(server)
	if err != nil {
		return // Settings were checked
	}
	service, err := net.DefaultResolver.LookupPort(ctx, "udp", port)
	if err != nil {
		return
	}
	addresses, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return // again in the next round
	}
	for _, s := range u.sockets {
		for _, ip := range addresses {
			if to := ip.Unmap(); !answered[s] && suits(s.address(), to) {
				p.send(s, netip.AddrPortFrom(to, uint16(service)))
				break
			}
		}
	}
}

// suits tells whether a socket can reach a server, by what their addresses are.
func suits(local netip.AddrPort, to netip.Addr) bool {
	return local.Addr().Is4() == to.Is4() && local.Addr().IsLoopback() == to.IsLoopback()
}

func (p *prober) send(s *socket, to netip.AddrPort) {
	m, err := stun.Build(stun.BindingRequest, stun.TransactionID)
	if err != nil {
		return
	}
	p.mu.Lock()
	p.waiting[m.TransactionID] = s
	p.mu.Unlock()
	_, _ = s.conn.WriteToAddrPort(m.Raw, to) // again in the next round
}

// take looks whether a message answers us, and if so, learns.
func (p *prober) take(raw []byte) bool {
	var id [stun.TransactionIDSize]byte
	copy(id[:], raw[8:])
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.waiting[id]
	if s == nil {
		return false
	}
	var m stun.Message
	var mapped stun.XORMappedAddress
	if stun.Decode(raw, &m) == nil && mapped.GetFrom(&m) == nil {
		if ip, ok := netip.AddrFromSlice(mapped.IP); ok {
			p.public[s.address()] = netip.AddrPortFrom(ip.Unmap(), uint16(mapped.Port))
		}
	}
	for other, of := range p.waiting {
		if of == s {
			delete(p.waiting, other)
		}
	}
	select {
	case p.changed <- struct{}{}:
	default:
	}
	return true
}

// Public gives, by local address, under which addresses STUN servers see the sockets. It waits for their first answers, which
// takes a second if there are none.
func (u *UDP) Public(ctx context.Context) map[netip.AddrPort]netip.AddrPort {
	select {
	case <-u.prober.known:
	case <-ctx.Done():
	}
	u.prober.mu.Lock()
	defer u.prober.mu.Unlock()
	out := make(map[netip.AddrPort]netip.AddrPort, len(u.prober.public))
	for local, public := range u.prober.public {
		if local != public {
			out[local] = public
		}
	}
	return out
}

func (s *socket) address() netip.AddrPort { return canonical(s.local.AddrPort()) }
