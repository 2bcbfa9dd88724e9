package hub

import "sync"

// herald is the goroutine from which everybody outside is called back: in order, and without a lock of the hub held.
type herald struct {
	token chan struct{} // holds one while there is somebody to call
	done  chan struct{}

	mu     sync.Mutex
	calls  []func()
	closed bool
}

func newHerald() *herald {
	h := &herald{token: make(chan struct{}, 1), done: make(chan struct{})}
	go h.work()
	return h
}

// post has f called after all that was posted before. After close it is not called.
func (h *herald) post(f func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.closed {
		h.calls = append(h.calls, f)
		h.signal()
	}
}

// close returns when everything that was posted has been called.
func (h *herald) close() {
	h.mu.Lock()
	h.closed = true
	h.signal()
	h.mu.Unlock()
	<-h.done
}

func (h *herald) signal() {
	select {
	case h.token <- struct{}{}:
	default:
	}
}

func (h *herald) work() {
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
