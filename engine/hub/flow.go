package hub

import (
	"sync/atomic"
	"time"
)

const (
	// flowWindow is how long bytes are counted to give a bit rate.
	flowWindow = time.Second
	// flowEnds is how long nothing must have come for a layer to be taken for one that was stopped: browsers stop the
	// larger ones when the network or the processor is too slow.
	flowEnds = 2 * time.Second
)

// flow measures what comes of a layer. Times are of the timeline.
type flow struct {
	since time.Duration // of the writer, as is bytes
	bytes int
	rate  atomic.Int64 // in bits a second
	last  atomic.Int64 // when something came; 0: never
}

// add counts what came, and tells whether a new rate is known.
func (f *flow) add(at time.Duration, bytes int) bool {
	if f.last.Load() == 0 {
		f.since = at
	}
	f.bytes += bytes
	f.last.Store(max(int64(at), 1))
	passed := at - f.since
	if passed < flowWindow {
		return false
	}
	f.rate.Store(int64(float64(8*f.bytes) / passed.Seconds()))
	f.since, f.bytes = at, 0
	return true
}

// live tells whether it still comes.
func (f *flow) live(now time.Duration) bool {
	last := f.last.Load()
	return last != 0 && now-time.Duration(last) <= flowEnds
}

// flowed measures what was written of a layer.
func flowed[T any, P interface {
	*T
	Bytes() int
}](p *Publication, t *track, batch []T, arrival time.Time) {
	n := 0
	for i := range batch {
		n += P(&batch[i]).Bytes()
	}
	if t.flow.add(p.timeline.At(arrival), n) {
		p.hub.herald.Post(p.balance)
	}
}
