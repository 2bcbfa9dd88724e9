// Package mailbox brings messages to one goroutine that owns something: in order, from any goroutine, and after some time.
// It begins no goroutine and calls no message itself: the owner takes them when it is woken.
package mailbox

import "sync"

// Box holds the messages to an owner, in order. It has no bound: what it is for must not be dropped, and whoever asks for
// more waits for each answer. All methods are safe for concurrent use.
type Box struct {
	wake chan struct{} // holds a token while there may be something to take

	mu     sync.Mutex
	queue  []func()
	closed bool
}

// New makes an empty Box.
func New() *Box { return &Box{wake: make(chan struct{}, 1)} }

// Wake gives a token when there may be something to take.
func (b *Box) Wake() <-chan struct{} { return b.wake }

// Put adds a message; false if nobody takes any more.
func (b *Box) Put(message func()) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return false
	}
	b.queue = append(b.queue, message)
	select {
	case b.wake <- struct{}{}:
	default:
	}
	return true
}

// Take empties the box.
func (b *Box) Take() []func() {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := b.queue
	b.queue = nil
	return out
}

// Close refuses messages from now on and throws those away that were not taken.
func (b *Box) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed, b.queue = true, nil
}
