package caps

import (
	"fmt"
	"math"
)

// integers is the range [ min, max ] of the multiples of step. min and max are multiples themselves, and min < max.
type integers struct {
	typ            string // int or gint64
	min, max, step int64
}

// decimals is a range of doubles, min < max.
type decimals struct{ min, max float64 }

// fractions is a range of fractions, min < max.
type fractions struct{ min, max Fraction }

func (r integers) base() string  { return r.typ }
func (r decimals) base() string  { return "double" }
func (r fractions) base() string { return "fraction" }

func (r integers) text() string {
	if r.step != 1 {
		return fmt.Sprintf("[ %d, %d, %d ]", r.min, r.max, r.step)
	}
	return fmt.Sprintf("[ %d, %d ]", r.min, r.max)
}

func (r decimals) text() string {
	return "[ " + formatDecimal(r.min, "double") + ", " + formatDecimal(r.max, "double") + " ]"
}

func (r fractions) text() string { return "[ " + r.min.text() + ", " + r.max.text() + " ]" }

func (r integers) meet(other value) (value, bool) {
	switch o := other.(type) {
	case integer:
		return o, o.typ == r.typ && o.n >= r.min && o.n <= r.max && o.n%r.step == 0
	case integers:
		step, ok := lcm(r.step, o.step)
		if !ok || o.typ != r.typ {
			return nil, false
		}
		low, fits := alignUp(max(r.min, o.min), step)
		high, fits2 := alignDown(min(r.max, o.max), step)
		if low == high {
			return integer{r.typ, low}, fits && fits2
		}
		return integers{r.typ, low, high, step}, fits && fits2 && low < high
	}
	return nil, false
}

// alignUp is the least multiple of step that is not below n; ok is false if there is none that fits.
func alignUp(n, step int64) (m int64, ok bool) {
	if over := modulo(n, step); over > 0 {
		return n + (step - over), n <= math.MaxInt64-(step-over)
	}
	return n, true
}

// alignDown is the greatest multiple of step that is not above n; ok is false if there is none that fits.
func alignDown(n, step int64) (m int64, ok bool) {
	over := modulo(n, step)
	return n - over, n >= math.MinInt64+over
}

func modulo(n, step int64) int64 {
	if m := n % step; m < 0 {
		return m + step
	}
	return n % step
}

func (r decimals) meet(other value) (value, bool) {
	switch o := other.(type) {
	case decimal:
		return o, o.typ == "double" && o.f >= r.min && o.f <= r.max
	case decimals:
		low, high := max(r.min, o.min), min(r.max, o.max)
		if low == high {
			return decimal{"double", low}, true
		}
		return decimals{low, high}, low < high
	}
	return nil, false
}

func (r fractions) meet(other value) (value, bool) {
	switch o := other.(type) {
	case Fraction:
		return o, !o.less(r.min) && !r.max.less(o)
	case fractions:
		low, high := r.min, r.max
		if low.less(o.min) {
			low = o.min
		}
		if o.max.less(high) {
			high = o.max
		}
		if low == high {
			return low, true
		}
		return fractions{low, high}, low.less(high)
	}
	return nil, false
}
