package amf

import (
	"encoding/binary"
	"math"
	"time"
)

// Markers of AMF 0 (section 2.1).
const (
	markNumber      = 0x00
	markBoolean     = 0x01
	markString      = 0x02
	markObject      = 0x03
	markNull        = 0x05
	markUndefined   = 0x06
	markReference   = 0x07
	markArray       = 0x08
	markEnd         = 0x09
	markList        = 0x0a
	markDate        = 0x0b
	markLongString  = 0x0c
	markUnsupported = 0x0d
	markXML         = 0x0f
	markTyped       = 0x10
	markAMF3        = 0x11
)

// Read reads all values of a message in AMF 0. What is not of the format, too deep or too many is fault.ProtocolViolation, and
// the values before it are given all the same.
func Read(b []byte) ([]any, error) {
	r := reader{b: b}
	var out []any
	for len(r.b) > 0 {
		v, err := r.value(0)
		if err != nil {
			return out, err
		}
		out = append(out, v)
	}
	return out, nil
}

// reader reads AMF 0, and AMF 3 within.
type reader struct {
	b     []byte
	items int
}

// take gives the next n bytes.
func (r *reader) take(n int) ([]byte, error) {
	if n < 0 || n > len(r.b) {
		return nil, bad("a value ends early")
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out, nil
}

func (r *reader) byte() (byte, error) {
	b, err := r.take(1)
	if err != nil {
		return 0, err
	}
	return b[0], nil
}

// enter counts a value that is depth values deep.
func (r *reader) enter(depth int) error {
	if r.items++; r.items > maxItems {
		return bad("more than %d values", maxItems)
	}
	if depth > maxDepth {
		return bad("values in values, more than %d deep", maxDepth)
	}
	return nil
}

func (r *reader) value(depth int) (any, error) {
	if err := r.enter(depth); err != nil {
		return nil, err
	}
	mark, err := r.byte()
	if err != nil {
		return nil, err
	}
	switch mark {
	case markNumber:
		return r.number()
	case markBoolean:
		b, err := r.byte()
		return b != 0, err
	case markString:
		return r.text(2)
	case markLongString, markXML:
		return r.text(4)
	case markNull, markUnsupported:
		return nil, nil
	case markUndefined:
		return Undefined{}, nil
	case markReference:
		_, err := r.take(2)
		return nil, err
	}
	return r.compound(mark, depth)
}

func (r *reader) compound(mark byte, depth int) (any, error) {
	switch mark {
	case markTyped:
		if _, err := r.text(2); err != nil { // the name of its class
			return nil, err
		}
		fallthrough
	case markObject:
		p, err := r.pairs(depth)
		return Object(p), err
	case markArray:
		if _, err := r.take(4); err != nil { // how many there are; some write 0, the end tells
			return nil, err
		}
		p, err := r.pairs(depth)
		return Array(p), err
	case markList:
		return r.list(depth)
	case markDate:
		ms, err := r.number()
		if err == nil {
			_, err = r.take(2) // a time zone, which is to be 0
		}
		return date(ms), err
	case markAMF3:
		v := reader3{reader: r}
		return v.value(depth + 1)
	}
	return nil, bad("there is no value that begins with 0x%02x", mark)
}

func (r *reader) number() (float64, error) {
	b, err := r.take(8)
	if err != nil {
		return 0, err
	}
	return math.Float64frombits(binary.BigEndian.Uint64(b)), nil
}

// text reads a string behind its length of size bytes.
func (r *reader) text(size int) (string, error) {
	b, err := r.take(size)
	if err != nil {
		return "", err
	}
	n := 0
	for _, c := range b {
		n = n<<8 | int(c)
	}
	b, err = r.take(n)
	return string(b), err
}

// pairs reads members up to their end. A message that ends without it is taken for complete: some encoders leave it out.
func (r *reader) pairs(depth int) ([]Pair, error) {
	var out []Pair
	for len(r.b) > 0 {
		key, err := r.text(2)
		if err != nil {
			return nil, err
		}
		if key == "" && len(r.b) > 0 && r.b[0] == markEnd {
			r.b = r.b[1:]
			return out, nil
		}
		v, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		out = append(out, Pair{key, v})
	}
	return out, nil
}

func (r *reader) list(depth int) (List, error) {
	b, err := r.take(4)
	if err != nil {
		return nil, err
	}
	n := binary.BigEndian.Uint32(b)
	out := List{}
	for range n {
		v, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// date is a moment in milliseconds since 1970; the zero one if it is out of reason.
func date(ms float64) Date {
	const most = 1e15
	if math.IsNaN(ms) || math.Abs(ms) > most {
		return Date{}
	}
	return Date(time.UnixMilli(int64(ms)).UTC())
}
