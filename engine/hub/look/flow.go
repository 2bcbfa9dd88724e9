package look

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

// Flow measures what comes of a track. Times are of the timeline. One goroutine at a time may Add; the rest is safe for
// concurrent use. The zero Flow is ready.
type Flow struct {
	since time.Duration
	bytes int
	rate  atomic.Int64
	last  atomic.Int64 // when something came; 0: never
}

// Add counts bytes that came, and tells whether a new rate is known, as it is about once a second.
func (f *Flow) Add(at time.Duration, bytes int) bool {
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

// Rate is how much came in the last second, in bits a second; 0 if that is not known yet.
func (f *Flow) Rate() int { return int(f.rate.Load()) }

// Live tells whether something came in the last two seconds.
func (f *Flow) Live(now time.Duration) bool {
	last := f.last.Load()
	return last != 0 && now-time.Duration(last) <= flowEnds
}
