package whip

import (
	"sync"

	"sluice/engine/fault"
)

// table holds the sessions, and counts with them the requests that are about to make one. Safe for concurrent use.
type table struct {
	limit int
	all   sync.WaitGroup // sessions and such requests

	mu     sync.Mutex
	closed bool
	taken  int
	byID   map[string]*session
}

// reserve takes a place, which forget or release gives back.
func (t *table) reserve() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.closed:
		return fault.New(fault.Closed, "", "the server is stopping")
	case t.taken >= t.limit:
		return fault.New(fault.Overloaded, "", "there are %d sessions already", t.limit)
	}
	t.taken++
	t.all.Add(1)
	return nil
}

// release gives a place back of which nothing came.
func (t *table) release() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.taken--
	t.all.Done()
}

// add puts a session into a place that was reserved.
func (t *table) add(s *session) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.byID[s.id] = s
}

// forget takes a session out, and gives its place back.
func (t *table) forget(s *session) {
	t.mu.Lock()
	delete(t.byID, s.id)
	t.mu.Unlock()
	t.release()
}

// find gives the session with an id; nil if there is none.
func (t *table) find(id string) *session {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.byID[id]
}

// close lets nobody in any more.
func (t *table) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
}
