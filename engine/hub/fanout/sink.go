package fanout

import "time"

// Sink takes what a reader reads. It is called from one writer loop, never twice at a time.
type Sink[T any] interface {
	// Push hands over items of one track in their order, all that there are now. It must not wait: it takes what it can
	// and says how many that were. What it does not take is offered again, before later items, when those come or after
	// Reader.Wake. The items are shared and must not be changed; the slice is the caller's again on return.
	Push(track int, items []*T) int
}

// Clock tells time, so that tests can.
type Clock interface {
	Now() time.Time
	After(d time.Duration) <-chan time.Time
}
