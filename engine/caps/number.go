package caps

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// parseDigits reads a whole number as C's strtoull does with base 0: a sign, then 0x and hexadecimal, 0 and octal, or
// decimal digits. Numbers beyond 64 bits come back as the greatest there is.
func parseDigits(s string) (negative bool, n uint64, ok bool) {
	switch {
	case strings.HasPrefix(s, "-"):
		negative, s = true, s[1:]
	case strings.HasPrefix(s, "+"):
		s = s[1:]
	}
	base := 10
	switch {
	case len(s) > 2 && (s[:2] == "0x" || s[:2] == "0X"):
		base, s = 16, s[2:]
	case len(s) > 1 && s[0] == '0':
		base, s = 8, s[1:]
	}
	if strings.ContainsAny(s, "+-_") {
		return false, 0, false
	}
	n, err := strconv.ParseUint(s, base, 64)
	if err != nil && n != math.MaxUint64 {
		return false, 0, false
	}
	return negative, n, true
}

// intWord reads the names GStreamer has for the ends of an int's range.
func intWord(s string) (int64, bool) {
	switch strings.ToLower(s) {
	case "max":
		return math.MaxInt32, true
	case "min":
		return math.MinInt32, true
	}
	return 0, false
}

// parseInteger refuses what does not fit. GStreamer 1.22 wraps it around instead: (int)4294967295 is -1.
func parseInteger(typ, s string) (value, string) {
	var low, high int64 = math.MinInt32, math.MaxInt32
	switch typ {
	case "uint":
		low, high = 0, math.MaxUint32
	case "gint64":
		low, high = math.MinInt64, math.MaxInt64
	}
	switch strings.ToLower(s) {
	case "max":
		return integer{typ, high}, ""
	case "min":
		return integer{typ, low}, ""
	}
	negative, magnitude, ok := parseDigits(s)
	if !ok {
		return nil, fmt.Sprintf("%q is not a whole number, and the type is %s", s, typ)
	}
	n := int64(magnitude)
	if negative {
		n = -n
	}
	if n != 0 && negative != (n < 0) || n < low || n > high {
		return nil, fmt.Sprintf("%q does not fit in %s, which goes from %d to %d", s, typ, low, high)
	}
	return integer{typ, n}, ""
}

// parseDecimal reads a float or double. NaN is refused: it would not even match itself.
func parseDecimal(typ, s string) (value, bool) {
	size := 64
	if typ == "float" {
		size = 32
	}
	switch strings.ToLower(s) {
	case "max":
		return decimal{typ, greatest(size)}, true
	case "min":
		return decimal{typ, -greatest(size)}, true
	}
	if strings.IndexByte(s, '_') >= 0 {
		return nil, false
	}
	f, err := strconv.ParseFloat(s, size)
	if err != nil || f != f {
		return nil, false
	}
	return decimal{typ, f + 0}, true // + 0 makes of -0 a 0
}

func greatest(size int) float64 {
	if size == 32 {
		return math.MaxFloat32
	}
	return math.MaxFloat64
}

// parseFraction reads 30000/1001, a whole number, and the words min, max and 1/max.
func parseFraction(s string) (value, bool) {
	switch strings.ToLower(s) {
	case "1/max":
		return Fraction{1, math.MaxInt32}, true
	case "max":
		return Fraction{math.MaxInt32, 1}, true
	case "min":
		return Fraction{-math.MaxInt32, 1}, true
	}
	num, den, both := strings.Cut(s, "/")
	if !both {
		den = "1"
	}
	n, err := strconv.ParseInt(num, 10, 64)
	d, err2 := strconv.ParseInt(den, 10, 64)
	if err != nil || err2 != nil {
		return nil, false
	}
	f, ok := newFraction(n, d)
	if !ok {
		return nil, false
	}
	return f, true
}

// parseBitmask reads hexadecimal digits with or without 0x; a bitmask is never decimal.
func parseBitmask(s string) (value, bool) {
	digits := strings.TrimPrefix(strings.TrimPrefix(s, "0x"), "0X")
	n, err := strconv.ParseUint(digits, 16, 64)
	if err != nil {
		return nil, false
	}
	return opaque{"bitmask", fmt.Sprintf("0x%016x", n)}, true
}

// parseFlagset reads flags:mask in hexadecimal. Names of flags may follow behind another colon; they say the same
// again and are dropped.
func parseFlagset(typ, s string) (value, bool) {
	parts := strings.SplitN(s, ":", 3)
	if len(parts) < 2 || len(parts) == 3 && !strings.HasPrefix(parts[2], "/") && parts[2] != "" {
		return nil, false
	}
	flags, err := strconv.ParseUint(parts[0], 16, 32)
	mask, err2 := strconv.ParseUint(parts[1], 16, 32)
	return flagset{typ, uint32(flags & mask), uint32(mask)}, err == nil && err2 == nil
}
