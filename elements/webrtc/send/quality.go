package send

import (
	"time"

	"github.com/pion/rtcp"

	"sluice/engine/media"
)

const (
	// fewLost and manyLost are where the loss-based controller of draft-ietf-rmcat-gcc-02 6 raises and cuts its estimate.
	fewLost  = 0.02
	manyLost = 0.1
	// headroom is how much more than what was sent a way is thought to carry at most.
	headroom = 1.5
	// period is the least time between two steps of the estimate.
	period = 500 * time.Millisecond
	// maxEstimate bounds what a receiver can claim.
	maxEstimate = 1e12
	// maxRTT is what no round trip takes: a larger one is a report that was made up.
	maxRTT = time.Minute
)

// quality is what the receiver says of the way to it. The sender's lock guards it.
type quality struct {
	rtt      time.Duration // smoothed
	reports  map[media.Kind]report
	remb     float64 // what the receiver estimates, in bits a second
	estimate float64 // what the losses allow

	since time.Time // of the last step,
	bytes uint64    // and what had been sent then

	packets, missing int // by transport-wide feedback, since the last step
}

// report is what the last reception report of a track said.
type report struct {
	lost     uint32
	fraction float64
}

// report takes a reception report that came now, when so many bytes had been sent.
func (q *quality) report(k media.Kind, r rtcp.ReceptionReport, now time.Time, bytes uint64) {
	q.trip(r, now)
	if q.reports == nil {
		q.reports = map[media.Kind]report{}
	}
	lost := r.TotalLost
	if lost >= 1<<23 { // it is signed, and less than nothing is lost when packets come twice
		lost = 0
	}
	q.reports[k] = report{lost, float64(r.FractionLost) / 256}
	if q.packets == 0 && q.main() == q.reports[k] {
		q.step(float64(r.FractionLost)/256, now, bytes)
	}
}

// trip learns the round-trip time (RFC 3550 6.4.1).
func (q *quality) trip(r rtcp.ReceptionReport, now time.Time) {
	if r.LastSenderReport == 0 {
		return
	}
	units := uint32(ntp(now)>>16) - r.LastSenderReport - r.Delay
	rtt := time.Duration(units) * time.Second >> 16
	switch {
	case rtt <= 0 || rtt > maxRTT:
	case q.rtt == 0:
		q.rtt = rtt
	default:
		q.rtt += (rtt - q.rtt) / 8
	}
}

// arrived takes transport-wide feedback.
func (q *quality) arrived(f *rtcp.TransportLayerCC, now time.Time, bytes uint64) {
	q.packets += int(f.PacketStatusCount)
	q.missing += max(int(f.PacketStatusCount)-len(f.RecvDeltas), 0)
	if q.step(float64(q.missing)/float64(max(q.packets, 1)), now, bytes) {
		q.packets, q.missing = 0, 0
	}
}

// step moves the estimate by the losses, not too often.
func (q *quality) step(lost float64, now time.Time, bytes uint64) bool {
	passed := now.Sub(q.since)
	if !q.since.IsZero() && passed < period {
		return false
	}
	rate := float64(bytes-q.bytes) * 8 / passed.Seconds()
	first := q.since.IsZero()
	q.since, q.bytes = now, bytes
	switch {
	case first:
	case lost > manyLost:
		q.estimate = max(q.estimate, rate) * (1 - lost/2)
	case lost < fewLost:
		q.estimate = max(q.estimate, rate, min(q.estimate*1.05, rate*headroom))
	}
	return true
}

// main is the report on video, or else the one on audio.
func (q *quality) main() report {
	if r, ok := q.reports[media.Video]; ok {
		return r
	}
	return q.reports[media.Audio]
}

// tell fills in what is known.
func (q *quality) tell(c *Counts) {
	c.RTT, c.FractionLost = q.rtt, q.main().fraction
	for _, r := range q.reports {
		c.Lost += uint64(r.lost)
	}
	estimate := q.estimate
	if q.remb > 0 && (q.main().fraction < fewLost || q.remb < estimate || estimate == 0) {
		estimate = q.remb
	}
	c.Estimate = int(min(estimate, maxEstimate))
}
