package lossy

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// largest is the greatest UDP datagram.
const largest = 65507

// Conditions are how bad the network is, the same in both directions.
type Conditions struct {
	Loss   float64       // the part of all datagrams that is lost, 0 to 1
	Jitter time.Duration // each of the others is delayed between nothing and this, whatever the one before it was: it overtakes
	Seed   uint64
}

// Counts are datagrams since the start, both directions together.
type Counts struct{ Passed, Lost uint64 }

// Proxy passes datagrams between clients and one server. Each client has a socket of its own to the server, which so sees as
// many peers as there are. Its methods are safe for concurrent use.
type Proxy struct {
	front        *net.UDPConn
	server       *net.UDPAddr
	passed, lost atomic.Uint64
	late         *late

	mu      sync.Mutex
	now     Conditions
	random  *rand.Rand
	clients map[netip.AddrPort]*net.UDPConn
	closed  bool
	work    sync.WaitGroup
}

// Listen opens a proxy on a free port of 127.0.0.1 for a server ("host:port"). Errors are those of the sockets.
func Listen(server string, c Conditions) (*Proxy, error) {
	to, err := net.ResolveUDPAddr("udp", server)
	if err != nil {
		return nil, fmt.Errorf("resolve the server's address: %w", err)
	}
	front, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, fmt.Errorf("open the proxy's port: %w", err)
	}
	p := &Proxy{front: front, server: to, late: newLate(), clients: map[netip.AddrPort]*net.UDPConn{}}
	p.Change(c)
	p.work.Go(p.late.run)
	p.work.Go(p.fromClients)
	return p, nil
}

// Addr is where clients send to.
func (p *Proxy) Addr() netip.AddrPort { return p.front.LocalAddr().(*net.UDPAddr).AddrPort() }

// Counts tells what became of the datagrams so far; one that is still delayed counts as passed.
func (p *Proxy) Counts() Counts { return Counts{Passed: p.passed.Load(), Lost: p.lost.Load()} }

// Change makes the network better or worse from now on. What is delayed already stays so.
func (p *Proxy) Change(c Conditions) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now, p.random = c, rand.New(rand.NewPCG(c.Seed, c.Seed)) //nolint:gosec // a test wants it repeatable
}

// Close ends the proxy, drops what is delayed, and returns when everything of it has ended.
func (p *Proxy) Close() error {
	p.mu.Lock()
	p.closed = true
	err := p.front.Close()
	for _, c := range p.clients {
		err = errors.Join(err, c.Close())
	}
	p.mu.Unlock()
	p.late.stop()
	p.work.Wait()
	return err
}

// fromClients passes on what clients send until the front is closed.
func (p *Proxy) fromClients() {
	buf := make([]byte, largest)
	for {
		n, from, err := p.front.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		back, err := p.client(from)
		if err != nil {
			continue // no socket is to be had: the network loses the datagram
		}
		p.carry(buf[:n], func(b []byte) { _, _ = back.Write(b) }) // lost then, as on any network
	}
}

// client is the socket to the server that stands for a client.
func (p *Proxy) client(from netip.AddrPort) (*net.UDPConn, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, net.ErrClosed
	}
	if c := p.clients[from]; c != nil {
		return c, nil
	}
	c, err := net.DialUDP("udp", nil, p.server)
	if err != nil {
		return nil, err
	}
	p.clients[from] = c
	p.work.Go(func() { p.toClient(c, from) })
	return c, nil
}

// toClient passes on what the server sends to one client.
func (p *Proxy) toClient(c *net.UDPConn, to netip.AddrPort) {
	buf := make([]byte, largest)
	for {
		n, err := c.Read(buf)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			continue // the server's port was closed for a moment (ICMP)
		}
		p.carry(buf[:n], func(b []byte) { _, _ = p.front.WriteToUDPAddrPort(b, to) })
	}
}

// carry loses a datagram, or has it sent, at once or later.
func (p *Proxy) carry(b []byte, send func([]byte)) {
	p.mu.Lock()
	lose := p.random.Float64() < p.now.Loss
	var delay time.Duration
	if p.now.Jitter > 0 {
		delay = time.Duration(p.random.Int64N(int64(p.now.Jitter)))
	}
	p.mu.Unlock()
	if lose {
		p.lost.Add(1)
		return
	}
	p.passed.Add(1)
	if delay == 0 {
		send(b)
		return
	}
	kept := append([]byte(nil), b...)
	p.late.add(time.Now().Add(delay), func() { send(kept) })
}
