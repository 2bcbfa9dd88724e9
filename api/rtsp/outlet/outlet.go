// Package outlet has connections that are written to without waiting, so that one goroutine can serve many: what the socket
// does not take at once is kept and sent by the connection itself, and until it is gone the connection says that it has no
// room. It knows nothing of what is written.
package outlet

import (
	"errors"
	"net"
	"sync"
	"syscall"
	"time"

	"sluice/engine/fault"
)

// Most is how many bytes a connection keeps at most; who writes more without asking Room is cut off.
const Most = 1 << 20

// Socket is a TCP connection.
type Socket interface {
	net.Conn
	syscall.Conn
}

// Conn is a TCP connection with a Write that does not wait. Safe for concurrent use.
type Conn struct {
	Socket
	raw   syscall.RawConn
	limit time.Duration
	woken func()

	mu      sync.Mutex
	rest    []byte // what the socket did not take yet, but for what sender is writing
	sending bool   // sender runs, and is the only one to write
	err     error
	sender  sync.WaitGroup
}

// New takes a connection over. Limit is how long what is kept may take to be sent; who is slower is cut off.
func New(c Socket, limit time.Duration) (*Conn, error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return nil, err
	}
	return &Conn{Socket: c, raw: raw, limit: limit, woken: func() {}}, nil
}

// OnRoom has f called whenever there is room again. It must not wait, nor close the connection.
func (c *Conn) OnRoom(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.woken = f
}

// Room tells whether all that was written has been taken by the socket. A broken connection has room: what is written to it is
// refused.
func (c *Conn) Room() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.sending || c.err != nil
}

// Write takes all of p, or fails: with an earlier error of the connection, or because too much is kept already, which breaks it.
func (c *Conn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return 0, c.err
	}
	if !c.sending {
		n, err := c.try(p)
		if err != nil {
			return n, c.broken(err)
		}
		if n == len(p) {
			return n, nil
		}
		c.rest = append(c.rest[:0], p[n:]...)
		c.sending = true
		c.sender.Go(c.send)
		return len(p), nil
	}
	if len(c.rest)+len(p) > Most {
		return 0, c.broken(fault.New(fault.SlowReader, "", "%d bytes wait to be sent", len(c.rest)))
	}
	c.rest = append(c.rest, p...)
	return len(p), nil
}

// try writes what the socket takes now. Nobody else writes to it meanwhile.
func (c *Conn) try(p []byte) (n int, err error) {
	var failed error
	err = c.raw.Write(func(fd uintptr) bool {
		for {
			n, failed = syscall.Write(int(fd), p)
			if !errors.Is(failed, syscall.EINTR) {
				return true
			}
		}
	})
	switch {
	case err != nil:
		return 0, err
	case errors.Is(failed, syscall.EAGAIN):
		return 0, nil
	}
	return max(n, 0), failed
}

// send writes what is kept, and waits for the socket.
func (c *Conn) send() {
	var spare []byte
	for {
		c.mu.Lock()
		if len(c.rest) == 0 || c.err != nil {
			c.sending = false
			woken := c.woken
			c.mu.Unlock()
			_ = c.Socket.SetWriteDeadline(time.Time{}) // a connection that is gone needs none
			woken()
			return
		}
		now := c.rest
		c.rest = spare[:0]
		c.mu.Unlock()
		if err := c.push(now); err != nil {
			c.mu.Lock()
			_ = c.broken(err)
			c.mu.Unlock()
		}
		spare = now
	}
}

// push writes all of p within the limit.
func (c *Conn) push(p []byte) error {
	if err := c.Socket.SetWriteDeadline(time.Now().Add(c.limit)); err != nil {
		return err
	}
	_, err := c.Socket.Write(p)
	return err
}

// broken notes the first error and ends the connection. The caller holds c.mu.
func (c *Conn) broken(err error) error {
	if c.err == nil {
		c.err = err
		_ = c.Socket.Close() // its reader hears of it
	}
	return c.err
}

// Close ends the connection and returns when nothing is written any more.
func (c *Conn) Close() error {
	c.mu.Lock()
	if c.err == nil {
		c.err = net.ErrClosed
	}
	c.mu.Unlock()
	err := c.Socket.Close()
	c.sender.Wait()
	return err
}

// SetWriteDeadline does nothing: no Write waits.
func (c *Conn) SetWriteDeadline(time.Time) error { return nil }

// SetDeadline is SetReadDeadline.
func (c *Conn) SetDeadline(t time.Time) error { return c.SetReadDeadline(t) }
