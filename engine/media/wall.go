package media

import (
	"sync"
	"sync/atomic"
	"time"
)

const (
	// oneWall is how much the reports of two tracks may differ in how long they seem to be under way, if both tell the same wall clock:
	// one may have been held up (for 300 ms, on a busy machine). Tracks that differ by more have wall clocks of their own.
	oneWall = maxTrust
	// fresh is how long a report counts, for other tracks: a sender's clock drifts.
	fresh = 30 * time.Second
)

// wall is what the clocks of one sender have learned of its wall clock: how far behind it the timeline is, at the least. What one of
// them learns holds for all, or tracks would be as far apart as their first reports were held up. Safe for concurrent use.
type wall struct {
	changes atomic.Uint64 // of what follows
	mu      sync.Mutex
	heard   map[*Clock]heard
}

// heard is what one clock has learned, and when its newest report arrived.
type heard struct{ behind, at time.Duration }

// hear takes what a clock has learned.
func (w *wall) hear(c *Clock, behind, at time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.heard == nil {
		w.heard = map[*Clock]heard{}
	}
	if before, ok := w.heard[c]; !ok || before.behind != behind {
		w.changes.Add(1)
	}
	w.heard[c] = heard{behind, at}
}

// forget takes a clock out that is not believed.
func (w *wall) forget(c *Clock) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.heard, c)
	w.changes.Add(1)
}

// ahead is how much earlier a clock's reports would have come if they had been as quick as those of other tracks.
func (w *wall) ahead(c *Clock) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	own, most := w.heard[c], time.Duration(0)
	for _, other := range w.heard {
		if ahead := own.behind - other.behind; ahead <= oneWall && own.at-other.at < fresh {
			most = max(most, ahead)
		}
	}
	return most
}
