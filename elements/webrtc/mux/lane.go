package mux

import (
	"io"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// maxAddresses is how many remote addresses may lead to one inbox. Checks from more are answered, but nothing else is taken
// from there.
const maxAddresses = 128

// check is a STUN message on its way to an agent.
type check struct {
	p    []byte
	from netip.AddrPort
}

// pass gives a message to the agent. Agents that are busy lose some; those are sent again.
func (in *Inbox) pass(s *socket, p []byte, from netip.AddrPort) {
	if in == nil || in.lanes[s] == nil {
		return
	}
	select {
	case in.lanes[s] <- check{slices.Clone(p), from}:
	default:
	}
}

// lane is the net.PacketConn of one local candidate. It implements ice.AddrPortReaderWriter, too, with which an agent makes
// no net.Addr for each packet.
type lane struct {
	socket *socket
	inbox  *Inbox
	checks chan check
	done   chan struct{}
	once   sync.Once
}

// ReadFromAddrPort waits for a STUN message.
func (l *lane) ReadFromAddrPort(p []byte) (int, netip.AddrPort, error) {
	select {
	case c := <-l.checks:
		return copy(p, c.p), c.from, nil
	case <-l.done:
		return 0, netip.AddrPort{}, io.EOF
	}
}

// WriteToAddrPort sends, and notes of checks and of answers to them what they mean for the way back.
func (l *lane) WriteToAddrPort(p []byte, to netip.AddrPort) (int, error) {
	select {
	case <-l.done:
		return 0, io.ErrClosedPipe
	default:
	}
	if isSTUN(p) {
		switch stunType(p) {
		case stunRequest:
			l.socket.mux.ask(l.inbox, canonical(to))
		case stunSuccess:
			l.socket.mux.admit(l.inbox, l.socket, canonical(to), time.Now())
		}
	}
	return l.socket.conn.WriteToAddrPort(p, to)
}

// ask notes who waits for an answer from an address.
func (u *UDP) ask(in *Inbox, to netip.AddrPort) {
	u.mu.RLock()
	r := u.asked[to]
	u.mu.RUnlock()
	if r != nil && r.inbox == in {
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if in.knows(to) {
		u.asked[to] = &remote{inbox: in}
	}
}

// admit notes that a check from an address was found genuine: from now on everything from there leads to the inbox. An
// address that somebody else is heard from keeps leading to him.
func (u *UDP) admit(in *Inbox, s *socket, from netip.AddrPort, now time.Time) {
	u.mu.RLock()
	r := u.remotes[from]
	u.mu.RUnlock()
	if r != nil && r.inbox == in {
		r.touch(s, now)
		return
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if r = u.remotes[from]; r != nil && r.inbox != in && now.Sub(time.Unix(0, r.seen.Load())) < settled {
		return
	}
	if !in.knows(from) {
		return
	}
	r = &remote{inbox: in}
	r.touch(s, now)
	u.remotes[from] = r
}

// knows adds an address to those of an inbox, if there is room. Its caller holds the mux's lock.
func (in *Inbox) knows(a netip.AddrPort) bool {
	if slices.Contains(in.addresses, a) {
		return true
	}
	if in.users == nil || len(in.addresses) >= maxAddresses {
		return false // closed, or full
	}
	in.addresses = append(in.addresses, a)
	return true
}

// ReadFrom is ReadFromAddrPort with an allocation.
func (l *lane) ReadFrom(p []byte) (int, net.Addr, error) {
	n, from, err := l.ReadFromAddrPort(p)
	return n, net.UDPAddrFromAddrPort(from), err
}

// WriteTo is WriteToAddrPort.
func (l *lane) WriteTo(p []byte, to net.Addr) (int, error) {
	u, ok := to.(*net.UDPAddr)
	if !ok {
		return 0, net.InvalidAddrError("no UDP address")
	}
	return l.WriteToAddrPort(p, u.AddrPort())
}

// LocalAddr is the socket's.
func (l *lane) LocalAddr() net.Addr { return l.socket.local }

// Close ends reading and writing on this lane; the socket stays open.
func (l *lane) Close() error {
	l.once.Do(func() { close(l.done) })
	return nil
}

// SetDeadline does nothing: agents close what they do not want to wait for.
func (l *lane) SetDeadline(time.Time) error { return nil }

// SetReadDeadline does nothing.
func (l *lane) SetReadDeadline(time.Time) error { return nil }

// SetWriteDeadline does nothing.
func (l *lane) SetWriteDeadline(time.Time) error { return nil }
