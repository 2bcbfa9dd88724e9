package packager

import (
	"time"

	"sluice/engine/media"
)

// lead is how much later than those of units the times of media are, so that a stream's first pictures, which may be decoded
// before time 0, have times that can be written.
const lead = 10 * time.Second

// maxUnit bounds a unit in bytes.
const maxUnit = 16 << 20

// sample is a picture, or a frame of sound, as it will be written. It refers to the unit's memory.
type sample struct {
	pts, dts time.Duration // with lead
	end      time.Duration // when the next one is decoded
	ntp      time.Time
	key      bool     // decoding can begin here
	fresh    bool     // what decoders must know before it is new
	au       [][]byte // what is written of the unit
	size     int      // of that, in bytes
	filler   bool     // silence that nobody sent

	at    int64  // of sound: the time in ticks of its rate
	ticks uint32 // of sound: how long it lasts
}

// ticks are those of a clock of a rate, rounded down.
func ticks(d time.Duration, rate int64) int64 {
	whole := int64(d / time.Second)
	return whole*rate + int64(d%time.Second)*rate/int64(time.Second)
}

// span is how long some ticks last.
func span(ticks, rate int64) time.Duration {
	return time.Duration(ticks/rate)*time.Second + time.Duration(ticks%rate)*time.Second/time.Duration(rate)
}

// intake makes the samples of one track from its units, and says what its decoders must know.
type intake interface {
	// take appends the samples of a unit. What cannot be used is fault.MediaCorrupt.
	take(dst []sample, u *media.Unit) ([]sample, error)
	// entry describes the track as it is now; false if that is not known yet.
	entry() (entry, bool)
	// reset forgets what was before an interruption.
	reset()
}
