package webrtc

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pion/stun/v4"
	"github.com/pion/transport/v5/stdnet"

	"sluice/elements/webrtc/link"
	"sluice/elements/webrtc/mux"
	"sluice/elements/webrtc/sdp"
	"sluice/engine/fault"
)

// Peers makes peers, and holds what they share: sockets, the certificate. Safe for concurrent use.
type Peers struct {
	set         Settings
	mux         *mux.Mux // nil if each peer has ports of its own
	certificate *link.Certificate
	relays      []*stun.URI
	hosts       []netip.Addr
	media       []netip.AddrPort // of the shared UDP sockets

	mu         sync.Mutex
	peers      map[*Peer]struct{}
	making     int // admitted, and not on the list yet
	connecting int // not connected yet
	clients    map[netip.Prefix]tally
	ledger     *ledger
	closed     bool
	port       uint16 // of the range, that comes next
	network    *stdnet.Net
	networks   time.Time // when network was looked at
}

// New binds the sockets. An address that cannot be had is fault.Unreachable and names the setting to change; settings that
// make no sense are fault.InvalidParams.
func New(s Settings) (*Peers, error) {
	s = s.filled().bounded()
	p := &Peers{set: s, peers: map[*Peer]struct{}{}, clients: map[netip.Prefix]tally{}, ledger: newLedger(), port: s.Ports[0]}
	var err error
	if err = s.check(); err != nil {
		return nil, err
	}
	if p.relays, err = s.relays(); err != nil {
		return nil, err
	}
	if p.hosts, err = s.hosts(); err != nil {
		return nil, err
	}
	if p.certificate, err = link.NewCertificate(); err != nil {
		return nil, fault.New(fault.Internal, "webrtc", "no certificate").Because(err)
	}
	if s.Ports == [2]uint16{} {
		if p.mux, err = mux.Listen(context.Background(), s.listen(s.UDP, s.TCP)); err != nil {
			return nil, fault.New(fault.Unreachable, "webrtc", "cannot listen").Because(err).
				Advise("change the addresses for UDP and TCP, or see who uses the port")
		}
		udp, _ := p.mux.Addresses()
		for _, a := range udp {
			if u, ok := a.(*net.UDPAddr); ok {
				p.media = append(p.media, netip.AddrPortFrom(u.AddrPort().Addr().Unmap(), u.AddrPort().Port()))
			}
		}
	}
	return p, nil
}

// Addresses are those of the shared sockets.
func (p *Peers) Addresses() (udp, tcp []net.Addr) {
	if p.mux == nil {
		return nil, nil
	}
	return p.mux.Addresses()
}

// Receives tells whether UDP media is received at an address, of this machine or of one that stands for it.
func (p *Peers) Receives(at netip.AddrPort) bool {
	if p.mux == nil {
		return at.Port() >= p.set.Ports[0] && at.Port() <= p.set.Ports[1] && (p.set.Loopback || !at.Addr().IsLoopback())
	}
	return slices.ContainsFunc(p.media, func(own netip.AddrPort) bool {
		return own == at || own.Port() == at.Port() && !at.Addr().IsLoopback() && !own.Addr().IsLoopback()
	})
}

// Close ends all peers, closes the sockets and waits until nothing of them runs any more, or returns ctx's error. Peers made
// afterwards are fault.Closed. It may be called again.
func (p *Peers) Close(ctx context.Context) error {
	p.mu.Lock()
	first := !p.closed
	p.closed = true
	list := make([]*Peer, 0, len(p.peers))
	for peer := range p.peers {
		list = append(list, peer)
	}
	p.mu.Unlock()
	for _, peer := range list {
		peer.Stop(fault.New(fault.Closed, "webrtc", "the server stops"))
	}
	for _, peer := range list {
		select {
		case <-peer.Done():
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if p.mux == nil || !first {
		return nil
	}
	done := make(chan error, 1)
	go func() { done <- p.mux.Close() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Publisher makes the peer of a client that wants to send. Its element webrtc.in decides what of the offer is taken. An offer
// that cannot be understood is fault.InvalidRequest, one without anything we know fault.CodecNotAvailable.
//
// ctx bounds the making only. Who got a peer has it stopped in the end, unless it is Done.
func (p *Peers) Publisher(ctx context.Context, o Offer) (*Peer, error) {
	return p.make(ctx, o, direction{receives: true})
}

// Player makes the peer of a client that wants to receive, likewise for webrtc.out.
func (p *Peers) Player(ctx context.Context, o Offer) (*Peer, error) {
	return p.make(ctx, o, direction{sends: true})
}

func (p *Peers) make(ctx context.Context, o Offer, what direction) (*Peer, error) {
	transport, err := transportOf(o.Transport)
	if err != nil {
		return nil, err
	}
	parsed, err := sdp.Parse(o.SDP)
	if err != nil {
		return nil, err
	}
	peer := newPeer(p, o, parsed, what)
	if len(peer.usable()) == 0 {
		return nil, fault.New(fault.CodecNotAvailable, "webrtc", "nothing in the offer can be %s: %s", peer.verb(), summary(parsed))
	}
	return p.begin(ctx, peer, transport)
}

// transportOf reads the name of a transport; "" is any.
func transportOf(name string) (string, error) {
	transport := strings.ToLower(name)
	if transport != "" && transport != "udp" && transport != "tcp" {
		return "", fault.New(fault.InvalidRequest, "webrtc", "there is no transport %q", name).Advise("udp or tcp")
	}
	return transport, nil
}

// begin admits a peer and gives it its link.
func (p *Peers) begin(ctx context.Context, peer *Peer, transport string) (*Peer, error) {
	if err := p.admit(peer.asked.Client); err != nil {
		return nil, err
	}
	if err := p.connect(ctx, peer, transport); err != nil {
		p.refuse(peer)
		return nil, err
	}
	if !p.enter(peer) {
		peer.Stop(fault.New(fault.Closed, "webrtc", "the server stops"))
	}
	peer.log.LogAttrs(ctx, slog.LevelDebug, "peer made", slog.Bool("receives", peer.in != nil), slog.Bool("sends", peer.out != nil))
	return peer, nil
}

// connect gives a peer its link.
func (p *Peers) connect(ctx context.Context, peer *Peer, transport string) error {
	ports, err := p.ports(ctx)
	if err != nil {
		return err
	}
	conf := link.Config{
		Mux: ports, Log: link.Logs{Log: p.set.Log}, Certificate: p.certificate, Transport: transport, Lite: p.set.Lite,
		Loopback: p.set.Loopback, Interfaces: p.set.Interfaces, NAT1To1: p.set.NAT1To1, Hosts: p.hosts, Relays: p.relays,
		Connect: p.set.ICETimeout, Consent: p.set.ConsentTimeout, Remote: peer.offer.Remote, Offers: peer.offers,
	}
	if ports != p.mux {
		peer.ports = ports
	}
	if conf.Net, err = p.interfaces(); err == nil {
		peer.link, err = link.New(ctx, conf, peer.handler())
	}
	if err != nil {
		peer.closePorts()
	}
	return err
}

// ports are what a peer is reached at: those of all, or the next free one of the range.
func (p *Peers) ports(ctx context.Context) (*mux.Mux, error) {
	if p.mux != nil {
		return p.mux, nil
	}
	first, last := int(p.set.Ports[0]), int(p.set.Ports[1])
	var err error
	for range last - first + 1 {
		var m *mux.Mux
		port := p.next()
		if m, err = mux.Listen(ctx, p.set.listen(at(p.set.UDP, port), at(p.set.TCP, port))); err == nil {
			return m, nil
		}
	}
	return nil, fault.New(fault.Overloaded, "webrtc", "no port from %d to %d is free", first, last).Because(err).
		Advise("widen the range of ports, or let peers share one")
}

func (p *Peers) next() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	port := p.port
	if p.port++; p.port > p.set.Ports[1] || p.port < p.set.Ports[0] {
		p.port = p.set.Ports[0]
	}
	return int(port)
}

// freshness is how long what was found out of this machine's interfaces is believed.
const freshness = 10 * time.Second

// interfaces looks at the machine's interfaces once for many peers: each look is a dozen system calls.
func (p *Peers) interfaces() (*stdnet.Net, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.network != nil && time.Since(p.networks) < freshness {
		return p.network, nil
	}
	n, err := stdnet.NewNet()
	if err != nil {
		return nil, fault.New(fault.Internal, "webrtc", "the network interfaces cannot be listed").Because(err)
	}
	p.network, p.networks = n, time.Now()
	return n, nil
}

func newID() string { return strings.ToLower(rand.Text()[:13]) }
