package mux

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"sluice/elements/webrtc/gso"
)

// settled is how long an address that somebody is heard from stays his, whoever else has a check come from it: the senders'
// addresses of UDP are easily forged.
const settled = 3 * time.Second

// UDP is the UDP side of a Mux. It implements ice.UDPMux.
type UDP struct {
	sockets []*socket
	pool    sync.Pool // of *Packet
	prober  *prober
	cancel  context.CancelFunc // of the prober

	mu      sync.RWMutex
	users   map[string]*Inbox          // by user fragment
	remotes map[netip.AddrPort]*remote // who has passed a check from an address
	asked   map[netip.AddrPort]*remote // who sent a check to an address last
	closed  bool

	readers sync.WaitGroup
}

// socket is one address that is listened on.
type socket struct {
	mux   *UDP
	conn  *gso.Conn
	local *net.UDPAddr
}

// remote is an address that a peer sends from.
type remote struct {
	inbox *Inbox
	seen  atomic.Int64             // when it was heard of last, in nanoseconds since 1970
	by    atomic.Pointer[gso.Conn] // where
}

func newUDP(servers []string) *UDP {
	return &UDP{
		prober: newProber(servers), cancel: func() {}, pool: sync.Pool{New: func() any { return new(Packet) }},
		users: map[string]*Inbox{}, remotes: map[netip.AddrPort]*remote{}, asked: map[netip.AddrPort]*remote{},
	}
}

func (u *UDP) add(c *gso.Conn) {
	local, _ := c.LocalAddr().(*net.UDPAddr)
	u.sockets = append(u.sockets, &socket{u, c, local})
}

func (u *UDP) start(ctx context.Context) {
	for _, s := range u.sockets {
		u.readers.Go(s.read)
	}
	if len(u.prober.servers) > 0 {
		ctx, u.cancel = context.WithCancel(context.WithoutCancel(ctx))
		u.readers.Go(func() { u.prober.run(ctx, u) })
	}
}

// Expect has checks for a user fragment, which is ours, lead to an inbox. It comes before the agent that has it.
func (u *UDP) Expect(fragment string, in *Inbox) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.users[fragment] = in
	in.users = append(in.users, fragment)
}

// Way finds the socket by which an inbox hears of an address that its agent has chosen; nil if it does not. From now on the
// address leads to the inbox also if its peer makes no checks, as an ICE-lite one.
func (u *UDP) Way(in *Inbox, to netip.AddrPort) *gso.Conn {
	to = canonical(to)
	u.mu.Lock()
	defer u.mu.Unlock()
	r := u.remotes[to]
	if r == nil {
		if r = u.asked[to]; r != nil && r.inbox == in {
			u.remotes[to] = r
		}
	}
	if r == nil || r.inbox != in {
		return nil
	}
	return r.by.Load()
}

// GetListenAddresses implements ice.UDPMux.
func (u *UDP) GetListenAddresses() []net.Addr {
	out := make([]net.Addr, 0, len(u.sockets))
	for _, s := range u.sockets {
		out = append(out, s.local)
	}
	return out
}

// GetConn implements ice.UDPMux: it gives what an agent exchanges checks with. The user fragment must be expected.
func (u *UDP) GetConn(fragment string, at net.Addr) (net.PacketConn, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	in := u.users[fragment]
	if in == nil || u.closed {
		return nil, net.ErrClosed
	}
	for _, s := range u.sockets {
		if s.local.String() != at.String() {
			continue
		}
		if in.lanes[s] == nil {
			in.lanes[s] = make(chan check, 16)
		}
		return &lane{socket: s, inbox: in, checks: in.lanes[s], done: make(chan struct{})}, nil
	}
	return nil, errors.New("no socket is bound to " + at.String())
}

// RemoveConnByUfrag implements ice.UDPMux. What the peer sends still leads to its inbox, from where it came so far: its
// media goes on while ICE restarts.
func (u *UDP) RemoveConnByUfrag(fragment string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.users, fragment)
}

// forget removes all that leads to an inbox.
func (u *UDP) forget(in *Inbox) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, fragment := range in.users {
		if u.users[fragment] == in {
			delete(u.users, fragment)
		}
	}
	for _, a := range in.addresses {
		if r := u.remotes[a]; r != nil && r.inbox == in {
			delete(u.remotes, a)
		}
		if r := u.asked[a]; r != nil && r.inbox == in {
			delete(u.asked, a)
		}
	}
	in.users, in.addresses = nil, nil
}

// Close closes the sockets and waits for their readers. Inboxes are closed by those who have them.
func (u *UDP) Close() error {
	u.mu.Lock()
	first := !u.closed
	u.closed = true
	u.mu.Unlock()
	if !first {
		return nil
	}
	u.cancel()
	var err error
	for _, s := range u.sockets {
		err = errors.Join(err, s.conn.Close())
	}
	u.readers.Wait()
	return err
}

func (s *socket) read() {
	buf := make([]byte, 1<<16)
	for {
		n, from, err := s.conn.ReadFromAddrPort(buf)
		if err != nil {
			// A socket that is not connected has no errors of single peers to tell; what may be is memory running short.
			if errors.Is(err, net.ErrClosed) {
				return
			}
			<-time.After(time.Millisecond)
			continue
		}
		s.mux.deliver(s, buf[:n], canonical(from), time.Now())
	}
}

func (u *UDP) deliver(s *socket, p []byte, from netip.AddrPort, now time.Time) {
	if isSTUN(p) {
		u.check(s, p, from, now)
		return
	}
	u.mu.RLock()
	r := u.remotes[from]
	u.mu.RUnlock()
	if r == nil {
		return
	}
	r.touch(s, now)
	r.inbox.Put(p, now)
}

func (r *remote) touch(s *socket, now time.Time) {
	r.seen.Store(now.UnixNano())
	if r.by.Load() != s.conn {
		r.by.Store(s.conn)
	}
}

// check passes STUN to the agents that it may be for: a request to whom it names, an answer to who asked.
func (u *UDP) check(s *socket, p []byte, from netip.AddrPort, now time.Time) {
	if isAnswer(p) && u.prober.take(p) {
		return
	}
	u.mu.RLock()
	defer u.mu.RUnlock()
	r := u.remotes[from]
	if isAnswer(p) {
		a := u.asked[from]
		if r != nil && (a == nil || r.inbox != a.inbox) {
			r.inbox.pass(s, p, from)
		}
		if a != nil {
			a.touch(s, now)
			a.inbox.pass(s, p, from)
		}
		return
	}
	name, ok := user(p)
	if !ok {
		return
	}
	in := u.users[name]
	if r != nil && r.inbox == in {
		r.touch(s, now)
	}
	in.pass(s, p, from)
}

// canonical makes addresses comparable.
func canonical(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
}
