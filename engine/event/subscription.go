package event

import (
	"context"
	"sync"

	"sluice/engine/fault"
)

// Subscription is a bounded queue of events. When it is full the oldest makes room. Safe for concurrent use.
type Subscription struct {
	bus  *Bus
	keep func(Event) bool
	wake chan struct{} // holds a token while there may be something to read

	mu     sync.Mutex
	ring   []Event
	first  int
	count  int
	lost   uint64
	closed bool
}

func newSubscription(b *Bus, size int, keep func(Event) bool) *Subscription {
	return &Subscription{bus: b, keep: keep, wake: make(chan struct{}, 1), ring: make([]Event, max(size, 1))}
}

// Next waits for the next event. lost is how many were thrown away between the one before and this one. After the end
// it is fault.Closed, and ctx's error if that ends first.
func (s *Subscription) Next(ctx context.Context) (e Event, lost uint64, err error) {
	for {
		s.mu.Lock()
		if s.count > 0 {
			defer s.mu.Unlock()
			e, lost = s.take()
			return e, lost, nil
		}
		closed := s.closed
		s.mu.Unlock()
		if closed {
			s.signal() // for whoever else waits
			return Event{}, 0, fault.New(fault.Closed, "", "the subscription ended")
		}
		select {
		case <-s.wake:
		case <-ctx.Done():
			return Event{}, 0, ctx.Err()
		}
	}
}

// Close stops listening. What was not read is thrown away. It may be called again.
func (s *Subscription) Close() {
	s.bus.drop(s)
	s.mu.Lock()
	s.count = 0
	s.mu.Unlock()
	s.close()
}

// take removes the oldest event and passes the token on if there are more. The caller holds s.mu.
func (s *Subscription) take() (Event, uint64) {
	e, lost := s.ring[s.first], s.lost
	s.ring[s.first] = Event{}
	s.first = (s.first + 1) % len(s.ring)
	s.count--
	s.lost = 0
	if s.count > 0 || s.closed {
		s.signal()
	}
	return e, lost
}

func (s *Subscription) offer(e Event) {
	if s.keep != nil && !s.keep(e) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return
	}
	if s.count == len(s.ring) {
		s.first = (s.first + 1) % len(s.ring)
		s.count--
		s.lost++
	}
	s.ring[(s.first+s.count)%len(s.ring)] = e
	s.count++
	s.signal()
}

func (s *Subscription) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.signal()
}

func (s *Subscription) signal() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}
