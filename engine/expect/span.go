package expect

import (
	"math"
	"strings"
	"time"

	"sluice/engine/spec"
	"sluice/engine/value"
)

// Span is a range of quantities, both ends in it. Durations are counted in nanoseconds, everything else in its own unit:
// bytes, bits a second, frames, frames a second. The zero Span holds only for 0.
type Span struct{ Low, High float64 }

// Everything is the span in which all quantities are.
func Everything() Span { return Span{math.Inf(-1), math.Inf(1)} }

// Holds tells whether a quantity is in the span.
func (s Span) Holds(v float64) bool { return s.Low <= v && v <= s.High }

// Has is Holds for a time.
func (s Span) Has(t time.Duration) bool { return s.Holds(float64(t)) }

// about makes room around a single value; a range is as wide as its writer wants it.
func (s Span) about(room float64) Span {
	if s.Low == s.High {
		return Span{s.Low - room, s.High + room}
	}
	return s
}

// span reads a value or a range such as 45..55, open at either end.
func (r *reader) span(e spec.Entry, t value.Type) (Check, bool) {
	s, ok := parseSpan(e.Value, t)
	if !ok {
		example := map[value.Type]string{
			value.Int: "45..55", value.Duration: "1.8s..2.2s", value.Bytes: "10k..", value.Bitrate: "60k..70k", value.Fraction: "24..26",
		}[t]
		r.tell(e.Value.Pos, CodeBad, "%q is %s or a range of two; this is %q", e.Key.Text, noun(t), short(shown(e.Value))).
			Advise("as in %s; either end may be left out", example)
	}
	return Check{Pos: e.Key.Pos, Key: e.Key.Text, Text: shown(e.Value), Span: s}, ok
}

func noun(t value.Type) string {
	return map[value.Type]string{
		value.Int: "a number", value.Duration: "a duration", value.Bytes: "an amount of bytes", value.Bitrate: "a bit rate",
		value.Fraction: "a number of frames a second",
	}[t]
}

// parseSpan reads what span takes.
func parseSpan(v spec.Value, t value.Type) (Span, bool) {
	if v.Kind >= spec.List {
		return Span{}, false
	}
	least, most, two := strings.Cut(v.Text, "..")
	if !two {
		n, ok := quantity(least, t)
		return Span{n, n}, ok
	}
	s := Everything()
	if least == "" && most == "" {
		return s, false
	}
	ok := true
	if least != "" {
		s.Low, ok = quantity(least, t)
	}
	if most != "" && ok {
		s.High, ok = quantity(most, t)
	}
	return s, ok && s.Low <= s.High
}

// quantity reads one end. None of what can be expected is ever less than nothing.
func quantity(text string, t value.Type) (float64, bool) {
	v, err := value.Constraint{Type: t}.Parse(text)
	if err != nil {
		return 0, false
	}
	n := math.NaN()
	switch v := v.(type) {
	case int64:
		n = float64(v)
	case time.Duration:
		n = float64(v)
	case value.Bits:
		n = float64(v)
	case value.Octets:
		n = float64(v)
	case value.Ratio:
		n = float64(v.Num) / float64(v.Den)
	}
	return n, n >= 0
}
