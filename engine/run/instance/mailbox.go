package instance

import "sync"

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
