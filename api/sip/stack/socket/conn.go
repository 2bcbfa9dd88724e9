package socket

import (
	"crypto/tls"
	"net"
	"net/netip"
	"sync"
	"time"

	"sluice/api/sip/message"
)

// conn is a connection, of either direction.
type conn struct {
	conn   net.Conn
	kind   string
	remote netip.AddrPort
	times  Times
	theirs bool // the peer made it

	writing sync.Mutex
}

func (c *conn) Reliable() bool         { return true }
func (c *conn) Network() string        { return c.kind }
func (c *conn) Remote() netip.AddrPort { return c.remote }

// Send writes. A connection on which a message could not be written wholly is of no more use, and is closed.
func (c *conn) Send(data []byte) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	err := c.conn.SetWriteDeadline(time.Now().Add(c.times.Write))
	if err == nil {
		_, err = c.conn.Write(data)
	}
	if err != nil {
		_ = c.conn.Close()
	}
	return err
}

// read takes messages until the connection breaks.
func (c *conn) read(take Taker) error {
	if t, ok := c.conn.(*tls.Conn); ok {
		if err := c.conn.SetDeadline(time.Now().Add(c.times.Message)); err != nil {
			return err
		}
		if err := t.Handshake(); err != nil { //nolint:noctx // it has its deadline
			return err
		}
	}
	r := message.NewReader(c.conn, func() { _ = c.conn.SetReadDeadline(time.Now().Add(c.times.Message)) })
	var first time.Time // until when who connects has to say something: no connection is kept for who does not
	if c.theirs {
		first = time.Now().Add(c.times.Message)
	}
	for {
		until := first
		if first.IsZero() {
			until = time.Now().Add(c.times.Idle)
		}
		if err := c.conn.SetReadDeadline(until); err != nil {
			return err
		}
		data, err := r.Next()
		if data == nil && err == nil {
			err = c.Send([]byte("\r\n")) // the answer to a keep-alive: RFC 5626 4.4.1
		}
		if data != nil {
			first = time.Time{}
			take(c, data)
		}
		if err != nil {
			return err
		}
	}
}
