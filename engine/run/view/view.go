// Package view shows what an owner's goroutine and its Runtime say of themselves to whoever looks, without making them wait
// for one another. It knows nothing of what is shown.
package view

import (
	"context"
	"sync"
	"time"

	"sluice/engine/run"
)

// Board shows the newest status. The zero Board shows the zero status. All methods are safe for concurrent use.
type Board[S any] struct {
	mu      sync.Mutex
	status  S
	changed chan struct{} // closed when there is news
}

// Write shows another status. If it is news, those who wait for some are woken.
func (b *Board[S]) Write(s S, news bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.status = s
	if news && b.changed != nil {
		close(b.changed)
		b.changed = nil
	}
}

// Look gives the status, and a channel that is closed when there is news.
func (b *Board[S]) Look() (S, <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.changed == nil {
		b.changed = make(chan struct{})
	}
	return b.status, b.changed
}

// Reporter asks the Runtime of the moment and keeps what it said last. All methods are safe for concurrent use.
type Reporter struct {
	mu   sync.Mutex
	rt   run.Runtime // nil when there is none
	last run.Report
}

// Use says which Runtime there is from now on; nil for none.
func (r *Reporter) Use(rt run.Runtime) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rt = rt
}

// Ask gives the Runtime's report. If it does not answer within the limit or before ctx is done, or there is none, that is
// what was said last, marked stale.
func (r *Reporter) Ask(ctx context.Context, limit time.Duration) run.Report {
	r.mu.Lock()
	rt, last := r.rt, r.last
	r.mu.Unlock()
	last.Stale = true
	if rt == nil {
		return last
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	report, err := rt.Inspect(ctx)
	if err != nil {
		return last
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last = report
	return report
}

// Usage is what the Runtime's process has used; false where there is none that knows.
func (r *Reporter) Usage() (run.Usage, bool) {
	r.mu.Lock()
	rt := r.rt
	r.mu.Unlock()
	if m, ok := rt.(run.Metered); ok {
		return m.Usage()
	}
	return run.Usage{}, false
}
