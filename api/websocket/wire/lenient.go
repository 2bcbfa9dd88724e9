package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
)

// Number is a whole number that pages may send as a string, because they take it from an input field. Whatever is no number,
// or less than nothing, is 0, which is "unset" everywhere in this protocol.
type Number int64

// UnmarshalJSON reads a number or a string. It never fails.
func (n *Number) UnmarshalJSON(b []byte) error {
	*n = 0
	f, err := strconv.ParseFloat(strings.TrimSpace(string(bytes.Trim(b, `"`))), 64)
	if err != nil || !(f > 0) { // not NaN either
		return nil //nolint:nilerr // unset is what the original server makes of it
	}
	*n = Number(min(f, math.MaxInt32))
	return nil
}

// Flag is a truth that may be sent as a string or a number.
type Flag bool

// UnmarshalJSON takes true, "true", "1" and 1 for true, and whatever else for false. It never fails.
func (f *Flag) UnmarshalJSON(b []byte) error {
	switch strings.ToLower(string(bytes.Trim(b, `"`))) {
	case "true", "1":
		*f = true
	default:
		*f = false
	}
	return nil
}

// Text is a string that may be sent as a number, or as null for "".
type Text string

// UnmarshalJSON refuses arrays and objects.
func (t *Text) UnmarshalJSON(b []byte) error {
	*t = ""
	switch {
	case len(b) == 0 || string(b) == "null":
		return nil
	case b[0] == '"':
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		*t = Text(s)
		return nil
	case b[0] == '[' || b[0] == '{':
		return errors.New("a text is wanted")
	}
	*t = Text(b)
	return nil
}

// Words is a list of texts; what is none is left out.
type Words []string

// UnmarshalJSON reads a list, or one text for a list of it. It never fails.
func (w *Words) UnmarshalJSON(b []byte) error {
	*w = nil
	var parts []json.RawMessage
	if json.Unmarshal(b, &parts) != nil {
		parts = []json.RawMessage{b}
	}
	for _, p := range parts {
		var t Text
		if t.UnmarshalJSON(p) == nil && t != "" {
			*w = append(*w, string(t))
		}
	}
	return nil
}
