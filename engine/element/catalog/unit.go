package catalog

import (
	"regexp"

	"sluice/engine/value"
)

// Units guesses from a property's description what its number counts. Make one with NewUnits; it is safe for
// concurrent use.
type Units struct{ words []word }

type word struct {
	unit value.Unit
	says *regexp.Regexp
}

// NewUnits knows the ways in which GStreamer 1.22 writes units. A rate of bytes or frames a second is none of ours, so
// seconds count only behind "in", "of" or a bracket, and bytes only where no "per" follows.
func NewUnits() Units {
	return Units{[]word{
		{value.UnitNanosecond, regexp.MustCompile(`(?i)\b(ns|nano-?seconds?)\b`)},
		{value.UnitMicrosecond, regexp.MustCompile(`(?i)\b(us|usec|micro-?seconds?)\b`)},
		{value.UnitMillisecond, regexp.MustCompile(`(?i)\b(ms|msec|milli-?seconds?)\b`)},
		{value.UnitSecond, regexp.MustCompile(`(?i)\b(in |of |\()seconds\b`)},
		{value.UnitKilobit, regexp.MustCompile(`(?i)\b(kbit/s|kbit/sec|kbps|kilobits?( to let through)? per second)\b`)},
		{value.UnitBit, regexp.MustCompile(`(?i)\b(bits/s|bits/sec|bits/second|bits per second|bps)\b`)},
		{value.UnitByte, regexp.MustCompile(`(?i)(\b(in|of) |\()bytes( *[,.;()]|$| (to|that|at|for|skipped|in|or)\b)`)},
	}}
}

// Of answers only where the words leave no doubt; UnitNone where they name no unit or several.
func (u Units) Of(blurb string) value.Unit {
	found := value.UnitNone
	for _, w := range u.words {
		if !w.says.MatchString(blurb) {
			continue
		}
		if found != value.UnitNone {
			return value.UnitNone
		}
		found = w.unit
	}
	return found
}
