package rtmp

import (
	"context"
	"math/rand/v2"
	"time"

	"sluice/engine/element"
)

// Between attempts to connect anew.
const (
	soonest = time.Second
	latest  = 30 * time.Second
	steady  = time.Minute // a connection that lasted this long was a good one
)

// retry does something again and again until ctx is done: at once when it has worked for long, and later and later when not.
func retry(ctx context.Context, clock element.Clock, do func(ctx context.Context)) {
	pause := soonest
	for ctx.Err() == nil {
		began := clock.Now()
		do(ctx)
		if clock.Now().Sub(began) >= steady {
			pause = soonest
		}
		// Many that lost the same server do not come back at the same moment.
		wait := pause/2 + rand.N(pause) //nolint:gosec // nobody gains by guessing it
		select {
		case <-ctx.Done():
		case <-clock.After(wait):
		}
		pause = min(2*pause, latest)
	}
}
