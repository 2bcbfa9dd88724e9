package fanout

import "time"

// pace says how much of what came before a reader it may have by now.
type pace struct {
	rate  float64       // seconds of media a second
	began time.Time     // when the reader began,
	first time.Duration // and the time of the first item that it gets
}

// until is the time up to which items may be handed over at the moment now.
func (p pace) until(now time.Time) time.Duration {
	return p.first + time.Duration(p.rate*float64(now.Sub(p.began)))
}

// due is the moment at which an item of time at may be handed over.
func (p pace) due(at time.Duration) time.Time {
	return p.began.Add(time.Duration(float64(at-p.first)/p.rate) + 1) // rounded up, or it would not be due yet when it is
}
