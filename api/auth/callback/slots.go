package callback

import (
	"context"
	"net/netip"
	"sync"
)

// share is the part of all slots that one address may have, and of the bytes, so that nobody takes those of the others; maxQueue is how
// many wait for one, of one address, and maxBytes what clients said who wait, of all.
const (
	share    = 4
	maxQueue = 512
	maxBytes = 32 << 20
)

// slots bound how much is asked at the same time. A back end that hangs has no more than that hang on it; who comes then waits, as long
// as he would for an answer.
type slots struct {
	free chan struct{}
	each int
	mu   sync.Mutex
	of   map[netip.Addr]*origin // those of whom somebody waits or asks
	held int                    // bytes of them
}

// origin is an address, or the /64 of one, which is commonly of one machine.
type origin struct {
	free chan struct{}
	here int // who waits or asks
	held int // bytes of them
}

func newSlots(most int) *slots {
	return &slots{free: make(chan struct{}, most), each: max(1, most/share), of: map[netip.Addr]*origin{}}
}

// take waits for a slot until ctx is done; size is how many bytes are held meanwhile. leave gives it back.
func (s *slots) take(ctx context.Context, a netip.Addr, size int) (leave func(), ok bool) {
	a = a.Unmap().WithZone("")
	if a.Is6() {
		const net = 64
		p, _ := a.Prefix(net)
		a = p.Addr()
	}
	o := s.enter(a, size)
	if o == nil {
		return nil, false
	}
	select {
	case o.free <- struct{}{}:
	case <-ctx.Done():
		s.leave(a, o, size)
		return nil, false
	}
	select {
	case s.free <- struct{}{}:
		return func() { <-s.free; <-o.free; s.leave(a, o, size) }, true
	case <-ctx.Done():
		<-o.free
		s.leave(a, o, size)
		return nil, false
	}
}

// enter notes that somebody waits; nil if there are too many.
func (s *slots) enter(a netip.Addr, size int) *origin {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.of[a]
	if o == nil {
		o = &origin{free: make(chan struct{}, s.each)}
		s.of[a] = o
	}
	if o.here >= s.each+maxQueue || s.held+size > maxBytes || o.held+size > maxBytes/share {
		if o.here == 0 {
			delete(s.of, a)
		}
		return nil
	}
	o.here++
	o.held += size
	s.held += size
	return o
}

func (s *slots) leave(a netip.Addr, o *origin, size int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o.held -= size
	s.held -= size
	if o.here--; o.here == 0 {
		delete(s.of, a)
	}
}
