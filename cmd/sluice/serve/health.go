package serve

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"sluice/engine/element"
	"sluice/engine/store"
)

// health knows whether the server lives, and whether it should be sent clients. Safe for concurrent use.
type health struct {
	clock  element.Clock
	probe  func() // returns if the server lives
	graphs *store.Store
	atBoot []string // files that were left out when the server started

	mu       sync.Mutex
	seen     time.Time // when probe returned last
	serving  bool
	stopping bool
}

const (
	pulse  = time.Second      // between two probes
	unwell = 10 * time.Second // without one that returned
)

func newHealth(clock element.Clock, probe func(), graphs *store.Store) *health {
	h := &health{clock: clock, probe: probe, graphs: graphs, seen: clock.Now()}
	for _, f := range graphs.Current().Held() {
		if !f.Kept {
			h.atBoot = append(h.atBoot, f.File)
		}
	}
	return h
}

// watch probes until over is closed.
func (h *health) watch(over <-chan struct{}) {
	for {
		h.probe()
		h.mu.Lock()
		h.seen = h.clock.Now()
		h.mu.Unlock()
		select {
		case <-over:
			return
		case <-h.clock.After(pulse):
		}
	}
}

// alive tells whether probes return.
func (h *health) alive() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.clock.Now().Sub(h.seen) < unwell
}

// serve notes that the server serves.
func (h *health) serve() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.serving = true
}

// stop notes that it stops.
func (h *health) stop() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stopping = true
}

// lives answers whether the server should be left alone; if not, it is best started anew.
func (h *health) lives() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		if !h.alive() {
			http.Error(w, "the engine does not answer", http.StatusServiceUnavailable)
			return
		}
		_, _ = fmt.Fprintln(w, "ok")
	})
}

// readiness is what /readyz answers.
type readiness struct {
	Ready   bool `json:"ready"`
	Serving bool `json:"serving"` // every port is open
	// Stopping says that those who are here may stay a little, and nobody new is let in.
	Stopping bool `json:"stopping"`
	// Held is how many files of graphs are not used as they are; LeftOut how many of them have been missing since the start.
	Held    int `json:"graphs_held"`
	LeftOut int `json:"graphs_left_out"`
}

func (h *health) readiness() readiness {
	h.mu.Lock()
	r := readiness{Serving: h.serving, Stopping: h.stopping}
	h.mu.Unlock()
	for _, f := range h.graphs.Current().Held() {
		r.Held++
		if !f.Kept && slices.Contains(h.atBoot, f.File) {
			r.LeftOut++
		}
	}
	r.Ready = r.Serving && !r.Stopping && r.LeftOut == 0
	return r
}

// ready answers whether the server should be sent clients. It should not if graphs are missing that its operator wrote, since
// others would answer in their place. Those that go bad later do not count: a slip of a pen must not take the server down.
func (h *health) ready() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		r := h.readiness()
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Content-Type", "application/json")
		if !r.Ready {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_ = json.NewEncoder(w).Encode(r) // whoever asked has gone if it fails
	})
}
