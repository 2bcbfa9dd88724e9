package store

import "sync"

// Subscription tells of new sets. It holds one at most: who is slow gets the newest and misses those between.
type Subscription struct {
	sets chan *Set
	from *subscribers
}

// subscribers are the subscriptions of a store.
type subscribers struct {
	mu     sync.Mutex
	all    map[*Subscription]struct{}
	closed bool
}

// Subscribe begins to tell of sets that become current from now on. Close it when it is no longer needed.
func (s *Store) Subscribe() *Subscription {
	sub := &Subscription{sets: make(chan *Set, 1), from: &s.subscribers}
	sub.from.mu.Lock()
	defer sub.from.mu.Unlock()
	if sub.from.closed {
		close(sub.sets)
		return sub
	}
	if sub.from.all == nil {
		sub.from.all = map[*Subscription]struct{}{}
	}
	sub.from.all[sub] = struct{}{}
	return sub
}

// Sets is where new sets come. It is closed by Close and when the store stops.
func (s *Subscription) Sets() <-chan *Set { return s.sets }

// Close ends the subscription. It may be called more than once, and while a set is being delivered.
func (s *Subscription) Close() {
	s.from.mu.Lock()
	defer s.from.mu.Unlock()
	if _, ok := s.from.all[s]; ok {
		delete(s.from.all, s)
		close(s.sets)
	}
}

// publish hands a set to everybody and never waits.
func (l *subscribers) publish(set *Set) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for sub := range l.all {
		select {
		case <-sub.sets: // what was not taken is out of date
		default:
		}
		sub.sets <- set // there is room: only publish sends, and it holds the lock
	}
}

// close ends all subscriptions, and those to come.
func (l *subscribers) close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for sub := range l.all {
		close(sub.sets)
	}
	l.all, l.closed = nil, true
}
