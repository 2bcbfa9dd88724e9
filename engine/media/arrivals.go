package media

import "time"

const (
	// watched is for how long the quickest packet is looked for before it says anything. Two such times in a row are looked at, as
	// a network that is jammed for a few seconds is no clock.
	watched = 5 * time.Second
	// arrivalSlew is how fast a clock is corrected by arrivals alone, in seconds a second: twice what a clock is off by at the worst, and so
	// little that a jam of half a minute does hardly anything.
	arrivalSlew = 0.001
	// unmoved is what arrivals are not believed about: a busy machine makes as much.
	unmoved = 10 * time.Millisecond
)

// arrivals watches by how much packets are late at the least, by a clock that nobody corrects. Where a sender reports nothing, as over
// RTMP, only that tells of its clock: if even the quickest packets come later and later, it is slow.
type arrivals struct {
	begun   bool
	since   time.Duration // arrival at which the watch began
	now     time.Duration // least lateness in it
	before  time.Duration // in the one before
	first   time.Duration // in the first one
	watches int           // that are over
}

// add takes a packet's lateness, and when it arrived.
func (a *arrivals) add(late, at time.Duration) {
	if !a.begun {
		a.begun, a.since, a.now = true, at, late
		return
	}
	if at-a.since < watched {
		a.now = min(a.now, late)
		return
	}
	if a.watches == 0 {
		a.first = a.now
	}
	a.watches++
	a.before, a.now, a.since = a.now, late, at
}

// shift is by how much later packets come now than they did at first; false as long as that cannot be told.
func (a *arrivals) shift() (time.Duration, bool) {
	return min(a.before, a.now) - a.first, a.watches > 1
}
