package media

import (
	"sync"
	"time"
)

const (
	// maxSlew is how fast a clock's error is taken out, in seconds a second: slowly enough for nobody to hear or see.
	maxSlew = 0.005
	// maxTrust is how far a sender's clock may be from the time at which its packets come.
	maxTrust = 500 * time.Millisecond
	// maxLate is how long packets may come later than maxTrust allows until their clock, and not the network, is blamed.
	maxLate = 2 * time.Second
	// maxBehind is how old a packet can be; an older one is not late but of a clock that was set back.
	maxBehind = 10 * time.Second
)

// Clock maps one sender's ticks to the timeline. Times follow the ticks; what sender reports and arrivals say about the
// sender's clock is worked in gradually, never in a step. Only a clock that is more than half a second off is not
// believed: then time is counted anew from the arrival of the packet, never backwards. Safe for concurrent use.
type Clock struct {
	timeline *Timeline
	rate     int64

	mu       sync.Mutex
	wrap     unwrapper
	reports  estimator
	anchored bool
	origin   int64         // ticks at the anchor,
	base     time.Duration // and the time that they stand for
	shift    time.Duration // correction in force
	furthest int64         // highest ticks so far
	latest   time.Duration // highest time given out
	late     bool
	lateFrom time.Duration // arrival of the first of the late packets
}

// Time maps the timestamp of a packet that arrived at the given moment. Timestamps may wrap around (RTP, FLV) and need
// not rise (B-frames, retransmissions).
func (c *Clock) Time(ticks uint32, arrival time.Time) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	x, now := c.wrap.next(ticks), c.timeline.At(arrival)
	if !c.anchored {
		c.anchor(x, now)
	}
	c.slew(x)
	t := c.nominal(x) + c.shift
	if c.disbelieve(x, t, now) {
		c.anchor(x, max(now, c.latest))
		c.reports = estimator{}
		t = c.base
	}
	c.latest = max(c.latest, t)
	return t
}

// Report takes an RTCP sender report: its RTP timestamp and NTP time, and when it arrived. A zero NTP time, of senders
// that have no wall clock (RFC 3550 6.4.1), says nothing.
func (c *Clock) Report(ticks uint32, ntp, arrival time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if ntp.IsZero() {
		return
	}
	if !c.wrap.seen {
		c.wrap.next(ticks)
	}
	c.reports.add(c.wrap.peek(ticks), ntp, c.timeline.At(arrival))
}

// NTP is the sender's wall clock at a timestamp; false until there are enough sender reports.
func (c *Clock) NTP(ticks uint32) (time.Time, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.reports.ntp(c.wrap.peek(ticks))
}

func (c *Clock) anchor(x int64, t time.Duration) {
	c.anchored, c.origin, c.base, c.shift, c.furthest, c.late = true, x, t, 0, x, false
}

// nominal is the time of x by the clock's rate alone.
func (c *Clock) nominal(x int64) time.Duration { return c.base + ticksToTime(x-c.origin, c.rate) }

// slew moves the correction towards what the reports ask for, by as much as the progress of the clock allows.
func (c *Clock) slew(x int64) {
	if x <= c.furthest {
		return
	}
	step := time.Duration(maxSlew * float64(ticksToTime(x-c.furthest, c.rate)))
	c.furthest = x
	if target, ok := c.reports.arrival(x); ok {
		c.shift += min(max(target-c.nominal(x)-c.shift, -step), step)
	}
}

// disbelieve tells whether time t for x cannot be right for a packet that arrives now. From the future no packet can
// come. A late one may have been held up on its way, so lateness must last before the clock is blamed for it.
func (c *Clock) disbelieve(x int64, t, now time.Duration) bool {
	switch {
	case t-now > maxTrust, ticksToTime(c.furthest-x, c.rate) > maxBehind:
		return true
	case now-t <= maxTrust:
		c.late = false
	case !c.late:
		c.late, c.lateFrom = true, now
	case now-c.lateFrom > maxLate:
		return true
	}
	return false
}

// ticksToTime splits whole seconds off first: ticks times nanoseconds would overflow after a day at 90 kHz.
func ticksToTime(ticks, rate int64) time.Duration {
	return time.Duration(ticks/rate)*time.Second + time.Duration(ticks%rate*int64(time.Second)/rate)
}
