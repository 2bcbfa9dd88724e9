package element

import (
	"time"

	"sluice/engine/value"
)

// Conf is the settings of one node: checked, with defaults filled in, typed as in package value. Its methods give the
// zero value for a field that is not set.
type Conf map[string]any

// Has tells whether the field is set.
func (c Conf) Has(name string) bool { v, ok := c[name]; return ok && v != nil }

// Text gives any field as text; secrets are revealed.
func (c Conf) Text(name string) string {
	if !c.Has(name) {
		return ""
	}
	text, _ := value.Revealed(c[name])
	return text
}

// Int gives a whole number, a bit rate in bits a second, or an amount in bytes.
func (c Conf) Int(name string) int64 {
	switch v := c[name].(type) {
	case int64:
		return v
	case value.Bits:
		return int64(v)
	case value.Octets:
		return int64(v)
	}
	return 0
}

// Float gives a number.
func (c Conf) Float(name string) float64 { v, _ := c[name].(float64); return v }

// Bool gives a truth value.
func (c Conf) Bool(name string) bool { v, _ := c[name].(bool); return v }

// Duration gives a length of time.
func (c Conf) Duration(name string) time.Duration { v, _ := c[name].(time.Duration); return v }

// List gives a list's items.
func (c Conf) List(name string) []any { v, _ := c[name].([]any); return v }
