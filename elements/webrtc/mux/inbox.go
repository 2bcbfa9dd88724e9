package mux

import (
	"net/netip"
	"sync"
	"time"
)

const (
	packetSize = 1600 // the largest datagram that is taken; networks carry 1500 bytes
	maxWaiting = 1024 // datagrams that wait for a peer's reader; what comes then is lost
)

// Packet is a datagram. Who takes it out of an inbox releases it.
type Packet struct {
	Data []byte
	At   time.Time // when it was read
	room [packetSize]byte
}

// Inbox is where a peer's datagrams arrive, all but its connectivity checks. One goroutine takes them out.
type Inbox struct {
	mux *UDP // nil: nothing but Put fills it

	mu      sync.Mutex
	waiting []*Packet
	spare   []*Packet // what was taken out last; its memory is used again
	lost    uint64
	closed  bool
	wake    chan struct{}

	// Guarded by mux.mu:
	users     []string         // user fragments that lead here
	addresses []netip.AddrPort // remote addresses that do
	lanes     map[*socket]chan check
}

// NewInbox makes an inbox for peers of a mux.
func (m *Mux) NewInbox() *Inbox {
	return &Inbox{mux: m.udp, wake: make(chan struct{}, 1), lanes: map[*socket]chan check{}}
}

// Put adds a datagram, of which it keeps a copy.
func (in *Inbox) Put(data []byte, at time.Time) {
	if len(data) > packetSize {
		return
	}
	p := in.mux.pool.Get().(*Packet)
	p.At, p.Data = at, p.room[:copy(p.room[:], data)]
	in.mu.Lock()
	if in.closed || len(in.waiting) >= maxWaiting {
		in.lost++
		in.mu.Unlock()
		in.Release(p)
		return
	}
	in.waiting = append(in.waiting, p)
	if len(in.waiting) == 1 {
		select { // under the lock, or Close could come first: nothing may be sent on a closed channel
		case in.wake <- struct{}{}:
		default:
		}
	}
	in.mu.Unlock()
}

// Take waits for datagrams and gives all there are; none after Close. The slice is good until the next Take.
func (in *Inbox) Take() []*Packet {
	for {
		in.mu.Lock()
		out, closed := in.waiting, in.closed
		if len(out) > 0 || closed {
			in.waiting, in.spare = in.spare[:0], out
			in.mu.Unlock()
			return out
		}
		in.mu.Unlock()
		<-in.wake
	}
}

// Release gives packets back to be used again.
func (in *Inbox) Release(list ...*Packet) {
	for _, p := range list {
		in.mux.pool.Put(p)
	}
}

// Lost counts datagrams that came while too many were waiting.
func (in *Inbox) Lost() uint64 {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.lost
}

// Close ends the inbox: nothing leads to it any more.
func (in *Inbox) Close() {
	in.mux.forget(in)
	in.mu.Lock()
	defer in.mu.Unlock()
	if in.closed {
		return
	}
	in.closed = true
	close(in.wake)
}
