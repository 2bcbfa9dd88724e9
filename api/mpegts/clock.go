package mpegts

import "time"

// Delay is how much later than a unit's own times those in the transport stream are: the program clock reference shows the
// unit's decoding time when it is sent, and decoders have this long until they need it. So sound may be sent this much
// behind its pictures, and the clock of a stream that begins at 0 is never negative.
const Delay = 200 * time.Millisecond

// maxTicks is the greatest time that fits, all 33 bits.
const maxTicks = 1<<33 - 1

// ticks are those of a clock of 90 kHz, rounded down, without limit.
func ticks(d time.Duration) int64 {
	const step = 100 * time.Microsecond // 9 ticks
	whole := d / step
	return int64(whole)*9 + int64(d-whole*step)*9/int64(step)
}
