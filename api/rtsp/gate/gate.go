// Package gate lets connections in for gortsplib's server: from several addresses, bounded before the first request is read, and written to
// without waiting.
package gate

import (
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"time"

	"sluice/api/rtsp/outlet"
)

// Gate is a listener of several addresses, whose connections are Lines. After Refuse nobody comes any more, but that is not
// told before End: gortsplib (5.6.4) cuts everybody off when its listener fails.
type Gate struct {
	tls       *tls.Config   // nil: none
	idle      time.Duration // that a client may say nothing
	writing   time.Duration // that what was written may take to be sent
	listeners []net.Listener
	came      chan net.Conn
	over      chan struct{}
	accepting sync.WaitGroup

	mu     sync.Mutex
	opened bool
	ended  bool
}

// New makes a gate for a client that may say nothing for idle, and to whom what was written may take writing to be sent.
func New(conf *tls.Config, idle, writing time.Duration) *Gate {
	return &Gate{tls: conf, idle: idle, writing: writing, came: make(chan net.Conn), over: make(chan struct{})}
}

// Add adds a listener, before Open.
func (g *Gate) Add(l net.Listener) { g.listeners = append(g.listeners, l) }

// Open lets connections in.
func (g *Gate) Open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.opened = true
	for _, l := range g.listeners {
		g.accepting.Go(func() { g.accept(l) })
	}
}

// accept lets connections of one listener in until it is closed.
func (g *Gate) accept(l net.Listener) {
	for {
		conn, err := l.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil: // too many files are open, say: that passes
			const rest = 100 * time.Millisecond
			select {
			case <-time.After(rest):
				continue
			case <-g.over:
				return
			}
		}
		in := g.admit(conn)
		if in == nil {
			continue
		}
		select {
		case g.came <- in:
		case <-g.over:
			_ = in.Close() // nobody has heard of it
			return
		}
	}
}

// admit makes a line of a connection; nil if it is gone already.
func (g *Gate) admit(conn net.Conn) net.Conn {
	socket, ok := conn.(outlet.Socket)
	if !ok {
		_ = conn.Close() // there is nobody to tell
		return nil
	}
	out, err := outlet.New(socket, g.writing)
	if err != nil {
		_ = conn.Close()
		return nil
	}
	if b, ok := conn.(interface{ SetWriteBuffer(bytes int) error }); ok {
		const buffer = 512 << 10 // more would hide for too long that a player is too slow
		_ = b.SetWriteBuffer(buffer)
	}
	_ = conn.SetReadDeadline(time.Now().Add(g.idle)) // gortsplib sets none before the first four bytes
	l := &Line{Conn: out, out: out}
	if g.tls != nil {
		l.Conn = tls.Server(out, g.tls)
	}
	return l
}

// Accept implements net.Listener.
func (g *Gate) Accept() (net.Conn, error) {
	select {
	case conn := <-g.came:
		return conn, nil
	case <-g.over:
		return nil, net.ErrClosed
	}
}

// Addresses are those that are listened on.
func (g *Gate) Addresses() []net.Addr {
	var out []net.Addr
	for _, l := range g.listeners {
		out = append(out, l.Addr())
	}
	return out
}

// Addr implements net.Listener.
func (g *Gate) Addr() net.Addr { return g.listeners[0].Addr() }

// Refuse lets nobody in any more.
func (g *Gate) Refuse() {
	for _, l := range g.listeners {
		_ = l.Close() // it may be closed already
	}
}

// End refuses, and tells who accepts that it is over. It tells whether the gate was open.
func (g *Gate) End() bool {
	g.Refuse()
	g.mu.Lock()
	if !g.ended {
		g.ended = true
		close(g.over)
	}
	opened := g.opened
	g.mu.Unlock()
	g.accepting.Wait()
	return opened
}

// Close implements net.Listener.
func (g *Gate) Close() error { g.End(); return nil }
