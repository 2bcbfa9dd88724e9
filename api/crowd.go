package api

import (
	"io"
	"net"
	"net/netip"
	"sync"
)

// spare is how many connections beyond the most are let in to be told that there are too many. Those beyond that are closed
// without a word.
const spare = 256

// crowd counts the connections that are open, of all and of each address, so that a flood of them costs those who make it and
// a bounded amount of memory. Safe for concurrent use.
type crowd struct {
	most, each int // 0: no limit

	heads sync.Pool // *[]byte, of answers: see guest.held

	mu     sync.Mutex
	inside int
	by     map[netip.Addr]int
}

// admission is what becomes of a connection.
type admission uint8

const (
	welcome admission = iota
	tooMany           // it is let in to be told so
	flood             // it is closed
)

// enter counts one more. Only who is not part of a flood is counted, and has to leave.
func (c *crowd) enter(from netip.Addr) admission {
	c.mu.Lock()
	defer c.mu.Unlock()
	above := 0
	if c.most > 0 {
		above = max(above, c.inside+1-c.most)
	}
	if c.each > 0 {
		above = max(above, c.by[from]+1-c.each)
	}
	if above > spare {
		return flood
	}
	c.inside++
	if c.by == nil {
		c.by = map[netip.Addr]int{}
	}
	c.by[from]++
	if above > 0 {
		return tooMany
	}
	return welcome
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

// gate is a listener that counts whom it lets in.
type gate struct {
	net.Listener
	crowd *crowd
}

// Accept lets the next one in who is not part of a flood.
func (g *gate) Accept() (net.Conn, error) {
	for {
		conn, err := g.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from := remote(conn)
		switch how := g.crowd.enter(from); how {
		case flood:
			conn.Close() //nolint:errcheck,gosec // there is nobody to tell
		default:
			return &guest{Conn: conn, crowd: g.crowd, from: from, excess: how == tooMany}, nil
		}
	}
}

// remote is the origin of the other end, the same for IPv4 and for IPv4 in IPv6.
func remote(conn net.Conn) netip.Addr {
	if a, ok := conn.RemoteAddr().(*net.TCPAddr); ok {
		return origin(a.AddrPort().Addr())
	}
	return netip.Addr{}
}

// guest is a connection that is counted.
type guest struct {
	net.Conn
	crowd  *crowd
	from   netip.Addr
	excess bool // it is one too many
	once   sync.Once

	// Of who answers, one at a time.
	joins bool    // the next Write has another behind it: see Whole
	held  *[]byte // what it was given; nil if there is nothing
}

// Write sends, at once or with what comes next.
func (g *guest) Write(p []byte) (int, error) {
	if g.joins {
		g.joins = false
		g.held, _ = g.crowd.heads.Get().(*[]byte)
		if g.held == nil {
			g.held = new([]byte)
		}
		*g.held = append((*g.held)[:0], p...)
		return len(p), nil
	}
	if g.held == nil {
		return g.Conn.Write(p)
	}
	head := g.held
	g.held = nil
	both := net.Buffers{*head, p}
	n, err := both.WriteTo(g.Conn)
	sent := max(0, n-int64(len(*head)))
	g.crowd.heads.Put(head)
	return int(sent), err
}

// ReadFrom has the kernel copy a file, if the connection can.
func (g *guest) ReadFrom(r io.Reader) (int64, error) {
	if to, ok := g.Conn.(io.ReaderFrom); ok && !g.joins && g.held == nil {
		return to.ReadFrom(r)
	}
	return io.Copy(struct{ io.Writer }{g}, r)
}

// Plain is the connection itself, for who writes to it in pieces: a TCP connection takes all of them at once.
func (g *guest) Plain() net.Conn { return g.Conn }

// Close ends the connection.
func (g *guest) Close() error {
	err := g.Conn.Close()
	g.once.Do(func() { g.crowd.leave(g.from) })
	return err
}

// origin is whose address it is: one machine commonly has a whole /64 of IPv6, and counts once for all of it.
func origin(a netip.Addr) netip.Addr {
	a = a.Unmap().WithZone("")
	if !a.Is6() {
		return a
	}
	p, _ := a.Prefix(64) // 64 is never out of range for one of 128 bits
	return p.Addr()
}
