package route

import (
	"slices"
	"strconv"
	"strings"
)

// Condition holds when a variable of the event is there and has one of the values.
type Condition struct {
	Name   string
	Values []string // at least one; Build sorts them and removes repetitions
}

// Vars gives the variables of one event. It is called during Match only, perhaps several times for a name.
type Vars interface {
	Value(name string) (string, bool)
}

// Variables are Vars in a map. A nil map has none.
type Variables map[string]string

// Value looks the name up.
func (v Variables) Value(name string) (string, bool) {
	s, ok := v[name]
	return s, ok
}

// holds tells whether all conditions hold.
func holds(where []Condition, vars Vars) bool {
	for i := range where {
		if v, ok := vars.Value(where[i].Name); !ok || !where[i].takes(v) {
			return false
		}
	}
	return true
}

func (c *Condition) takes(value string) bool {
	_, ok := slices.BinarySearch(c.Values, value)
	return ok
}

// String reads `app is "live" or "vod"`.
func (c Condition) String() string {
	quoted := make([]string, len(c.Values))
	for i, v := range c.Values {
		quoted[i] = strconv.Quote(v)
	}
	return c.Name + " is " + strings.Join(quoted, " or ")
}

// normal gives the conditions in the order of their names, with sorted values, in memory of their own.
func normal(where []Condition) []Condition {
	out := slices.Clone(where)
	for i := range out {
		values := slices.Clone(out[i].Values)
		slices.Sort(values)
		out[i].Values = slices.Compact(values)
	}
	slices.SortFunc(out, func(a, b Condition) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// compareWhere says how the variables that a takes lie to those that b takes. Both are normal.
func compareWhere(a, b []Condition) Relation {
	rel := Equivalent
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0].Name < b[0].Name:
			rel, a = rel.and(MoreSpecific), a[1:]
		case len(a) == 0 || b[0].Name < a[0].Name:
			rel, b = rel.and(MoreGeneral), b[1:]
		default:
			rel, a, b = rel.and(compareValues(a[0].Values, b[0].Values)), a[1:], b[1:]
		}
	}
	return rel
}

// compareValues compares two sorted sets.
func compareValues(a, b []string) Relation {
	shared := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch c := strings.Compare(a[i], b[j]); {
		case c < 0:
			i++
		case c > 0:
			j++
		default:
			shared, i, j = shared+1, i+1, j+1
		}
	}
	switch {
	case shared == 0:
		return Disjoint
	case shared == len(a) && shared == len(b):
		return Equivalent
	case shared == len(a):
		return MoreSpecific
	case shared == len(b):
		return MoreGeneral
	}
	return Overlaps
}
