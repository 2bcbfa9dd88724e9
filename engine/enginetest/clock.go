package enginetest

import (
	"sync"
	"time"
)

// Clock is a clock that stands still until it is moved. Safe for concurrent use.
type Clock struct {
	mu      sync.Mutex
	now     time.Time
	waiting []alarm
	changed chan struct{} // closed when somebody begins to wait
}

type alarm struct {
	at   time.Time
	ring chan time.Time
}

// NewClock makes a clock that shows some fixed moment.
func NewClock() *Clock {
	return &Clock{now: time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC), changed: make(chan struct{})}
}

// Now is the moment that the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// After gives a channel that receives the time once the clock was moved on by d. At once, if d is not positive.
func (c *Clock) After(d time.Duration) <-chan time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	ring := make(chan time.Time, 1)
	if d <= 0 {
		ring <- c.now
		return ring
	}
	c.waiting = append(c.waiting, alarm{c.now.Add(d), ring})
	close(c.changed)
	c.changed = make(chan struct{})
	return ring
}

// Advance moves the clock on and rings what has come due.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	var rest []alarm
	for _, a := range c.waiting {
		if a.at.After(c.now) {
			rest = append(rest, a)
			continue
		}
		a.ring <- c.now
	}
	c.waiting = rest
}

// AwaitAlarms returns when at least n alarms are set that did not ring yet: whoever shall be woken is waiting now.
func (c *Clock) AwaitAlarms(n int) {
	for {
		c.mu.Lock()
		set, changed := len(c.waiting), c.changed
		c.mu.Unlock()
		if set >= n {
			return
		}
		<-changed
	}
}
