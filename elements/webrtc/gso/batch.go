package gso

import (
	"net/netip"
	"sync"
)

const (
	maxSegments = 64    // UDP_MAX_SEGMENTS of the kernels that have the fewest
	maxBytes    = 65000 // of a UDP datagram before it is cut, with room for all headers
)

// batch collects datagrams to one address. Its memory is used again and again.
type batch struct {
	conn *Conn

	mu      sync.Mutex
	to      netip.AddrPort // the zero AddrPort if the batch is not in use
	buf     []byte
	segment int  // size of all datagrams but the last
	count   int  // of datagrams
	last    bool // the last one is shorter: nothing can follow
	err     error
}

// add takes a datagram if it goes where the batch goes. What was collected before is sent first if it cannot stand in one
// call with p.
func (b *batch) add(p []byte, to netip.AddrPort) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.to != to {
		return false
	}
	if !b.fits(len(p)) {
		b.flush()
	}
	if len(p) == 0 || len(p) > maxBytes {
		return false
	}
	if b.count == 0 {
		b.segment = len(p)
	}
	b.last = len(p) < b.segment
	b.buf = append(b.buf, p...)
	b.count++
	return true
}

func (b *batch) fits(n int) bool {
	return b.count == 0 || !b.last && 0 < n && n <= b.segment && b.count < maxSegments && len(b.buf)+n <= maxBytes
}

// flush sends what was collected. Its caller holds the lock.
func (b *batch) flush() {
	if b.count > 0 {
		if err := b.conn.sendBatch(b.buf, b.segment, b.count, b.to); err != nil && b.err == nil {
			b.err = err
		}
	}
	b.buf, b.count, b.last = b.buf[:0], 0, false
}

// sendBatch sends count datagrams that lie in p one behind the other, with one call if that is possible.
func (c *Conn) sendBatch(p []byte, segment, count int, to netip.AddrPort) error {
	c.datagrams.Add(uint64(count))
	if count > 1 && !c.whole.Load() {
		err := c.out.send(p, segment, to)
		switch judge(err) {
		case sent:
			c.sends.Add(1)
			if c.failures.Load() != 0 {
				c.failures.Store(0)
			}
			return nil
		case lost:
			c.sends.Add(1)
			return err
		case never:
			c.whole.Store(true)
		case notNow:
			if c.failures.Add(1) >= patience {
				c.whole.Store(true)
			}
		}
	}
	return c.sendSingly(p, segment, to)
}

func (c *Conn) sendSingly(p []byte, segment int, to netip.AddrPort) (first error) {
	for len(p) > 0 {
		n := min(segment, len(p))
		if err := c.out.send(p[:n], 0, to); err != nil && first == nil {
			first = err
		}
		c.sends.Add(1)
		p = p[n:]
	}
	return first
}

// verdict says what the answer to a segmented write means.
type verdict int

const (
	sent   verdict = iota
	lost           // and would be if sent singly
	notNow         // refused for this size or this peer
	never          // refused for this socket
)

// cork begins to collect what is written to an address; nil if somebody does already, or one that shares its slot. Then
// nothing is lost but speed.
func (c *Conn) cork(to netip.AddrPort) *batch {
	at := &c.slots[slot(to)]
	if at.Load() != nil || c.whole.Load() || to.Addr().Zone() != "" {
		return nil
	}
	b := c.take(to)
	if !at.CompareAndSwap(nil, b) {
		_ = c.give(b)
		return nil
	}
	return b
}

// uncork sends what was collected.
func (c *Conn) uncork(b *batch) error {
	c.slots[slot(b.to)].CompareAndSwap(b, nil) // nobody else changes b.to while b is corked
	return c.give(b)
}

func (c *Conn) take(to netip.AddrPort) *batch {
	b := c.unused()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.to = to
	return b
}

func (c *Conn) unused() *batch {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := len(c.free); n > 0 {
		b := c.free[n-1]
		c.free = c.free[:n-1]
		return b
	}
	return &batch{conn: c, buf: make([]byte, 0, maxBytes)}
}

// give takes a batch back, empty. A writer that found it in its slot before may still come: it finds that the batch goes
// elsewhere.
func (c *Conn) give(b *batch) error {
	b.mu.Lock()
	b.flush()
	err := b.err
	b.to, b.err = netip.AddrPort{}, nil
	b.mu.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.free = append(c.free, b)
	return err
}
