package link

import (
	"context"
	"crypto/hmac"
	crand "crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"net"
	"net/netip"
	"time"

	"sluice/api/srt/wire"
	"sluice/engine/fault"
)

const (
	// backlog is how many may ask for a connection at the same time and not be heard yet.
	backlog = 128
	// hearsay is how long it is remembered who was refused, so that he is told again if he did not hear it.
	hearsay = 3 * time.Second
	// expired is how long a request may wait for an answer: no caller waits longer.
	expired = time.Minute
)

// Listener waits for callers on one port. Safe for concurrent use.
type Listener struct {
	*endpoint
	secret   [32]byte
	requests chan *Request
	callers  map[caller]*call // under the endpoint's lock
	each     map[netip.Addr]int
	all      int // of each
	total    tally
	guesses  *guesses
	tidied   time.Time // of tidy alone
}

// caller is one who asks for a connection, or has one.
type caller struct {
	from   netip.AddrPort
	socket uint32
}

// call is what is known of a caller.
type call struct {
	answer []byte    // nil until there is one
	since  time.Time // of the answer, or the request
	over   bool      // it was refused, or is to be forgotten soon
}

// Listen listens on a socket, which is the listener's from then on. Close ends it.
func Listen(udp *net.UDPConn, o Options) *Listener {
	l := &Listener{
		endpoint: newEndpoint(udp, o), requests: make(chan *Request, backlog), callers: map[caller]*call{}, each: map[netip.Addr]int{},
		guesses: newGuesses(),
	}
	_, _ = crand.Read(l.secret[:]) // it never fails
	l.shake, l.tick = l.handshake, l.tidy
	l.serve()
	return l
}

// Addr is what is listened on.
func (l *Listener) Addr() net.Addr { return l.sock.LocalAddr() }

// Counts counts what all connections did so far.
func (l *Listener) Counts() Counts { return l.total.counts() }

// Close ends all connections and returns when nothing of the listener is left. It may be called again.
func (l *Listener) Close() { l.close() }

// Accept waits for somebody who asks for a connection. After Close it is fault.Closed.
func (l *Listener) Accept(ctx context.Context) (*Request, error) {
	select {
	case r := <-l.requests:
		return r, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-l.stop:
		return nil, errClosed
	}
}

// handshake takes what callers say before there is a connection. What a listener says is not answered, as two of them could be made
// to talk to each other for ever by whoever sends one of them a datagram in the name of the other: requests alone are to no socket,
// and only inductions of callers have version 4 and no cookie (4.3.1.1).
func (l *Listener) handshake(h wire.Header, body []byte, from netip.AddrPort) {
	s, err := wire.ParseHandshake(body)
	now := time.Now()
	const asks = 4
	switch {
	case h.To != 0 || s.Socket == 0:
	case err != nil && s.Kind == wire.Conclusion && s.Cookie != 0 && l.known(s.Cookie, from, now):
		l.send(l.refusal(s, wire.Rogue), from, s.Socket)
	case err != nil:
	case s.Kind == wire.Induction && s.Version == asks && s.Cookie == 0:
		s.Version, s.Encryption, s.Extension, s.Cookie = 5, 0, wire.Magic, l.cookie(from, now, 0)
		l.send(s.Append(nil, false), from, s.Socket)
	case s.Kind == wire.Conclusion && l.known(s.Cookie, from, now):
		l.conclude(h, s, from, now)
	}
}

// send sends a handshake.
func (l *Listener) send(body []byte, to netip.AddrPort, socket uint32) {
	h := wire.Header{Type: wire.TypeHandshake, To: socket}
	l.control(to, h, func(b []byte) []byte { return append(b, body...) })
}

// cookie is what a caller has to bring back, to show that he is where he says he is (4.3.1.1).
func (l *Listener) cookie(from netip.AddrPort, now time.Time, before int64) uint32 {
	m := hmac.New(sha256.New, l.secret[:])
	b, _ := from.MarshalBinary()
	m.Write(binary.BigEndian.AppendUint64(b, uint64(now.Unix()/60-before)))
	return binary.BigEndian.Uint32(m.Sum(nil)) | 1
}

func (l *Listener) known(cookie uint32, from netip.AddrPort, now time.Time) bool {
	return cookie == l.cookie(from, now, 0) || cookie == l.cookie(from, now, 1)
}

// conclude takes who has shown where he is.
func (l *Listener) conclude(h wire.Header, s wire.Handshake, from netip.AddrPort, now time.Time) {
	key := caller{from, s.Socket}
	l.mu.Lock()
	if known := l.callers[key]; known != nil {
		answer := known.answer
		l.mu.Unlock()
		if answer != nil { // he did not hear it
			l.send(answer, from, s.Socket)
		}
		return
	}
	address := home(from.Addr())
	why := unacceptable(&s)
	switch {
	case l.shut:
		why = wire.Closing
	case why == 0 && l.crowded(address):
		why = wire.Overload
	}
	if why != 0 {
		l.mu.Unlock()
		l.send(l.refusal(s, why), from, s.Socket)
		return
	}
	r := &Request{l: l, key: key, said: s, ticks: h.Time, at: now}
	select {
	case l.requests <- r:
		l.callers[key] = &call{since: now}
		l.each[address]++
		l.all++
	default: // he asks again soon
	}
	l.mu.Unlock()
}

// crowded tells whether there are as many connections as there may be. The lock is held.
func (l *Listener) crowded(address netip.Addr) bool {
	return l.opt.Connections > 0 && l.all >= l.opt.Connections || l.opt.PerAddress > 0 && l.each[address] >= l.opt.PerAddress
}

// home is what counts as one address: a customer has a /64 of IPv6.
func home(a netip.Addr) netip.Addr {
	const customer = 64
	if a = a.Unmap(); a.Is6() {
		if p, err := a.Prefix(customer); err == nil {
			return p.Addr()
		}
	}
	return a
}

// unacceptable says why nobody can be served who speaks like that; 0 if he can.
func unacceptable(s *wire.Handshake) wire.Reason {
	switch {
	case s.Version < 5 || s.Live == nil && s.Extension == 0:
		return wire.OldVersion
	case s.Live == nil:
		return wire.Rogue
	case s.Live.Version < oldest:
		return wire.OldVersion
	case s.Live.Flags&wire.FlagStream != 0:
		return wire.MessageAPI
	case s.Congestion != "" && s.Congestion != "live":
		return wire.Congestion
	case s.Filter:
		return wire.Filter
	case s.Grouped:
		return wire.Group
	case s.MTU < overhead+188 || s.Socket == 0:
		return wire.Rogue
	}
	return 0
}

func (l *Listener) refusal(s wire.Handshake, why wire.Reason) []byte {
	s.Version, s.Kind, s.Cookie, s.Live, s.KeyMaterial, s.StreamID = 5, why.Kind(), 0, nil, nil, ""
	return s.Append(nil, false)
}

// settle notes the answer to a caller; false if he is forgotten already.
func (l *Listener) settle(key caller, answer []byte, over bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.callers[key]
	if c == nil || c.answer != nil {
		return false
	}
	c.answer, c.since = answer, time.Now()
	if over {
		l.leave(key, c)
	}
	return true
}

// leave counts a caller no more; he is forgotten soon. The lock is held.
func (l *Listener) leave(key caller, c *call) {
	if c.over {
		return
	}
	c.over, c.since = true, time.Now()
	l.all--
	address := home(key.from.Addr())
	if l.each[address]--; l.each[address] <= 0 {
		delete(l.each, address)
	}
}

// gone notes that a caller's connection has ended.
func (l *Listener) gone(key caller) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c := l.callers[key]; c != nil {
		l.leave(key, c)
		delete(l.callers, key) // he may come again with the same socket
	}
}

// tidy forgets whom nobody needs to remember.
func (l *Listener) tidy(now time.Time) {
	const every = time.Second
	if now.Sub(l.tidied) < every {
		return
	}
	l.tidied = now
	l.mu.Lock()
	defer l.mu.Unlock()
	for key, c := range l.callers {
		switch {
		case c.over && now.Sub(c.since) > hearsay:
			delete(l.callers, key)
		case c.answer == nil && now.Sub(c.since) > expired:
			l.leave(key, c)
		}
	}
}

// Request is somebody who asks for a connection. Accept or Reject answers him; until then he asks again and again, and most
// give up after three seconds. Safe for concurrent use.
type Request struct {
	l     *Listener
	key   caller
	said  wire.Handshake
	ticks uint32
	at    time.Time
	keys  *cipher
}

// Remote is where he is.
func (r *Request) Remote() netip.AddrPort {
	return netip.AddrPortFrom(r.key.from.Addr().Unmap(), r.key.from.Port())
}

// StreamID is what he asks for, as he says it.
func (r *Request) StreamID() string { return r.said.StreamID }

// Encrypted tells whether he wants to encrypt.
func (r *Request) Encrypted() bool { return r.said.KeyMaterial != nil }

// Unlock tries a passphrase; fault.Unauthorized if he has another one, and fault.Overloaded, without a try, if there were too many
// with others just now, at his address or altogether. It comes before Accept, and not from two goroutines.
func (r *Request) Unlock(passphrase string) error {
	return r.l.guesses.try(r.key.from.Addr(), func() error {
		keys, err := readKeys(r.said.KeyMaterial, passphrase)
		r.keys = keys
		return err
	})
}

// Reject says no. After an answer it does nothing.
func (r *Request) Reject(why wire.Reason) {
	answer := r.l.refusal(r.said, why)
	if r.l.settle(r.key, answer, true) {
		r.l.send(answer, r.key.from, r.said.Socket)
	}
}

// Accept says yes. It is fault.Closed if he was answered or the listener is closed, and fault.Unauthorized if he wants to encrypt and
// was not unlocked.
func (r *Request) Accept() (*Conn, error) {
	if r.Encrypted() && r.keys == nil {
		return nil, fault.New(fault.Unauthorized, "", "without a passphrase there is no connection")
	}
	l := r.l
	c := newConn(l.endpoint, l.number(), r.said.Socket, r.key.from, &r.said, false)
	c.keys, c.total = r.keys, &l.total
	c.rcv.clock.sync(r.ticks, r.at)
	c.after = func() { l.gone(r.key) }
	answer := r.said
	answer.Socket, answer.Cookie, answer.MTU, answer.Window = c.id, 0, min(r.said.MTU, mtu), window
	answer.Live = c.says()
	body := answer.Append(nil, false)
	if !l.add(c) {
		return nil, errClosed
	}
	if !l.settle(r.key, body, false) {
		c.mu.Lock()
		c.after = nil // the caller is another's, or nobody's
		c.mu.Unlock()
		c.finish(errClosed, false)
		return nil, errClosed
	}
	l.send(body, r.key.from, r.said.Socket)
	return c, nil
}
