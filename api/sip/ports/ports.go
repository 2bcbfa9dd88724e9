// Package ports lends pairs of UDP ports for RTP and RTCP, of a range that firewalls know. It reads and writes nothing.
package ports

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"sluice/engine/fault"
)

// standardDrain is how long a pair rests that was given back: what the last peer still sends must not reach the next call.
const standardDrain = 3 * time.Second

// Options say of which range a pool lends.
type Options struct {
	Address     netip.Addr // that sockets are bound to; the zero Addr is every one of IPv4
	First, Last int        // the ports, both included
	// Drain is how long a pair that was given back is not lent again; 0 is three seconds.
	Drain time.Duration
	// Now is the time; nil is time.Now.
	Now func() time.Time
}

// Pool lends pairs. Safe for concurrent use.
type Pool struct {
	opt Options

	mu   sync.Mutex
	idle []idle // those that have rested longest first
	lent int
}

// idle is a pair that nobody has, and since when it may be lent.
type idle struct {
	port int
	from time.Time
}

// New makes a pool. It binds nothing: ports are taken one by one. A range without a pair, whose RTP port is even (RFC 3550 11), is
// fault.InvalidParams.
func New(opt Options) (*Pool, error) {
	if opt.Drain == 0 {
		opt.Drain = standardDrain
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if !opt.Address.IsValid() {
		opt.Address = netip.IPv4Unspecified()
	}
	p := &Pool{opt: opt}
	for port := opt.First + opt.First%2; port < opt.Last; port += 2 {
		p.idle = append(p.idle, idle{port: port})
	}
	if len(p.idle) == 0 || opt.First < 1 || opt.Last > 65535 {
		return nil, fault.New(fault.InvalidParams, "", "ports %d to %d have no pair for RTP and RTCP", opt.First, opt.Last).
			Advise("an even port and the one after it at least, up to 65535")
	}
	return p, nil
}

// Address is what sockets are bound to.
func (p *Pool) Address() netip.Addr { return p.opt.Address }

// Take lends a pair, both ports bound. Pairs that somebody else on this machine has are left out. If there is none it is
// fault.Overloaded.
func (p *Pool) Take() (*Pair, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.opt.Now()
	var cause error
	for i, one := range p.idle {
		if one.from.After(now) {
			break // and so are all behind it
		}
		pair, err := p.bind(one.port)
		if err != nil {
			cause = err
			continue
		}
		p.idle = append(p.idle[:i], p.idle[i+1:]...)
		p.lent++
		return pair, nil
	}
	return nil, fault.New(fault.Overloaded, "", "no pair of RTP ports is free of %d to %d: %d are in use", p.opt.First, p.opt.Last, p.lent).
		Because(cause).Advise("a larger range of ports, or fewer calls at a time")
}

func (p *Pool) bind(port int) (*Pair, error) {
	rtp, err := p.listen(port)
	if err != nil {
		return nil, err
	}
	rtcp, err := p.listen(port + 1)
	if err != nil {
		_ = rtp.Close() // it has carried nothing
		return nil, err
	}
	return &Pair{RTP: rtp, RTCP: rtcp, pool: p, port: port}, nil
}

func (p *Pool) listen(port int) (*net.UDPConn, error) {
	return net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(p.opt.Address, uint16(port))))
}

// Free is how many pairs could be lent now, as far as nobody else has them.
func (p *Pool) Free() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	now, n := p.opt.Now(), 0
	for n < len(p.idle) && !p.idle[n].from.After(now) {
		n++
	}
	return n
}

// Lent is how many pairs are in use.
func (p *Pool) Lent() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lent
}

// Pair is two sockets at neighbouring ports.
type Pair struct {
	RTP, RTCP *net.UDPConn

	pool *Pool
	port int
	once sync.Once
}

// Port is that of RTP, and even; RTCP's is the next.
func (p *Pair) Port() int { return p.port }

// Close closes both sockets and gives the pair back. It may be called again.
func (p *Pair) Close() {
	p.once.Do(func() {
		_ = p.RTP.Close() // what a socket says that is closed changes nothing
		_ = p.RTCP.Close()
		p.pool.mu.Lock()
		defer p.pool.mu.Unlock()
		p.pool.lent--
		p.pool.idle = append(p.pool.idle, idle{p.port, p.pool.opt.Now().Add(p.pool.opt.Drain)})
	})
}
