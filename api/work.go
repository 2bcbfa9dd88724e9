package api

import (
	"net"
	"net/http"
	"sync"
)

// work knows which handlers are at work, and which connections wait for their first request. Safe for concurrent use.
type work struct {
	mu    sync.Mutex
	over  bool // no handler starts any more
	busy  sync.WaitGroup
	fresh map[net.Conn]struct{}
	idle  bool // connections without a request are closed at once
}

// start counts a handler in, unless it is too late.
func (w *work) start() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over {
		return false
	}
	w.busy.Add(1)
	return true
}

// finish counts it out.
func (w *work) finish() { w.busy.Done() }

// settle lets no more handlers start and waits for those at work.
func (w *work) settle() {
	w.mu.Lock()
	w.over = true
	w.mu.Unlock()
	w.busy.Wait()
}

// see follows the states of connections. Browsers open some ahead, and http.Server.Shutdown would wait for their first request
// for five seconds.
func (w *work) see(conn net.Conn, state http.ConnState) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case state != http.StateNew:
		delete(w.fresh, conn)
	case w.idle:
		conn.Close() //nolint:errcheck,gosec // nothing was said on it
	default:
		if w.fresh == nil {
			w.fresh = map[net.Conn]struct{}{}
		}
		w.fresh[conn] = struct{}{}
	}
}

// dismiss closes the connections that wait for their first request, also those that are still to come.
func (w *work) dismiss() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.idle = true
	for conn := range w.fresh {
		conn.Close() //nolint:errcheck,gosec // nothing was said on it
	}
	clear(w.fresh)
}
