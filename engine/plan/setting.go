package plan

import (
	"encoding/json"
	"time"

	"sluice/engine/value"
)

// setting makes a Setting of a typed value.
func setting(name string, v any) Setting {
	s := Setting{Name: name, Type: typeOf(v), Text: textOf(v)}
	if h, ok := v.(value.Hidden); ok {
		s.Secret, s.hidden = true, h
	}
	return s
}

// textOf prints a typed value; a secret prints as "***".
func textOf(v any) string { return value.Text(v) }

// Reveal gives the text of a setting, also of a secret one.
func (s Setting) Reveal() string {
	if s.Secret {
		return s.hidden.Reveal()
	}
	return s.Text
}

func typeOf(v any) value.Type {
	switch v.(type) {
	case int64:
		return value.Int
	case float64:
		return value.Float
	case bool:
		return value.Bool
	case time.Duration:
		return value.Duration
	case value.Bits:
		return value.Bitrate
	case value.Octets:
		return value.Bytes
	case value.Dimensions:
		return value.Size
	case value.Ratio:
		return value.Fraction
	case value.Hidden:
		return value.Secret
	case []any:
		return value.List
	case map[string]any:
		return value.Map
	}
	return value.String
}

// MarshalJSON writes a span as text, "250ms".
func (s Span) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// UnmarshalJSON reads what MarshalJSON writes.
func (s *Span) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	v, err := value.Constraint{Type: value.Duration}.Parse(text)
	if err != nil {
		return err
	}
	*s = Span(v.(time.Duration))
	return nil
}

// String reads "250ms", as durations in graphs do.
func (s Span) String() string { return value.Text(time.Duration(s)) }
