package send

import (
	"encoding/binary"
	"errors"
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

	wide             bool // there is transport-wide feedback
	packets, missing int  // by it, since the last step
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
	if !q.wide && (k == media.Video || len(q.reports) == 1) {
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

// arrived takes transport-wide feedback on so many packets, some of which are missing.
func (q *quality) arrived(packets, missing int, now time.Time, bytes uint64) {
	q.wide = true
	q.packets += packets
	q.missing += missing
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

var errShort = errors.New("transport-wide feedback ends too early")

// arrivals counts the packets that transport-wide feedback is about, and those of them that did not arrive
// (draft-holmer-rmcat-transport-wide-cc-extensions-01 3.1).
func arrivals(b []byte) (packets, missing int, ok bool) {
	const base = 20 // header, SSRCs, first number, count, reference time
	if len(b) < base {
		return 0, 0, false
	}
	packets = int(binary.BigEndian.Uint16(b[14:]))
	left := packets
	for b = b[base:]; left > 0; b = b[2:] {
		if len(b) < 2 {
			return 0, 0, false
		}
		n, lost := chunk(binary.BigEndian.Uint16(b), left)
		left -= n
		missing += lost
	}
	return packets, missing, true
}

// chunk is how many packets a status chunk is about, of those that are left, and how many of them are missing.
func chunk(c uint16, left int) (packets, missing int) {
	if c>>15 == 0 { // a run of one status
		packets = min(int(c&0x1FFF), left)
		if c>>13 == 0 {
			missing = packets
		}
		return packets, missing
	}
	width, packets := 1, 14
	if c>>14&1 == 1 {
		width, packets = 2, 7
	}
	packets = min(packets, left)
	for i := range packets {
		if c>>(14-width-i*width)&(1<<width-1) == 0 {
			missing++
		}
	}
	return packets, missing
}
