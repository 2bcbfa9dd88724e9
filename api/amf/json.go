package amf

import (
	"math"
	"slices"
	"time"
)

// Plain makes of a value what encoding/json can write: objects and arrays become maps, dates texts (RFC 3339), and what JSON has no word
// for null.
func Plain(v any) any {
	switch v := v.(type) {
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
		return v
	case bool, string:
		return v
	case Object, Array:
		members := Members(v)
		out := make(map[string]any, len(members))
		for _, p := range members {
			out[p.Key] = Plain(p.Value)
		}
		return out
	case List:
		out := make([]any, len(v))
		for i, one := range v {
			out[i] = Plain(one)
		}
		return out
	case Date:
		return time.Time(v).UTC().Format(time.RFC3339Nano)
	}
	return nil
}

// Of makes a value of what encoding/json has read into an any; members are in the order of their names.
func Of(v any) any {
	switch v := v.(type) {
	case []any:
		out := make(List, len(v))
		for i, one := range v {
			out[i] = Of(one)
		}
		return out
	case map[string]any:
		out := make(Object, 0, len(v))
		for key, one := range v {
			out = append(out, Pair{key, Of(one)})
		}
		slices.SortFunc(out, func(a, b Pair) int {
			if a.Key < b.Key {
				return -1
			}
			return 1
		})
		return out
	}
	return v
}
