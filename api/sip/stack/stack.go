package stack

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"syscall"

	"sluice/engine/fault"
)

// Stack opens ports and bounds what comes in at all of them. Safe for concurrent use.
type Stack struct {
	opt  Options
	host netip.Addr // what Via and Contact name where the bound address says nothing
	gate *gate

	mu      sync.Mutex
	next    uint16
	sockets map[*Socket]struct{}
	stopped bool
}

// New makes a Stack, which opens nothing yet. It has to be stopped.
func New(opt Options) (*Stack, error) {
	opt, err := opt.defaulted()
	if err != nil {
		return nil, err
	}
	return &Stack{opt: opt, host: ownAddress(), gate: newGate(opt.Limits), next: opt.First, sockets: map[*Socket]struct{}{}}, nil
}

// ownAddress is the address that leads to the Internet, by the routes of the system: nothing is sent. Without any it is the loopback's.
func ownAddress() netip.Addr {
	c, err := net.DialUDP("udp4", nil, net.UDPAddrFromAddrPort(netip.MustParseAddrPort("192.0.2.1:9")))
	if err != nil {
		return netip.AddrFrom4([4]byte{127, 0, 0, 1})
	}
	defer func() { _ = c.Close() }()
	return c.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap()
}

// Open opens the next free port of the range for what comes to it. The error is a fault: overloaded if none is free.
func (s *Stack) Open(ctx context.Context, network Network, h Handler) (*Socket, error) {
	if s.opt.Last == 0 {
		return s.Listen(ctx, network, netip.AddrPortFrom(s.opt.Bind, 0), h)
	}
	for range int(s.opt.Last-s.opt.First) + 1 {
		socket, err := s.Listen(ctx, network, netip.AddrPortFrom(s.opt.Bind, s.turn()), h)
		if err == nil || !errors.Is(err, syscall.EADDRINUSE) {
			return socket, err
		}
	}
	return nil, fault.New(fault.Overloaded, "sip", "no port of %d to %d is free for %s", s.opt.First, s.opt.Last, network).
		Advise("widen sip.ports")
}

// turn is the port that is tried next: one that was closed a moment ago rests, for answers may still come to it.
func (s *Stack) turn() uint16 {
	s.mu.Lock()
	defer s.mu.Unlock()
	port := s.next
	if s.next++; port >= s.opt.Last {
		s.next = s.opt.First
	}
	return port
}

// Listen opens a fixed port. The error is a fault.
func (s *Stack) Listen(ctx context.Context, network Network, at netip.AddrPort, h Handler) (*Socket, error) {
	if !at.Addr().IsValid() {
		at = netip.AddrPortFrom(netip.IPv4Unspecified(), at.Port())
	}
	socket, err := open(ctx, s, network, at, h)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	stopped := s.stopped
	if !stopped {
		s.sockets[socket] = struct{}{}
	}
	s.mu.Unlock()
	if stopped {
		socket.Close()
		return nil, fault.New(fault.Closed, "sip", "the stack has stopped")
	}
	return socket, nil
}

// Stop closes all ports, with all that waits for answers at them, and returns when nothing of it runs any more, or ctx is done.
func (s *Stack) Stop(ctx context.Context) error {
	s.mu.Lock()
	s.stopped = true
	var all []*Socket
	for socket := range s.sockets {
		all = append(all, socket)
	}
	s.mu.Unlock()
	done := make(chan struct{})
	go func() {
		defer close(done)
		for _, socket := range all {
			socket.Close()
		}
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// forget drops a port that was closed.
func (s *Stack) forget(socket *Socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sockets, socket)
}
