package value

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// String is the canonical text, "64k".
func (b Bits) String() string { return scaledText(int64(b)) }

// MarshalText gives the canonical text.
func (b Bits) MarshalText() ([]byte, error) { return []byte(b.String()), nil }

// UnmarshalText reads what a bitrate is written as.
func (b *Bits) UnmarshalText(text []byte) error { return unmarshal(Bitrate, text, b) }

// String is the canonical text, "8M".
func (o Octets) String() string { return scaledText(int64(o)) }

// MarshalText gives the canonical text.
func (o Octets) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads what an amount of bytes is written as.
func (o *Octets) UnmarshalText(text []byte) error { return unmarshal(Bytes, text, o) }

// unmarshal parses text as type t into a Go variable of that type's kind.
func unmarshal[T any](t Type, text []byte, into *T) error {
	v, err := Constraint{Type: t}.Parse(string(text))
	if got, ok := v.(T); ok {
		*into = got
	}
	return err
}

// scales are the suffixes of bit rates and amounts of bytes with their powers of ten, the largest first.
func scales() [4]scale { return [4]scale{{'T', 12, 1e12}, {'G', 9, 1e9}, {'M', 6, 1e6}, {'k', 3, 1e3}} }

type scale struct {
	suffix byte
	zeros  int
	factor int64
}

// parseScaled reads "64000", "64k" or "2.5M" exactly: a number that is not whole is an error, not rounded.
func parseScaled(text string) (int64, error) {
	if n, err := parseInt(text); !errors.Is(err, strconv.ErrSyntax) {
		return n, err
	}
	zeros := 0
	for _, s := range scales() {
		if strings.HasSuffix(text, string(s.suffix)) {
			zeros, text = s.zeros, text[:len(text)-1]
		}
	}
	whole, part, dot := strings.Cut(text, ".")
	digits := strings.TrimPrefix(whole, "-")
	if dot && part == "" || strings.Trim(digits+part, "0123456789") != "" || digits == "" {
		return 0, strconv.ErrSyntax
	}
	part = strings.TrimRight(part, "0")
	if len(part) > zeros {
		return 0, errNotWhole
	}
	// The number is written out with its zeros, so that strconv finds what does not fit.
	return strconv.ParseInt(whole+part+strings.Repeat("0", zeros-len(part)), 10, 64)
}

// What strconv has no error for.
var (
	errNotWhole = errors.New("not a whole number") // "1.5" or "1.0001k" bits
	errOctal    = errors.New("a leading zero")     // "010"
)

// scaledText writes n with the largest suffix that leaves at most one digit after the point.
func scaledText(n int64) string {
	for _, s := range scales() {
		if n/s.factor == 0 || n%(s.factor/10) != 0 {
			continue
		}
		text := strconv.FormatInt(n/s.factor, 10)
		if tenth := n % s.factor / (s.factor / 10); tenth != 0 {
			text += "." + strconv.FormatInt(max(tenth, -tenth), 10)
		}
		return text + string(s.suffix)
	}
	return strconv.FormatInt(n, 10)
}

// parseInt reads what YAML calls an integer (1000, 1_000, 0x3E8, 0o17), but not 010: YAML 1.1 makes that eight, YAML
// 1.2 ten.
func parseInt(text string) (int64, error) {
	digits := strings.TrimLeft(text, "+-")
	if len(digits) > 1 && digits[0] == '0' && (digits[1] == '_' || '0' <= digits[1] && digits[1] <= '9') {
		return 0, errOctal
	}
	return strconv.ParseInt(text, 0, 64)
}

// parseFloat reads decimal notation only: no hexadecimal, infinity or NaN.
func parseFloat(text string) (float64, error) {
	if n, err := parseInt(text); err == nil || errors.Is(err, errOctal) {
		return float64(n), err
	}
	if strings.Trim(text, "+-.0123456789eE") != "" {
		return 0, strconv.ErrSyntax
	}
	return strconv.ParseFloat(text, 64)
}

// floatText writes f so that parseFloat gives it back, without an exponent where that stays short.
func floatText(f float64) string {
	format := byte('f')
	if abs := max(f, -f); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	return strconv.FormatFloat(f, format, -1, 64)
}

// durationText is time.Duration's own text in ASCII, without units that count nothing: "1h30m", not "1h30m0s".
func durationText(d time.Duration) string {
	text := strings.Replace(d.String(), "µ", "u", 1)
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
