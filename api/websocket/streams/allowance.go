package streams

import (
	"time"

	"sluice/engine/fault"
)

// allowance is how much one client may say of its streams: every event goes to all players, so that what costs the client
// little costs the server much. It holds what may be said at once, twice the events and four times the bytes of a second.
type allowance struct {
	events, bytes int // a second
	last          time.Time
	left          struct{ events, bytes float64 }
}

func newAllowance(events, bytes int) allowance {
	a := allowance{events: events, bytes: bytes}
	a.left.events, a.left.bytes = a.full()
	return a
}

func (a *allowance) full() (events, bytes float64) {
	return 2 * float64(a.events), 4 * float64(a.bytes)
}

// take takes an event of so many bytes. One that is too much is fault.Overloaded, and takes nothing.
func (a *allowance) take(bytes int, now time.Time) error {
	events, most := a.full()
	if !a.last.IsZero() {
		passed := now.Sub(a.last).Seconds()
		a.left.events = min(events, a.left.events+passed*float64(a.events))
		a.left.bytes = min(most, a.left.bytes+passed*float64(a.bytes))
	}
	a.last = now
	if a.left.events < 1 || a.left.bytes < float64(bytes) {
		return fault.New(fault.Overloaded, "", "the event is not passed on: too much is said of streams").
			Advise("at most %d events and %d bytes a second", a.events, a.bytes)
	}
	a.left.events--
	a.left.bytes -= float64(bytes)
	return nil
}
