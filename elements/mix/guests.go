package mix

import (
	"maps"
	"slices"
	"strings"

	"sluice/engine/fault"
)

// mostKept is for how many keys a mixer keeps what was said of them. Those of guests who have left go first.
const mostKept = 256

// known tells whether a guest is there; else the error says who is.
func known(key string, keys []string) error {
	if slices.Contains(keys, key) {
		return nil
	}
	f := fault.New(fault.ResourceNotFound, "", "there is no guest %q", key)
	if len(keys) == 0 {
		return f.Advise("nobody is there")
	}
	return f.Advise("there are %s", strings.Join(keys[:min(len(keys), 40)], ", "))
}

// with gives a copy of a map by guests in which one has another value; nil takes it out.
func with(m map[string]any, key string, v any, keys []string) map[string]any {
	out := maps.Clone(m)
	if out == nil {
		out = map[string]any{}
	}
	if v == nil {
		delete(out, key)
		return out
	}
	if out[key] = v; len(out) > mostKept {
		maps.DeleteFunc(out, func(k string, _ any) bool { return !slices.Contains(keys, k) })
	}
	return out
}

// among gives a copy of a list of guests in which one is, or is not.
func among(list []any, key string, is bool, keys []string) []any {
	out := make([]any, 0, len(list)+1)
	for _, k := range list {
		if k != any(key) {
			out = append(out, k)
		}
	}
	if is {
		out = append(out, key)
	}
	if len(out) > mostKept {
		out = slices.DeleteFunc(out, func(k any) bool { s, _ := k.(string); return !slices.Contains(keys, s) })
	}
	return out
}

// number reads a number as JSON and YAML have it.
func number(v any) (float64, bool) {
	switch v := v.(type) {
	case int64:
		return float64(v), true
	case int:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}
