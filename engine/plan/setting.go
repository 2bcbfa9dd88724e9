package plan

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"

	"sluice/engine/element"
	"sluice/engine/value"
)

// setting makes a Setting of a typed value.
func setting(name string, v any) Setting {
	text, secret := value.Revealed(v)
	s := Setting{Name: name, Type: typeOf(v), Text: text}
	if secret {
		s.Secret, s.Text, s.hidden = true, textOf(v), value.Hidden(text)
	} else if shown, ok := withoutPassword(text); ok {
		s.Secret, s.Text, s.hidden = true, shown, value.Hidden(text)
	}
	return s
}

// settings makes Settings of the Props of a piece.
func settings(props []element.Prop) []Setting {
	out := make([]Setting, 0, len(props))
	for _, q := range props {
		s := setting(q.Name, q.Value)
		s.Over = Span(q.Over)
		out = append(out, s)
	}
	return out
}

// withoutPassword hides the password of an address; false if there is none.
func withoutPassword(text string) (string, bool) {
	if !strings.Contains(text, "://") || !strings.Contains(text, "@") {
		return "", false
	}
	u, err := url.Parse(text)
	if err != nil || u.User == nil {
		return "", false
	}
	password, ok := u.User.Password()
	if !ok || password == "" {
		return "", false
	}
	before, after, _ := strings.Cut(text, "@")
	return strings.TrimSuffix(before, rawPassword(before)) + "***@" + after, true
}

// rawPassword is the password as it is written before the "@" of an address.
func rawPassword(before string) string {
	_, user, _ := strings.Cut(before, "://")
	_, password, _ := strings.Cut(user, ":")
	return password
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
func (s Span) MarshalJSON() ([]byte, error) { return strconv.AppendQuote(nil, s.String()), nil }

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
