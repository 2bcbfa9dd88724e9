package send

import "time"

const (
	// leap is the most that a source's timestamps may be off when its numbers begin anew, to be thought to go on.
	leap = time.Second
	// leastStep is how much later a new stretch is than the one before at least.
	leastStep = 10 * time.Millisecond
)

// timing maps a source's timestamps to outgoing ones. It is made with a random shift (RFC 3550 5.1).
type timing struct {
	shift uint32
	rate  uint32 // ticks a second
	used  bool
	last  uint32    // highest timestamp that was given out,
	at    time.Time // and its moment
}

// begin starts a stretch with a packet of timestamp ts and moment at. It tells whether the shift has changed.
func (t *timing) begin(ts uint32, at time.Time, rate uint32) bool {
	if !t.used {
		t.used, t.rate = true, rate
		return true
	}
	want := t.last + ticks(max(at.Sub(t.at), leastStep), t.rate)
	off := int32(ts + t.shift - want)
	if rate == t.rate && int32(ts+t.shift-t.last) > 0 && off <= int32(ticks(leap, rate)) && -off <= int32(ticks(leap, rate)) {
		return false
	}
	t.rate = rate
	t.shift = want - ts
	return true
}

// out is the timestamp to send.
func (t *timing) out(ts uint32) uint32 { return ts + t.shift }

// note remembers what was sent last.
func (t *timing) note(out uint32, at time.Time) { t.last, t.at = out, at }

// now is the timestamp of a moment.
func (t *timing) now(moment time.Time) uint32 {
	d := moment.Sub(t.at)
	if d < 0 {
		return t.last - ticks(-d, t.rate)
	}
	return t.last + ticks(d, t.rate)
}

// ticks is a duration in ticks, which wrap around.
func ticks(d time.Duration, rate uint32) uint32 {
	return uint32(int64(d/time.Second)*int64(rate) + int64(d%time.Second)*int64(rate)/int64(time.Second))
}
