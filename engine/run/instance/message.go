package instance

import (
	"sync"
	"time"
)

// mailbox holds the messages to an instance's goroutine, in order. It has no bound: a Runtime's notices must not be
// dropped, and whoever makes requests waits for each.
type mailbox struct {
	wake chan struct{} // holds a token while there may be something to take

	mu     sync.Mutex
	queue  []func()
	closed bool
}

func newMailbox() *mailbox { return &mailbox{wake: make(chan struct{}, 1)} }

// put adds a message; false if nobody takes any more.
func (m *mailbox) put(message func()) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return false
	}
	m.queue = append(m.queue, message)
	select {
	case m.wake <- struct{}{}:
	default:
	}
	return true
}

// take empties the box.
func (m *mailbox) take() []func() {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := m.queue
	m.queue = nil
	return out
}

// close refuses messages from now on and throws those away that were not taken.
func (m *mailbox) close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed, m.queue = true, nil
}

// alarm sends the owner a message after some time. The zero alarm is not set. Only the owner's goroutine touches it.
type alarm struct {
	timer *time.Timer
	round uint64 // of the setting that may still ring
}

// set lets an alarm ring, in place of whatever it was set to before.
func (o *owner) set(a *alarm, after time.Duration, ring func()) {
	o.hush(a)
	round := a.round
	o.alarms[a] = struct{}{}
	a.timer = time.AfterFunc(max(after, 0), func() {
		o.inst.box.put(func() {
			if a.round != round {
				return // it was set anew or hushed while the message was under way
			}
			o.hush(a)
			ring()
		})
	})
}

// hush keeps an alarm from ringing.
func (o *owner) hush(a *alarm) {
	a.round++
	if a.timer != nil {
		a.timer.Stop()
		a.timer = nil
		delete(o.alarms, a)
	}
}
