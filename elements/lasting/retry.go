package lasting

import (
	"context"

	"sluice/engine/element"
)

// Retry does something again and again until ctx is done: soon when it has worked for long, and later and later when not.
func Retry(ctx context.Context, clock element.Clock, do func(ctx context.Context)) {
	var wait Backoff
	for ctx.Err() == nil {
		began := clock.Now()
		do(ctx)
		wait.Lasted(clock.Now().Sub(began))
		select {
		case <-ctx.Done():
		case <-clock.After(wait.Next()):
		}
	}
}
