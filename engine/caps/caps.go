// Package caps reads, prints and compares GStreamer caps, the text that says which media a pad takes or gives:
// "video/x-raw(memory:DMABuf), format={ I420, NV12 }, width=[ 1, 4096 ]; video/x-h264".
//
// It answers what lint must know without GStreamer: is this text right, can two pads meet, and if not, why. Its
// answers are held against those of GStreamer 1.22 by a table of cases. It does not negotiate, fixate or subtract, and
// it refuses some texts that GStreamer accepts but misreads, such as numbers that wrap around or ranges that run backwards.
package caps

import (
	"slices"
	"strings"
)

// Caps is a set of media formats. The zero value is EMPTY, which matches nothing. Caps are immutable, and safe for
// use by many goroutines.
type Caps struct {
	any  bool
	list []structure
}

// Any is the caps that match everything.
func Any() Caps { return Caps{any: true} }

// IsAny says whether c matches everything.
func (c Caps) IsAny() bool { return c.any }

// IsEmpty says whether c matches nothing.
func (c Caps) IsEmpty() bool { return !c.any && len(c.list) == 0 }

// MediaTypes are the names of c's structures, such as "video/x-raw", each once, in the order of their appearance. ANY
// and EMPTY have none.
func (c Caps) MediaTypes() []string {
	var names []string
	for _, s := range c.list {
		if !slices.Contains(names, s.name) {
			names = append(names, s.name)
		}
	}
	return names
}

// Get gives a field's value if every structure of c has the field with the same single value: an int64 for the
// integer types, float64, bool, string or Fraction; other types as their text. ok is false for ranges, lists and
// fields that some structure lacks, as these leave the value open.
func (c Caps) Get(field string) (v any, ok bool) {
	for i, s := range c.list {
		f, there := s.field(field)
		if !there {
			return nil, false
		}
		got, fixed := plain(f)
		if !fixed || i > 0 && got != v {
			return nil, false
		}
		v = got
	}
	return v, len(c.list) > 0
}

// Equal says whether a and b are written the same once printed: same structures, fields and values in the same order.
func Equal(a, b Caps) bool { return a.String() == b.String() }

// structure is one alternative: a media type with features and fields. Without features it stands for system memory.
type structure struct {
	name     string
	features features
	fields   []field
}

type field struct {
	name  string
	value value
}

func (s structure) field(name string) (value, bool) {
	for _, f := range s.fields {
		if f.name == name {
			return f.value, true
		}
	}
	return nil, false
}

// String is the canonical text: types spelt out, one space after separators. Parse reads it back to the same Caps.
func (c Caps) String() string {
	if c.any {
		return "ANY"
	}
	if len(c.list) == 0 {
		return "EMPTY"
	}
	parts := make([]string, len(c.list))
	for i, s := range c.list {
		parts[i] = s.text()
	}
	return strings.Join(parts, "; ")
}

func (s structure) text() string {
	var b strings.Builder
	b.WriteString(s.name + s.features.text())
	for _, f := range s.fields {
		b.WriteString(", " + f.name + "=" + typed(f.value))
	}
	return b.String()
}
