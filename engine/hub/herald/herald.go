// Package herald calls back: everybody whom the hub calls from outside its loops hears of things in the order in which they
// happened, from one goroutine, and with no lock of the hub held.
package herald

import "sync"

// Herald is the goroutine that calls. Safe for concurrent use.
type Herald struct {
	token chan struct{} // holds one while there is somebody to call
	done  chan struct{}

	mu     sync.Mutex
	calls  []func()
	closed bool
}

// New starts a herald, whose goroutine Close ends.
func New() *Herald {
	h := &Herald{token: make(chan struct{}, 1), done: make(chan struct{})}
	go h.work()
	return h
}

// Post has f called after all that was posted before. After Close it is not called.
func (h *Herald) Post(f func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closed {
		h.calls = append(h.calls, f)
		h.signal()
	}
}

// Close returns when everything that was posted has been called. It may be called again, but not from what is called.
func (h *Herald) Close() {
	h.mu.Lock()
	h.closed = true
	h.signal()
	h.mu.Unlock()
	<-h.done
}

func (h *Herald) signal() {
	select {
	case h.token <- struct{}{}:
	default:
	}
}

func (h *Herald) work() {
	defer close(h.done)
	for range h.token {
		h.mu.Lock()
		calls, closed := h.calls, h.closed
		h.calls = nil
		h.mu.Unlock()
		for _, f := range calls {
			f()
		}
		if closed {
			return
		}
	}
}
