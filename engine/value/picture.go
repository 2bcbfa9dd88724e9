package value

import (
	"math"
	"strconv"
	"strings"
)

// maxSide is the longest side of a picture in pixels; no codec or GStreamer element takes more.
const maxSide = math.MaxUint16

// String is the canonical text, "1280x720".
func (d Dimensions) String() string { return strconv.Itoa(d.Width) + "x" + strconv.Itoa(d.Height) }

// MarshalText gives the canonical text.
func (d Dimensions) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what a size is written as.
func (d *Dimensions) UnmarshalText(text []byte) error { return unmarshal(Size, text, d) }

// valid tells whether a picture can have this size.
func (d Dimensions) valid() bool {
	return 1 <= d.Width && d.Width <= maxSide && 1 <= d.Height && d.Height <= maxSide
}

// String is the canonical text, "30000/1001"; the denominator is always written.
func (r Ratio) String() string {
	return strconv.FormatInt(r.Num, 10) + "/" + strconv.FormatInt(r.Den, 10)
}

// MarshalText gives the canonical text.
func (r Ratio) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText reads what a fraction is written as.
func (r *Ratio) UnmarshalText(text []byte) error { return unmarshal(Fraction, text, r) }

// valid tells whether the fraction can go into caps, where both numbers are a gint (GstFraction), which also keeps
// comparisons from overflowing.
func (r Ratio) valid() bool {
	return -math.MaxInt32 <= r.Num && r.Num <= math.MaxInt32 && 1 <= r.Den && r.Den <= math.MaxInt32
}

// parseSize reads "1280x720".
func parseSize(text string) (Dimensions, error) {
	w, h, found := strings.Cut(text, "x")
	width, err1 := strconv.ParseUint(w, 10, 31)
	height, err2 := strconv.ParseUint(h, 10, 31)
	if !found || err1 != nil || err2 != nil {
		return Dimensions{}, strconv.ErrSyntax
	}
	return Dimensions{Width: int(width), Height: int(height)}, nil
}

// parseRatio reads "30000/1001", or "30" for "30/1". The fraction is kept as written, not reduced.
func parseRatio(text string) (Ratio, error) {
	n, d, found := strings.Cut(text, "/")
	num, err1 := strconv.ParseInt(n, 10, 64)
	den, err2 := int64(1), error(nil)
	if found {
		den, err2 = strconv.ParseInt(d, 10, 64)
	}
	if err1 != nil || err2 != nil {
		return Ratio{}, strconv.ErrSyntax
	}
	return Ratio{Num: num, Den: den}, nil
}
