package serve

import (
	"time"

	"sluice/api/metrics"
	"sluice/engine"
	"sluice/engine/hub"
	"sluice/engine/stat"
)

// Census counts what is published and read, and what has been.
func (g *Gate) Census() hub.Census { return g.engine.Census() }

// Outcomes are how many events were raised so far, by what came of them.
func (g *Gate) Outcomes() map[engine.Outcome]uint64 { return g.engine.Outcomes() }

// rereads counts how often the configuration was read again. The zero rereads are ready; safe for concurrent use.
type rereads struct {
	done, failed stat.Counter
	last         stat.Gauge // nanoseconds since 1970
}

// succeeded counts one that was taken over.
func (r *rereads) succeeded(now time.Time) {
	r.last.Set(now.UnixNano())
	r.done.Inc()
}

func (r *rereads) counts() metrics.Reloads {
	m := metrics.Reloads{Done: r.done.Load(), Failed: r.failed.Load()}
	if at := r.last.Load(); at != 0 {
		m.Last = time.Unix(0, at)
	}
	return m
}
