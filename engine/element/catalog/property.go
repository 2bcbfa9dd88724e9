package catalog

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"sluice/engine/value"
)

// property puts a record in our words, with the default that its element has.
func (r *PropertyRecord) property(def json.RawMessage) (Property, error) {
	t := r.valueType()
	low, high := natural(r.Type)
	p := Property{
		Name: r.Name, Blurb: r.About, Type: r.Type, Flags: r.Flags, Deprecated: r.Deprecated,
		Constraint: value.Constraint{Type: t, Of: r.Enum, Unit: r.Unit, Min: low, Max: high},
		Readable:   r.Access != "write", Writable: r.Access != "read", Construct: r.Change == "once",
		Playing: r.Change == "playing",
	}
	p.Paused = p.Playing || r.Change == "paused"
	p.Ready = p.Paused || r.Change == "ready"
	var err error
	if p.Default, err = decode(t, def); err != nil {
		return p, fmt.Errorf("default: %w", err)
	}
	if r.Min != nil {
		if p.Constraint.Min, err = decode(t, r.Min); err != nil {
			return p, fmt.Errorf("least value: %w", err)
		}
	}
	if r.Max != nil {
		if p.Constraint.Max, err = decode(t, r.Max); err != nil {
			return p, fmt.Errorf("greatest value: %w", err)
		}
	}
	return p, nil
}

// valueType finds the type of the graph language. Objects, buffers and the like have none: some can be written as
// text, as splitmuxsink's "muxer" can, and which of them GStreamer alone knows.
func (r *PropertyRecord) valueType() value.Type {
	if r.Enum != nil {
		return value.Enum
	}
	switch r.Type {
	case "gint", "guint", "glong", "gulong", "gint64", "guint64", "gchar", "guchar":
		return value.Int
	case "gfloat", "gdouble":
		return value.Float
	case "gboolean":
		return value.Bool
	case "GstFraction":
		return value.Fraction
	case "GstCaps":
		return value.Caps
	case "GstStructure":
		return value.Structure
	}
	return value.String
}

// natural gives the limits that a type has by itself; nil for those of int64, float and double, which need no saying.
func natural(typ string) (low, high any) {
	switch typ {
	case "gchar":
		return int64(math.MinInt8), int64(math.MaxInt8)
	case "guchar":
		return int64(0), int64(math.MaxUint8)
	case "gint":
		return int64(math.MinInt32), int64(math.MaxInt32)
	case "guint":
		return int64(0), int64(math.MaxUint32)
	case "gulong", "guint64":
		return int64(0), nil
	}
	return nil, nil
}

// decode reads a value of the type. A guint64 beyond int64, which is how GStreamer writes "none", is nil.
func decode(t value.Type, text json.RawMessage) (any, error) {
	if text == nil {
		return nil, nil
	}
	switch s := string(text); t {
	case value.Int:
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil && n == math.MaxInt64 {
			return nil, nil
		}
		return n, err
	case value.Float:
		return strconv.ParseFloat(s, 64)
	case value.Bool:
		return strconv.ParseBool(s)
	default:
		var words string
		if err := json.Unmarshal(text, &words); err != nil {
			return nil, err
		}
		if t == value.Fraction {
			return fraction(words)
		}
		return words, nil
	}
}

func fraction(s string) (any, error) {
	num, den, _ := strings.Cut(s, "/")
	n, err := strconv.ParseInt(num, 10, 32)
	if err != nil {
		return nil, err
	}
	d, err := strconv.ParseInt(den, 10, 32)
	if err != nil || d <= 0 {
		return nil, fmt.Errorf("%q is not a fraction", s)
	}
	return value.Ratio{Num: n, Den: d}, nil
}
