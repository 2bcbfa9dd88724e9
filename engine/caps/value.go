package caps

import (
	"fmt"
	"math/bits"
	"strconv"
)

// value is what a field holds: a single value, or a set of them (list, range), or an array.
type value interface {
	// base is GStreamer's name for the type of a single value: "int" for an int, a range of int and a list of int.
	// It is empty for lists and arrays that are empty or of mixed types.
	base() string
	// text is the value as it is written, without the type in front.
	text() string
}

// compound is a value that knows how to meet others. Meeting is symmetric.
type compound interface {
	value
	meet(other value) (value, bool)
}

type (
	integer struct {
		typ string // int, uint or gint64
		n   int64
	}
	decimal struct {
		typ string // float or double
		f   float64
	}
	boolean bool
	text    string
	// opaque is a single value of a type that is only ever compared: bitmask, date, an enum of some plugin.
	opaque struct{ typ, s string }
)

// Fraction is a fraction in lowest terms with a positive denominator, as frame rates and aspect ratios are.
type Fraction struct{ Num, Den int32 }

// String is "30000/1001".
func (f Fraction) String() string { return f.text() }

func (v integer) base() string  { return v.typ }
func (v decimal) base() string  { return v.typ }
func (v boolean) base() string  { return "boolean" }
func (v text) base() string     { return "string" }
func (v opaque) base() string   { return v.typ }
func (f Fraction) base() string { return "fraction" }

func (v integer) text() string  { return strconv.FormatInt(v.n, 10) }
func (v boolean) text() string  { return strconv.FormatBool(bool(v)) }
func (v text) text() string     { return quote(string(v)) }
func (v opaque) text() string   { return quote(v.s) }
func (f Fraction) text() string { return fmt.Sprintf("%d/%d", f.Num, f.Den) }

func (v decimal) text() string { return formatDecimal(v.f, v.typ) }

func formatDecimal(f float64, typ string) string {
	size := 64
	if typ == "float" {
		size = 32
	}
	return strconv.FormatFloat(f, 'g', -1, size)
}

// newFraction reduces. ok is false for a denominator of zero and for what does not fit in 32 bits.
func newFraction(num, den int64) (f Fraction, ok bool) {
	if den == 0 || num != int64(int32(num)) || den != int64(int32(den)) {
		return f, false
	}
	if den < 0 {
		num, den = -num, -den
	}
	if d := gcd(num, den); d > 1 {
		num, den = num/d, den/d
	}
	if num != int64(int32(num)) || den != int64(int32(den)) {
		return f, false
	}
	return Fraction{int32(num), int32(den)}, true
}

func (f Fraction) less(g Fraction) bool {
	return int64(f.Num)*int64(g.Den) < int64(g.Num)*int64(f.Den)
}

func gcd(a, b int64) int64 {
	if a < 0 {
		a = -a
	}
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// lcm is the least common multiple of two positive numbers; ok is false if it does not fit.
func lcm(a, b int64) (n int64, ok bool) {
	hi, lo := bits.Mul64(uint64(a/gcd(a, b)), uint64(b))
	return int64(lo), hi == 0 && int64(lo) > 0
}

// typed is the value with its type in front: "(int)5".
func typed(v value) string {
	if v.base() == "" {
		return v.text()
	}
	return "(" + v.base() + ")" + v.text()
}

// plain turns a single value into the Go value that Get hands out.
func plain(v value) (any, bool) {
	switch v := v.(type) {
	case integer:
		return v.n, true
	case decimal:
		return v.f, true
	case boolean:
		return bool(v), true
	case text:
		return string(v), true
	case Fraction:
		return v, true
	case opaque:
		return v.s, true
	}
	return nil, false
}
