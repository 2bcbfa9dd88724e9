package wire

import "sync"

// Gate is what stands between a socket and the ports of one instance. The zero Gate is open.
type Gate struct {
	mu     sync.Mutex
	closed bool
}

// Close closes the gate for good. When it returns, nothing is inside.
func (g *Gate) Close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
}

// Through calls f unless the gate is closed, which it tells. Nobody else passes meanwhile.
func (g *Gate) Through(f func()) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return false
	}
	f()
	return true
}
