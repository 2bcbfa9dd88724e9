package job

import (
	"context"
	"sync"
	"time"

	"sluice/engine/run"
)

// last keeps what a Runtime counted before it was stopped: afterwards nobody can ask it.
type last struct {
	mu   sync.Mutex
	said run.Report
}

func (l *last) report() run.Report {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.said
}

// watch makes Runtimes that report before they stop.
func (l *last) watch(open run.Open) run.Open {
	if open == nil {
		return nil
	}
	return func(id string) (run.Runtime, error) {
		rt, err := open(id)
		if err != nil {
			return nil, err
		}
		return &reporting{Runtime: rt, to: l}, nil
	}
}

type reporting struct {
	run.Runtime
	to *last
}

// Stop asks for a report first, and does not wait long for one: a Runtime that hangs has none.
func (r *reporting) Stop(ctx context.Context) error {
	const patience = 500 * time.Millisecond
	asking, done := context.WithTimeout(ctx, patience)
	defer done()
	if report, err := r.Inspect(asking); err == nil {
		r.to.mu.Lock()
		r.to.said = report
		r.to.mu.Unlock()
	}
	return r.Runtime.Stop(ctx)
}
