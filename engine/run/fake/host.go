package fake

import (
	"context"
	"sync"
	"time"

	"sluice/engine/run"
)

// Host is a run.Host that remembers. All methods are safe for concurrent use.
type Host struct {
	epoch time.Time

	mu      sync.Mutex
	outlets map[string]*Port
	keys    map[string]int
	notices []run.Notice
	more    chan struct{} // holds a value when notices has grown
}

// NewHost makes a Host.
func NewHost() *Host {
	return &Host{epoch: time.Now(), outlets: map[string]*Port{}, keys: map[string]int{}, more: make(chan struct{}, 1)}
}

// Epoch implements run.Host. It is the moment at which the Host was made.
func (h *Host) Epoch() time.Time { return h.epoch }

// Outlet implements run.Host. It always gives the same port for a bridge; tests read it there.
func (h *Host) Outlet(bridge string) run.Port { return h.Port(bridge) }

// Port is the outlet of a bridge.
func (h *Host) Port(bridge string) *Port {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.outlets[bridge] == nil {
		h.outlets[bridge] = NewPort()
	}
	return h.outlets[bridge]
}

// Key implements run.Host.
func (h *Host) Key(bridge string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.keys[bridge]++
}

// Keys counts the requests for key frames of a bridge.
func (h *Host) Keys(bridge string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.keys[bridge]
}

// Tell implements run.Host.
func (h *Host) Tell(n run.Notice) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.notices = append(h.notices, n)
	select {
	case h.more <- struct{}{}:
	default:
	}
}

// Next waits for the next notice. One goroutine at a time may call it.
func (h *Host) Next(ctx context.Context) (run.Notice, error) {
	for {
		h.mu.Lock()
		if len(h.notices) > 0 {
			n := h.notices[0]
			h.notices = h.notices[1:]
			h.mu.Unlock()
			return n, nil
		}
		h.mu.Unlock()
		select {
		case <-h.more:
		case <-ctx.Done():
			return run.Notice{}, ctx.Err()
		}
	}
}
