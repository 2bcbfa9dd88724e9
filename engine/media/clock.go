package media

import (
	"sync"
	"time"
)

const (
	// maxSlew is how fast a clock's error is taken out, in seconds a second: slowly enough for nobody to hear or see.
	maxSlew = 0.005
	// firstSlew is how fast that goes at first, until tracks that came apart are together: 200 ms in a second.
	firstSlew = 0.2
	// unheard is how far apart sound and pictures may be without anybody noticing.
	unheard = 10 * time.Millisecond
	// maxTrust is how far a sender's clock may be from the time at which its packets come.
	maxTrust = 500 * time.Millisecond
	// maxLate is how long packets may come later than maxTrust allows until their clock, and not the network, is blamed.
	maxLate = 2 * time.Second
	// maxBehind is how old a packet can be; an older one is not late but of a clock that was set back.
	maxBehind = 10 * time.Second
)

// Clock maps one sender's ticks to the timeline. Times follow the ticks; what sender reports or, if there are none, arrivals say about
// the sender's clock is worked in gradually, never in a step, and by reports faster at first; a report that comes before the first
// packet says when that one ought to have come. Only a clock that is more than half a second off is not
// believed: then time is counted anew from the arrival of the packet, never backwards. Safe for concurrent use.
type Clock struct {
	timeline *Timeline
	rate     int64

	mu       sync.Mutex
	wrap     unwrapper
	reports  estimator
	arrivals arrivals // what is gone by if there are no reports
	anchored bool
	origin   int64         // ticks at the anchor,
	base     time.Duration // and the time that they stand for
	shift    time.Duration // correction in force
	settled  bool          // it has once been what the reports ask for
	furthest int64         // highest ticks so far
	latest   time.Duration // highest time given out
	late     bool
	lateFrom time.Duration // arrival of the first of the late packets
	changes  uint64        // of the sender's wall clock, that ahead is of
	ahead    time.Duration // how much earlier reports would have come if they had been as quick as other tracks'
	transit  time.Duration // how long the quickest report seemed to be under way, of all tracks, when the clock began to settle
}

// Time maps the timestamp of a packet that arrived at the given moment. Timestamps may wrap around (RTP, FLV) and need
// not rise (B-frames, retransmissions).
func (c *Clock) Time(ticks uint32, arrival time.Time) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	x, now := c.wrap.next(ticks), c.timeline.At(arrival)
	if !c.anchored {
		c.anchor(x, c.first(x, now))
	}
	c.arrivals.add(now-c.nominal(x), now)
	c.slew(x)
	t := c.nominal(x) + c.shift
	if c.disbelieve(x, t, now) {
		c.anchor(x, max(now, c.latest))
		c.reports = estimator{}
		c.timeline.wall.forget(c)
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
	at := c.timeline.At(arrival)
	c.reports.add(c.wrap.peek(ticks), ntp, at)
	c.timeline.wall.hear(c, c.reports.delay-c.timeline.At(c.reports.origin), at)
}

// NTP is the sender's wall clock at a timestamp; false until there are enough sender reports.
func (c *Clock) NTP(ticks uint32) (time.Time, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.reports.ntp(c.wrap.peek(ticks))
}

func (c *Clock) anchor(x int64, t time.Duration) {
	c.anchored, c.origin, c.base, c.shift, c.furthest, c.late, c.settled = true, x, t, 0, x, false, false
	c.arrivals = arrivals{}
}

// first is the time of the first packet: when it came, or would have by what was reported before if it had been as quick as the
// report. An encoder's first picture is late, and sound is not.
func (c *Clock) first(x int64, now time.Duration) time.Duration {
	if t, ok := c.expected(x); ok && t >= 0 && t < now && now-t <= maxTrust {
		return t
	}
	return now
}

// expected is when a packet with ticks x would arrive if nothing held it up, by the reports of all tracks. While they are few, a clock
// that is told something else has to settle again.
func (c *Clock) expected(x int64) (time.Duration, bool) {
	t, ok := c.reports.expected(x, c.rate)
	if !ok {
		return 0, false
	}
	if changes := c.timeline.wall.changes.Load(); changes != c.changes {
		c.changes = changes
		c.ahead = c.timeline.wall.ahead(c)
		if transit := c.reports.delay - c.ahead; !c.reports.ready() && (transit-c.transit).Abs() > unheard {
			c.settled, c.transit = false, transit
		}
	}
	return t - c.ahead, true
}

// nominal is the time of x by the clock's rate alone.
func (c *Clock) nominal(x int64) time.Duration { return c.base + ticksToTime(x-c.origin, c.rate) }

// slew moves the correction towards what the reports ask for, by as much as the progress of the clock allows.
func (c *Clock) slew(x int64) {
	if x <= c.furthest {
		return
	}
	passed := float64(ticksToTime(x-c.furthest, c.rate))
	c.furthest = x
	target, ok := c.expected(x)
	if !ok {
		c.follow(passed)
		return
	}
	wrong, step := target-c.nominal(x)-c.shift, time.Duration(maxSlew*passed)
	if !c.settled && wrong.Abs() <= maxTrust {
		step = time.Duration(firstSlew * passed)
		c.settled = wrong.Abs() <= step
	} else if !c.reports.ready() {
		return // few reports are not believed whatever they say
	}
	c.shift += min(max(wrong, -step), step)
}

// follow moves the correction towards what arrivals ask for, by as much as the progress of the clock allows.
func (c *Clock) follow(passed float64) {
	target, ok := c.arrivals.shift()
	if wrong, step := target-c.shift, time.Duration(arrivalSlew*passed); ok && wrong.Abs() > unmoved {
		c.shift += min(max(wrong, -step), step)
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
