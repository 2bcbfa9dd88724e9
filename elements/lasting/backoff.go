package lasting

import (
	"math/rand/v2"
	"time"
)

// Between attempts to connect anew.
const (
	soonest = time.Second
	latest  = 30 * time.Second
	steady  = time.Minute // a connection that lasted this long was a good one
)

// Backoff is how long to wait before the next attempt: later and later, up to half a minute. The zero Backoff has seen none. Not safe
// for concurrent use.
type Backoff struct{ pause time.Duration }

// Next is how long to wait now. Many that lost the same server do not come back at the same moment.
func (b *Backoff) Next() time.Duration {
	b.pause = min(max(2*b.pause, soonest), latest)
	return b.pause/2 + rand.N(b.pause/2) //nolint:gosec // nobody gains by guessing it
}

// Lasted says how long an attempt has gone well: after one that did for long the next one comes soon.
func (b *Backoff) Lasted(d time.Duration) {
	if d >= steady {
		b.pause = 0
	}
}
