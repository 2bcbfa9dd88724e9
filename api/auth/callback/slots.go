package callback

import (
	"context"
	"net/netip"
	"sync"
)

// share is the part of all slots that one address may have, so that nobody takes those of the others; maxQueue is how many wait for one,
// of one address.
const (
	share    = 4
	maxQueue = 512
)

// slots bound how much is asked at the same time. A back end that hangs has no more than that hang on it; who comes then waits, as long
// as he would for an answer.
type slots struct {
	free chan struct{}
	each int
	mu   sync.Mutex
	of   map[netip.Addr]*origin // those of whom somebody waits or asks
}

// origin is an address, or the /64 of one, which is commonly of one machine.
type origin struct {
	free chan struct{}
	here int // who waits or asks
}

func newSlots(most int) *slots {
	return &slots{free: make(chan struct{}, most), each: max(1, most/share), of: map[netip.Addr]*origin{}}
}

// take waits for a slot until ctx is done. leave gives it back.
func (s *slots) take(ctx context.Context, a netip.Addr) (leave func(), ok bool) {
	a = a.Unmap().WithZone("")
	if a.Is6() {
		const net = 64
		p, _ := a.Prefix(net)
		a = p.Addr()
	}
	o := s.enter(a)
	if o == nil {
		return nil, false
	}
	select {
	case o.free <- struct{}{}:
	case <-ctx.Done():
		s.leave(a, o)
		return nil, false
	}
	select {
	case s.free <- struct{}{}:
		return func() { <-s.free; <-o.free; s.leave(a, o) }, true
	case <-ctx.Done():
		<-o.free
		s.leave(a, o)
		return nil, false
	}
}

// enter notes that somebody waits; nil if there are too many.
func (s *slots) enter(a netip.Addr) *origin {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.of[a]
	if o == nil {
		o = &origin{free: make(chan struct{}, s.each)}
		s.of[a] = o
	}
	if o.here >= s.each+maxQueue {
		return nil
	}
	o.here++
	return o
}

func (s *slots) leave(a netip.Addr, o *origin) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o.here--; o.here == 0 {
		delete(s.of, a)
	}
}
