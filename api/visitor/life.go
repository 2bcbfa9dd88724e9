package visitor

import (
	"sync"

	"sluice/engine/fault"
)

// Life is that of a client's peer, from the door to the element that moves its media: one element claims it, and it ends once. Safe
// for concurrent use.
type Life struct {
	done chan struct{}
	once sync.Once
	err  error // to be read when done is closed

	mu      sync.Mutex
	claimed bool
	over    func(error)
}

// Begin makes a life that nobody has claimed.
func Begin() *Life { return &Life{done: make(chan struct{}), over: func(error) {}} }

// Claim ties the life to an element, whose over is called when it ends: by Finish, on its goroutine. A life has one element.
func (l *Life) Claim(over func(error)) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.claimed {
		return fault.New(fault.InvalidRequest, "", "another element has this session").Advise("give each its own session")
	}
	l.claimed, l.over = true, over
	return nil
}

// Finish ends the life; nil if there was nothing wrong. Only the first call counts.
func (l *Life) Finish(reason error) {
	l.once.Do(func() {
		l.err = reason
		close(l.done)
		l.mu.Lock()
		over := l.over
		l.mu.Unlock()
		over(reason)
	})
}

// Done is closed when the life has ended.
func (l *Life) Done() <-chan struct{} { return l.done }

// Err says why it ended; nil before, and if there was nothing wrong.
func (l *Life) Err() error {
	select {
	case <-l.done:
		return l.err
	default:
		return nil
	}
}
