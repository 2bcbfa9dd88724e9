package value

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Text writes a value in its canonical form: 2s, 64k, 1280x720, 30000/1001. Parse reads it back as the same value,
// except that secrets are stars. Lists of words are written with commas, other lists and maps as JSON.
func Text(v any) string { return textOf(v, false) }

// Revealed is Text with the secrets in it; secret tells whether there were any. Whoever calls it takes care that the
// text is not shown.
func Revealed(v any) (text string, secret bool) { return textOf(v, true), hides(v) }

// hides tells whether a value is or holds a secret.
func hides(v any) bool {
	switch v := v.(type) {
	case Hidden:
		return true
	case []any:
		for _, item := range v {
			if hides(item) {
				return true
			}
		}
	case map[string]any:
		for _, item := range v {
			if hides(item) {
				return true
			}
		}
	}
	return false
}

func textOf(v any, reveal bool) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case Hidden:
		if reveal {
			return string(v)
		}
		return stars
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return floatText(v)
	case time.Duration:
		return durationText(v)
	case []any:
		return listText(v, reveal)
	case map[string]any:
		return jsonText(v, reveal)
	}
	return fmt.Sprint(v) // bool, json.Number, and ours, which have String
}

// listText writes commas between words where they can be read back, and JSON where not.
func listText(list []any, reveal bool) string {
	words := make([]string, len(list))
	for i, item := range list {
		switch natural(item) {
		case Int, Float, Bool, List, Map, "":
			return jsonText(list, reveal)
		default: // words
		}
		words[i] = textOf(item, reveal)
		if words[i] == "" || strings.TrimSpace(words[i]) != words[i] || strings.Contains(words[i], ",") {
			return jsonText(list, reveal)
		}
	}
	if len(words) == 0 || words[0][0] == '[' {
		return jsonText(list, reveal)
	}
	return strings.Join(words, ",")
}

// jsonText writes JSON as people would: no HTML escapes, and a float always with a point or exponent so that it is
// read back as one.
func jsonText(v any, reveal bool) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	plain := plain(v, func(leaf any) any {
		switch leaf := leaf.(type) {
		case float64:
			if text := floatText(leaf); strings.ContainsAny(text, ".e") {
				return json.Number(text)
			}
			return json.Number(floatText(leaf) + ".0")
		case int64, bool, json.Number, nil:
			return leaf
		}
		return textOf(leaf, reveal)
	})
	if err := e.Encode(plain); err != nil {
		return fmt.Sprint(plain) // only a float that sound refuses
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// JSON gives a value as the kinds JSON has: numbers, booleans, text, lists and maps. What JSON has no kind for is in its
// canonical text; secrets are stars. Accept takes all but secrets back.
func JSON(v any) any {
	return plain(v, func(leaf any) any {
		switch leaf.(type) {
		case int64, float64, bool, json.Number, nil:
			return leaf
		}
		return Text(leaf)
	})
}

// plain copies lists and maps and changes what is in them.
func plain(v any, leaf func(any) any) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = plain(item, leaf)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, item := range v {
			out[k] = plain(item, leaf)
		}
		return out
	}
	return leaf(v)
}
