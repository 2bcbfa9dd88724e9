package rtsp

import (
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"time"

	"sluice/api/rtsp/outlet"
)

// gate is a listener of several addresses, whose connections are lines. After refuse nobody comes any more, but that is not
// told before end: gortsplib (5.6.4) cuts everybody off when its listener fails.
type gate struct {
	tls       *tls.Config // nil: none
	idle      time.Duration
	listeners []net.Listener
	came      chan net.Conn
	over      chan struct{}
	accepting sync.WaitGroup

	mu     sync.Mutex
	opened bool
	ended  bool
}

func newGate(conf *tls.Config, idle time.Duration) *gate {
	return &gate{tls: conf, idle: idle, came: make(chan net.Conn), over: make(chan struct{})}
}

// add adds a listener, before open.
func (g *gate) add(l net.Listener) { g.listeners = append(g.listeners, l) }

// open lets connections in.
func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.opened = true
	for _, l := range g.listeners {
		g.accepting.Go(func() { g.accept(l) })
	}
}

// accept lets connections of one listener in until it is closed.
func (g *gate) accept(l net.Listener) {
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
func (g *gate) admit(conn net.Conn) net.Conn {
	socket, ok := conn.(outlet.Socket)
	if !ok {
		_ = conn.Close() // there is nobody to tell
		return nil
	}
	out, err := outlet.New(socket, writing)
	if err != nil {
		_ = conn.Close()
		return nil
	}
	if b, ok := conn.(interface{ SetWriteBuffer(bytes int) error }); ok {
		const buffer = 512 << 10 // more would hide for too long that a player is too slow
		_ = b.SetWriteBuffer(buffer)
	}
	_ = conn.SetReadDeadline(time.Now().Add(g.idle)) // gortsplib sets none before the first four bytes
	l := &line{Conn: out, out: out}
	if g.tls != nil {
		l.Conn = tls.Server(out, g.tls)
	}
	return l
}

// Accept implements net.Listener.
func (g *gate) Accept() (net.Conn, error) {
	select {
	case conn := <-g.came:
		return conn, nil
	case <-g.over:
		return nil, net.ErrClosed
	}
}

// Addr implements net.Listener.
func (g *gate) Addr() net.Addr { return g.listeners[0].Addr() }

// refuse lets nobody in any more.
func (g *gate) refuse() {
	for _, l := range g.listeners {
		_ = l.Close() // it may be closed already
	}
}

// end refuses, and tells who accepts that it is over. It tells whether the gate was open.
func (g *gate) end() bool {
	g.refuse()
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
func (g *gate) Close() error { g.end(); return nil }
