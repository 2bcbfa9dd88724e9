package rtsp

import (
	"sync"

	"sluice/engine/fault"
)

// table holds the visits. Safe for concurrent use.
type table struct {
	limit int
	busy  sync.WaitGroup

	mu     sync.Mutex
	closed bool
	all    map[*visit]struct{}
}

// add takes a visit in.
func (t *table) add(v *visit) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.closed:
		return fault.New(fault.Closed, "", "the server is stopping")
	case len(t.all) >= t.limit:
		return fault.New(fault.Overloaded, "", "there are %d sessions already", t.limit)
	}
	t.all[v] = struct{}{}
	t.busy.Add(1)
	return nil
}

// remove takes it out.
func (t *table) remove(v *visit) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.all, v)
	t.busy.Done()
}

// close lets nobody in any more.
func (t *table) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
}

// Counts are the sessions of a door at one moment.
type Counts struct {
	Publishing, Playing int
	Most                int // that there may be together
}

// Counts counts the sessions. Those who listen to one multicast are one.
func (d *Door) Counts() Counts {
	t := &d.visits
	t.mu.Lock()
	defer t.mu.Unlock()
	c := Counts{Most: t.limit}
	for v := range t.all {
		if v.peer.publishes {
			c.Publishing++
		} else {
			c.Playing++
		}
	}
	return c
}
