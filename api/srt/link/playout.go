package link

import "time"

// playout says when a packet is due: when it was sent by its sender's clock, which it follows, and the latency later (4.5).
type playout struct {
	base    time.Time // when the sender's clock was 0
	latency time.Duration

	last  uint32 // the greatest time so far
	wraps int64  // in microseconds
	begun bool

	since time.Time     // when the window began
	least time.Duration // in it, that packets took longer than the quickest of the first window
	ref   time.Duration
	known bool
}

const (
	// drifts is how long packets are watched for the clock's drift, and step how much of it is made good then at most.
	drifts = 5 * time.Second
	step   = 2 * time.Millisecond
)

// sync says that the sender's clock shows ticks now.
func (p *playout) sync(ticks uint32, now time.Time) {
	p.base, p.last, p.begun = now.Add(-time.Duration(ticks)*time.Microsecond), ticks, true
}

// due is when a packet of that time is.
func (p *playout) due(ticks uint32, now time.Time, again bool) time.Time {
	ahead := int64(int32(ticks - p.last)) // the clock begins anew after 71 minutes
	at := p.wraps + int64(p.last) + ahead
	if ahead > 0 {
		if ticks < p.last {
			p.wraps += 1 << 32
		}
		p.last = ticks
	}
	sent := p.base.Add(time.Duration(at) * time.Microsecond)
	if !again {
		p.watch(now.Sub(sent), now)
	}
	return sent.Add(p.latency)
}

// watch notes how long a packet took: if even the quickest take longer and longer, the clocks run apart.
func (p *playout) watch(took time.Duration, now time.Time) {
	if p.since.IsZero() {
		p.since, p.least = now, took
	}
	p.least = min(p.least, took)
	if now.Sub(p.since) < drifts {
		return
	}
	if !p.known {
		p.ref, p.known = p.least, true
	}
	shift := min(max(p.least-p.ref, -step), step)
	p.base = p.base.Add(shift)
	p.since, p.least = now, took-shift
}
