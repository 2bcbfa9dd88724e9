// Package allowance bounds what one client may have passed on to others, by number and by bytes: what costs the client little
// costs the server, and whoever is told, much. It passes nothing on itself, and does not know what is.
package allowance

import (
	"time"

	"sluice/engine/fault"
)

// What a client may say a second if nothing else is set.
const (
	Events = 100
	Bytes  = 256 << 10
)

// Allowance is how much one client may say. It holds what may be said at once, twice the events and four times the bytes of a
// second. Not safe for concurrent use.
type Allowance struct {
	events, bytes int // a second
	last          time.Time
	left          struct{ events, bytes float64 }
}

// New makes an allowance that is full: of so many events a second over a longer time, with so many bytes; 0: Events, Bytes.
func New(events, bytes int) Allowance {
	if events <= 0 {
		events = Events
	}
	if bytes <= 0 {
		bytes = Bytes
	}
	a := Allowance{events: events, bytes: bytes}
	a.left.events, a.left.bytes = a.full()
	return a
}

func (a *Allowance) full() (events, bytes float64) {
	return 2 * float64(a.events), 4 * float64(a.bytes)
}

// Take takes an event of so many bytes. One that is too much is fault.Overloaded, and takes nothing.
func (a *Allowance) Take(bytes int, now time.Time) error {
	events, most := a.full()
	if !a.last.IsZero() {
		passed := now.Sub(a.last).Seconds()
		a.left.events = min(events, a.left.events+passed*float64(a.events))
		a.left.bytes = min(most, a.left.bytes+passed*float64(a.bytes))
	}
	a.last = now
	if a.left.events < 1 || a.left.bytes < float64(bytes) {
		return fault.New(fault.Overloaded, "", "it is not passed on: too much is said").
			Advise("at most %d events and %d bytes a second", a.events, a.bytes)
	}
	a.left.events--
	a.left.bytes -= float64(bytes)
	return nil
}
