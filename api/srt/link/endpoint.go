package link

import (
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"sluice/api/srt/wire"
	"sluice/elements/webrtc/gso"
)

// endpoint is one socket and all connections over it. Safe for concurrent use.
type endpoint struct {
	sock  *gso.Conn
	opt   Options
	began time.Time                                             // when the clock that is told others was 0
	shake func(h wire.Header, body []byte, from netip.AddrPort) // takes what is of no connection; called by one goroutine
	tick  func(now time.Time)                                   // beside that of each connection; nil: nothing

	mu    sync.Mutex
	conns map[uint32]*Conn // by our socket's number
	shut  bool

	buffers sync.Pool     // of *[]byte, as large as datagrams are
	busy    chan struct{} // holds one when a connection came
	stop    chan struct{}
	work    sync.WaitGroup
	once    sync.Once
}

func newEndpoint(udp *net.UDPConn, o Options) *endpoint {
	// Many key frames may come at once; where the machine does not allow as much, what is lost is sent again.
	const buffer = 4 << 20
	_ = udp.SetReadBuffer(buffer)
	_ = udp.SetWriteBuffer(buffer)
	e := &endpoint{sock: gso.New(udp), opt: o.filled(), began: time.Now(), conns: map[uint32]*Conn{},
		busy: make(chan struct{}, 1), stop: make(chan struct{})}
	e.buffers.New = func() any { b := make([]byte, 0, mtu); return &b }
	return e
}

// serve begins to read. shake must be set.
func (e *endpoint) serve() {
	e.work.Go(e.read)
	e.work.Go(e.beat)
}

func (e *endpoint) read() {
	b := make([]byte, 2*mtu)
	for {
		n, from, err := e.sock.ReadFromAddrPort(b)
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			select { // somebody's port is closed, say: that is told with the next read
			case <-e.stop:
				return
			case <-time.After(time.Millisecond):
			}
			continue
		}
		e.datagram(b[:n], from)
	}
}

// datagram takes what somebody sent.
func (e *endpoint) datagram(b []byte, from netip.AddrPort) {
	h, body, ok := wire.Parse(b)
	switch {
	case !ok:
	case h.Control && h.Type == wire.TypeHandshake:
		e.shake(h, body, from)
	default:
		e.mu.Lock()
		c := e.conns[h.To]
		e.mu.Unlock()
		if c != nil && c.remote == from { // nobody else has a say in it
			c.take(h, body, time.Now())
		}
	}
}

// beat looks after all connections. It is slow while there are none: the wake-ups of a server whom nobody calls were 1 % of a core.
func (e *endpoint) beat() {
	t := time.NewTicker(slow)
	defer t.Stop()
	var all []*Conn
	for {
		had := len(all)
		select {
		case <-e.stop:
			return
		case <-e.busy:
		case <-t.C:
		}
		all = all[:0]
		e.mu.Lock()
		for _, c := range e.conns {
			all = append(all, c)
		}
		e.mu.Unlock()
		switch {
		case had == 0 && len(all) > 0:
			t.Reset(beat)
		case had > 0 && len(all) == 0:
			t.Reset(slow)
		}
		now := time.Now()
		for _, c := range all {
			c.beat(now)
		}
		if e.tick != nil {
			e.tick(now)
		}
	}
}

// add takes a connection in; false if there is an end to that.
func (e *endpoint) add(c *Conn) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.shut {
		return false
	}
	e.conns[c.id] = c
	select {
	case e.busy <- struct{}{}:
	default: // it is told already
	}
	return true
}

func (e *endpoint) remove(c *Conn) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.conns[c.id] == c {
		delete(e.conns, c.id)
	}
}

// number finds one for a socket, that nobody has.
func (e *endpoint) number() uint32 {
	e.mu.Lock()
	defer e.mu.Unlock()
	for {
		n := random32() & wire.MaxSequence
		if _, taken := e.conns[n]; n != 0 && !taken {
			return n
		}
	}
}

// close ends all connections and returns when nothing of the endpoint is left.
func (e *endpoint) close() {
	e.once.Do(func() {
		e.mu.Lock()
		e.shut = true
		all := make([]*Conn, 0, len(e.conns))
		for _, c := range e.conns {
			all = append(all, c)
		}
		e.mu.Unlock()
		for _, c := range all {
			c.finish(errClosed, true)
		}
		close(e.stop)
		_ = e.sock.Close()
	})
	e.work.Wait()
}

// ticks are those of the clock, which begins anew after 71 minutes.
func (e *endpoint) ticks(now time.Time) uint32 { return uint32(now.Sub(e.began).Microseconds()) }

// control writes a packet of control, with the time that it is.
func (e *endpoint) control(to netip.AddrPort, h wire.Header, body func([]byte) []byte) {
	b := e.buffer()
	h.Control, h.Time = true, e.ticks(time.Now())
	*b = h.Append((*b)[:0])
	if body != nil {
		*b = body(*b)
	} else {
		*b = append(*b, 0, 0, 0, 0) // the library expects some body (3.2.3)
	}
	_, _ = e.sock.WriteToAddrPort(*b, to) // what does not arrive is said again
	e.buffers.Put(b)
}

func (e *endpoint) buffer() *[]byte {
	b, _ := e.buffers.Get().(*[]byte)
	return b
}
