package api

import (
	"net"
	"net/netip"
	"sync"
)

// Limit bounds how many connections of a TCP listener are open at a time: of all, and of each address; 0 is no bound. Those
// beyond are closed without a word. The connections are TCP connections in every other respect.
func Limit(l net.Listener, most, each int) net.Listener {
	return &limited{Listener: l, crowd: &crowd{most: most, each: each}}
}

// limited is a listener that closes those whom it does not let in.
type limited struct {
	net.Listener
	crowd *crowd
}

// Accept lets the next one in for whom there is room.
func (l *limited) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		tcp, ok := conn.(*net.TCPConn)
		if !ok {
			return conn, nil
		}
		from := remote(conn)
		switch l.crowd.enter(from) {
		case welcome:
			return &counted{TCPConn: tcp, crowd: l.crowd, from: from}, nil
		case tooMany: // which was counted
			l.crowd.leave(from)
		}
		_ = tcp.Close() // there is nobody to tell
	}
}

// counted is a connection that is counted. It embeds what it is, so that several buffers can be written at once.
type counted struct {
	*net.TCPConn
	crowd *crowd
	from  netip.Addr
	once  sync.Once
}

// Close ends the connection.
func (c *counted) Close() error {
	err := c.TCPConn.Close()
	c.once.Do(func() { c.crowd.leave(c.from) })
	return err
}
