package rtsp

import (
	"crypto/tls"
	"net"
	"net/netip"
	"sync"
	"time"

	"sluice/api/rtsp/outlet"
)

// crowd counts the connections that are open, of all and of each address. Safe for concurrent use.
type crowd struct {
	most, each int

	mu     sync.Mutex
	inside int
	by     map[netip.Addr]int
}

// enter counts one more, unless there are too many.
func (c *crowd) enter(from netip.Addr) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.inside >= c.most || c.by[from] >= c.each {
		return false
	}
	if c.by == nil {
		c.by = map[netip.Addr]int{}
	}
	c.inside++
	c.by[from]++
	return true
}

// leave counts one less.
func (c *crowd) leave(from netip.Addr) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.inside--
	if c.by[from]--; c.by[from] == 0 {
		delete(c.by, from)
	}
}

// gate is a listener that lets in so many, each on a line. After refuse nobody comes any more, but its end is only told by
// end: gortsplib (5.6.4) cuts everybody off when its listener fails.
type gate struct {
	net.Listener
	tls   *tls.Config // nil: none
	idle  time.Duration
	crowd *crowd

	closing sync.Once
	ending  sync.Once
	over    chan struct{}
}

// Accept implements net.Listener.
func (g *gate) Accept() (net.Conn, error) {
	for {
		conn, err := g.Listener.Accept()
		if err != nil {
			if timeout, ok := err.(interface{ Temporary() bool }); ok && timeout.Temporary() {
				const rest = 50 * time.Millisecond // no descriptors are left: some will be
				select {
				case <-time.After(rest):
					continue
				case <-g.over:
				}
			}
			<-g.over
			return nil, net.ErrClosed
		}
		if l := g.admit(conn); l != nil {
			return l, nil
		}
	}
}

// admit makes a line of a connection; nil if it is not let in.
func (g *gate) admit(conn net.Conn) net.Conn {
	from := origin(conn.RemoteAddr())
	tcp, ok := conn.(*net.TCPConn)
	if !ok || !g.crowd.enter(from) {
		_ = conn.Close() // there is nobody to tell
		return nil
	}
	out, err := outlet.New(tcp, writing)
	if err != nil {
		g.crowd.leave(from)
		_ = conn.Close()
		return nil
	}
	const buffer = 512 << 10 // more would hide for too long that a player is too slow
	_ = tcp.SetWriteBuffer(buffer)
	_ = tcp.SetReadDeadline(time.Now().Add(g.idle)) // gortsplib sets none before the first four bytes
	l := &line{Conn: out, out: out, left: func() { g.crowd.leave(from) }}
	if g.tls != nil {
		l.Conn = tls.Server(out, g.tls)
	}
	return l
}

// refuse lets nobody in any more.
func (g *gate) refuse() { g.closing.Do(func() { _ = g.Listener.Close() }) }

// end tells who accepts that it is over.
func (g *gate) end() { g.ending.Do(func() { close(g.over) }) }

// Close implements net.Listener.
func (g *gate) Close() error {
	g.refuse()
	g.end()
	return nil
}

// origin is whose address it is: one machine commonly has a whole /64 of IPv6, and counts once for all of it.
func origin(at net.Addr) netip.Addr {
	tcp, ok := at.(*net.TCPAddr)
	if !ok {
		return netip.Addr{}
	}
	a := tcp.AddrPort().Addr().Unmap().WithZone("")
	if !a.Is6() {
		return a
	}
	p, _ := a.Prefix(64) // which is never out of range for 128 bits
	return p.Addr()
}
