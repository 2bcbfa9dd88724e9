package event

import (
	"sync"
	"time"

	"sluice/engine/fault"
)

// Bus passes events on. Safe for concurrent use.
type Bus struct {
	now func() time.Time

	mu     sync.Mutex
	seq    uint64
	subs   map[*Subscription]struct{}
	closed bool
}

// NewBus makes a bus that stamps events by now; nil means time.Now.
func NewBus(now func() time.Time) *Bus {
	if now == nil {
		now = time.Now
	}
	return &Bus{now: now, subs: map[*Subscription]struct{}{}}
}

// Raise stamps and numbers the event and hands it to everybody who listens. It never waits. The stamped event comes back.
// A bad name is fault.InvalidRequest, a closed bus fault.Closed.
func (b *Bus) Raise(e Event) (Event, error) {
	if !ValidName(e.Name) {
		return Event{}, fault.New(fault.InvalidRequest, "", "%q is no name for an event", e.Name).Advise(`write it "noun.verb"`)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return Event{}, fault.New(fault.Closed, "", "no more events are raised")
	}
	b.seq++
	e.Seq, e.Time = b.seq, b.now()
	for s := range b.subs {
		s.offer(e)
	}
	return e, nil
}

// Subscribe begins to listen for the events that keep accepts, all if it is nil. The subscription holds at most size
// events that were not yet read, at least one. keep is called while events are raised: it must not wait nor use the bus.
// On a closed bus the subscription is closed from the start.
func (b *Bus) Subscribe(size int, keep func(Event) bool) *Subscription {
	s := newSubscription(b, size, keep)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		s.close()
	} else {
		b.subs[s] = struct{}{}
	}
	return s
}

// Close ends the bus and its subscriptions; they can still be read to their end. It may be called again.
func (b *Bus) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	for s := range b.subs {
		s.close()
	}
	clear(b.subs)
}

func (b *Bus) drop(s *Subscription) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.subs, s)
}
