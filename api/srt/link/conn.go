package link

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"sluice/api/srt/wire"
	"sluice/elements/webrtc/gso"
	"sluice/engine/fault"
)

// maxInbox is how many messages wait for who reads slowly.
const maxInbox = window

// Conn is a connection. Safe for concurrent use, but for Read, which one goroutine calls.
type Conn struct {
	e         *endpoint
	id, peer  uint32 // numbers of both sockets
	remote    netip.AddrPort
	size      int // of messages, at most
	most      int // bytes of data in what comes, as was agreed
	tally     *tally
	total     *tally    // of the endpoint
	latencies [2]uint16 // in milliseconds: of what comes, and of what goes
	own       bool      // the endpoint is its alone

	mu     sync.Mutex
	keys   *cipher // nil: in the clear
	snd    sender
	rcv    receiver
	rtt    rtt
	acks   acks
	heard  time.Time
	spoke  time.Time
	inbox  [][]byte
	full   bool // a write found no room
	onRoom func()
	deaf   bool
	after  func() // called once it has ended; nil: nothing is
	err    error
	line   gso.Line

	wake chan struct{} // one that something is in the inbox
	done chan struct{}
	once sync.Once
}

// Remote is where the other end is.
func (c *Conn) Remote() netip.AddrPort {
	return netip.AddrPortFrom(c.remote.Addr().Unmap(), c.remote.Port())
}

// Done is closed when the connection has ended, and Err says why then.
func (c *Conn) Done() <-chan struct{} { return c.done }

// Err is why the connection ended; nil while it has not.
func (c *Conn) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// Counts counts what the connection did.
func (c *Conn) Counts() Counts {
	n := c.tally.counts()
	c.mu.Lock()
	defer c.mu.Unlock()
	n.RTT = c.rtt.smooth
	return n
}

// OnRoom says whom to call when there is room again after a Write that found none. It is called from the goroutine that reads
// the socket, and must not wait.
func (c *Conn) OnRoom(f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.onRoom = f
}

// Deaf says that nobody reads: what has come and what comes is dropped.
func (c *Conn) Deaf() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.deaf, c.inbox, c.rcv.ring = true, nil, ring[incoming]{}
	c.rcv.start(c.rcv.next)
}

// Close ends the connection and tells the other end so. One that was called for has a socket and goroutines of its own: Close has
// to be called even if it has ended, and returns when they are gone. It may be called again, but not by OnRoom's function.
func (c *Conn) Close() {
	c.finish(errClosed, true)
	if c.own {
		c.e.close()
	}
}

// finish ends the connection.
func (c *Conn) finish(reason error, tell bool) {
	c.once.Do(func() {
		if tell {
			c.e.control(c.remote, c.header(wire.TypeShutdown), nil)
		}
		c.e.remove(c)
		c.mu.Lock()
		c.err = reason
		c.snd.forget(c.snd.next, c.back)
		c.rcv = receiver{}
		after := c.after
		c.mu.Unlock()
		close(c.done)
		if after != nil {
			after()
		}
	})
}

// Read waits for the next message, which is the caller's. What came before the end is still given.
func (c *Conn) Read(ctx context.Context) ([]byte, error) {
	for {
		c.mu.Lock()
		if len(c.inbox) > 0 {
			m := c.inbox[0]
			c.inbox[0] = nil
			if c.inbox = c.inbox[1:]; len(c.inbox) == 0 {
				c.inbox = nil
			}
			c.mu.Unlock()
			return m, nil
		}
		err := c.err
		c.mu.Unlock()
		if err != nil {
			return nil, err
		}
		select {
		case <-c.wake:
		case <-c.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Write sends bytes, as messages that are as long as they may be. It never waits: without room for all of them it sends none
// and gives false, and OnRoom's function is called when there is some. After the end all is taken and dropped.
func (c *Conn) Write(b []byte) bool {
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return true
	}
	if n := (len(b) + c.size - 1) / c.size; c.snd.flight()+n > c.snd.limit && c.snd.flight() > 0 {
		c.full = true
		return false
	}
	c.line.Cork()
	defer func() { _ = c.line.Uncork() }() // what does not arrive is asked for again
	for len(b) > 0 {
		n := min(len(b), c.size)
		if !c.send(b[:n], now) {
			c.tally.dropped.Add(1) // more at once than can be on its way at all
			c.total.dropped.Add(1)
		}
		b = b[n:]
	}
	return true
}

// send sends one message. The lock is held.
func (c *Conn) send(message []byte, now time.Time) bool {
	h := wire.Header{Seq: c.snd.next, Message: c.snd.message + 1, Time: c.e.ticks(now), To: c.peer}
	if c.keys != nil {
		h.Key = c.keys.key
	}
	b := c.e.buffer()
	*b = append(h.Append((*b)[:0]), message...)
	if !c.snd.add(b, now) {
		c.back(b)
		return false
	}
	if c.keys != nil {
		c.keys.encrypt((*b)[wire.HeaderSize:], h.Seq)
		if fresh := c.keys.count(now); fresh != nil {
			c.say(wire.Header{Type: wire.TypeUser, Sub: uint16(wire.ExtKeyRequest)}, fresh)
		}
	}
	c.spoke = now
	c.snd.again.earn(len(*b), now)
	_, _ = c.e.sock.WriteToAddrPort(*b, c.remote)
	c.tally.sent.Add(1)
	c.total.sent.Add(1)
	return true
}

// say sends a packet of control with a body.
func (c *Conn) say(h wire.Header, body []byte) {
	h.To = c.peer
	c.e.control(c.remote, h, func(b []byte) []byte { return append(b, body...) })
}

func (c *Conn) header(t wire.Type) wire.Header { return wire.Header{Type: t, To: c.peer} }

// back gives the memory of a packet back.
func (c *Conn) back(b *[]byte) { c.e.buffers.Put(b) }

// deliver puts what is due where Read finds it. The lock is held.
func (c *Conn) deliver(now time.Time) {
	before := len(c.inbox)
	lost := c.rcv.deliver(now, func(m []byte) {
		if len(c.inbox) >= maxInbox {
			c.lose(1)
			return
		}
		c.inbox = append(c.inbox, m)
	})
	c.lose(lost)
	if len(c.inbox) > before {
		select {
		case c.wake <- struct{}{}:
		default:
		}
	}
}

func (c *Conn) lose(n uint64) {
	if n > 0 {
		c.tally.lost.Add(n)
		c.total.lost.Add(n)
	}
}

// beat looks after the connection.
func (c *Conn) beat(now time.Time) {
	const idle = time.Second // after which it is said that one is there (3.2.3)
	c.mu.Lock()
	if c.err != nil {
		c.mu.Unlock()
		return
	}
	silent := now.Sub(c.heard) > c.e.opt.Silence
	c.deliver(now)
	c.report(now)
	if n := c.snd.expire(now, c.back); n > 0 {
		c.tally.dropped.Add(n)
		c.total.dropped.Add(n)
	}
	c.snd.unanswered(now, c.rtt.patience(), c.resend)
	if now.Sub(c.spoke) > idle {
		c.spoke = now
		c.e.control(c.remote, c.header(wire.TypeKeepalive), nil)
	}
	room := c.room()
	c.mu.Unlock()
	if room != nil {
		room()
	}
	if silent {
		c.finish(errSilent, true)
	}
}

// room gives whom to tell that there is room, if somebody waits for some. The lock is held.
func (c *Conn) room() func() {
	if !c.full || c.snd.flight() > c.snd.limit/2 {
		return nil
	}
	c.full = false
	return c.onRoom
}

// refused is what a reason is to callers.
func refused(r wire.Reason) error {
	code := map[wire.Reason]fault.Code{
		wire.BadSecret: fault.Unauthorized, wire.Unsecure: fault.Unauthorized, wire.Unauthorized: fault.Unauthorized,
		wire.Forbidden: fault.Forbidden, wire.NotFound: fault.StreamNotFound, wire.Conflict: fault.NameInUse,
		wire.Overload: fault.Overloaded, wire.BadRequest: fault.InvalidRequest,
	}[r]
	if code == "" {
		code = fault.Unreachable
	}
	return fault.New(code, "", "the other end refuses the connection: %s", r)
}
