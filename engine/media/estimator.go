package media

import (
	"math"
	"time"
)

const (
	minReports = 4
	maxReports = 20
	// maxRejects is how many reports in a row must disagree with the line until it is the line that is wrong.
	maxRejects = 5
	// recent is of how long ago a report may be that says how quick the network is. The wall clock of a sender may drift as its ticks do,
	// and then the quickest report is the oldest one, or the newest, whatever the network does.
	recent = 40 * time.Second
	// minSigma keeps a line through perfect reports from rejecting the first good one; nobody hears ten milliseconds.
	minSigma = 10 * time.Millisecond / 3
)

// estimator fits a line through the latest sender reports: the sender's wall clock over its ticks. It also keeps how
// long reports were under way at the least, so that a tick's time of arrival on an idle network can be told.
type estimator struct {
	origin  time.Time // NTP time of the first report; the others are counted from it
	points  []point   // at most maxReports, oldest first
	rejects []point   // the latest ones, in a row, that were too far from the line

	meanX, meanY, slope, sigma float64 // y in nanoseconds
	delay                      time.Duration
}

// point is one sender report.
type point struct {
	x       int64         // unwrapped ticks
	y       time.Duration // NTP time since the origin
	arrival time.Duration // on the timeline
}

// add takes one more report. Reports that repeat the last one's ticks say nothing and are left out.
func (e *estimator) add(x int64, ntp time.Time, arrival time.Duration) {
	if e.origin.IsZero() {
		e.origin = ntp
	}
	p := point{x: x, y: ntp.Sub(e.origin), arrival: arrival}
	if n := len(e.points); n > 0 && e.points[n-1].x == x {
		return
	}
	if e.ready() && math.Abs(float64(p.y)-e.line(x)) > 3*e.sigma {
		e.rejects = append(e.rejects, p)
		if len(e.rejects) < maxRejects {
			return
		}
		e.points, e.rejects = e.rejects, nil // the sender's clock was set: begin again from what it says now
	} else {
		e.points, e.rejects = append(e.points, p), nil
	}
	if len(e.points) > maxReports {
		e.points = e.points[len(e.points)-maxReports:]
	}
	e.fit()
}

// ready tells whether there are enough reports to say anything.
func (e *estimator) ready() bool { return len(e.points) >= minReports }

// line is the sender's wall clock at x, in nanoseconds since the origin.
func (e *estimator) line(x int64) float64 { return e.meanY + e.slope*(float64(x)-e.meanX) }

// ntp is the sender's wall clock at x.
func (e *estimator) ntp(x int64) (time.Time, bool) {
	if !e.ready() {
		return time.Time{}, false
	}
	return e.origin.Add(time.Duration(e.line(x))), true
}

// expected is when a packet with ticks x would arrive, on the timeline, if nothing held it up. As long as there are too few reports for
// a line, the clock is taken to be as fast as it should be.
func (e *estimator) expected(x, rate int64) (time.Duration, bool) {
	switch {
	case e.ready():
		return time.Duration(e.line(x)) + e.delay, true
	case len(e.points) == 0:
		return 0, false
	}
	last := e.points[len(e.points)-1]
	return last.y + ticksToTime(x-last.x, rate) + e.delay, true
}

// fit is ordinary least squares, centred so that large ticks lose no precision.
func (e *estimator) fit() {
	n := float64(len(e.points))
	e.meanX, e.meanY, e.delay = 0, 0, math.MaxInt64
	for _, p := range e.points {
		e.meanX += float64(p.x) / n
		e.meanY += float64(p.y) / n
		if e.points[len(e.points)-1].arrival-p.arrival <= recent {
			e.delay = min(e.delay, p.arrival-p.y)
		}
	}
	var xx, xy float64
	for _, p := range e.points {
		dx := float64(p.x) - e.meanX
		xx += dx * dx
		xy += dx * (float64(p.y) - e.meanY)
	}
	e.slope = 0
	if xx > 0 {
		e.slope = xy / xx
	}
	var residual float64
	for _, p := range e.points {
		d := float64(p.y) - e.line(p.x)
		residual += d * d
	}
	e.sigma = max(math.Sqrt(residual/n), float64(minSigma))
}
