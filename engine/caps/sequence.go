package caps

import "strings"

// list is a set of alternatives: any one of them will do. It holds no lists, no doubles, and never exactly one value,
// as newList sees to.
type list []value

// array is one value made of several, in order.
type array []value

func (l list) base() string  { return commonBase(l) }
func (a array) base() string { return commonBase(a) }

func (l list) text() string  { return "{ " + join(l) + " }" }
func (a array) text() string { return "< " + join(a) + " >" }

func commonBase(items []value) string {
	if len(items) == 0 {
		return ""
	}
	base := items[0].base()
	for _, v := range items[1:] {
		if v.base() != base {
			return ""
		}
	}
	return base
}

// join writes the type of each where they differ; otherwise it stands in front of the whole.
func join(items []value) string {
	parts := make([]string, len(items))
	mixed := commonBase(items) == ""
	for i, v := range items {
		if mixed {
			parts[i] = typed(v)
		} else {
			parts[i] = v.text()
		}
	}
	return strings.Join(parts, ", ")
}

// newList flattens lists in lists, drops doubles, and turns a list of one into that one: the same set of formats.
func newList(items []value) value {
	type key struct{ base, text string }
	flat := make(list, 0, len(items))
	seen := make(map[key]bool, len(items))
	add := func(v value) {
		if k := (key{v.base(), v.text()}); !seen[k] {
			seen[k] = true
			flat = append(flat, v)
		}
	}
	for _, v := range items {
		if inner, ok := v.(list); ok {
			for _, w := range inner {
				add(w)
			}
			continue
		}
		add(v)
	}
	if len(flat) == 1 {
		return flat[0]
	}
	return flat
}

func (l list) meet(other value) (value, bool) {
	var both []value
	for _, v := range l {
		if m, ok := meet(v, other); ok {
			both = append(both, m)
		}
	}
	return newList(both), len(both) > 0
}

func (a array) meet(other value) (value, bool) {
	b, ok := other.(array)
	if !ok || len(a) != len(b) {
		return nil, false
	}
	both := make(array, len(a))
	for i := range a {
		if both[i], ok = meet(a[i], b[i]); !ok {
			return nil, false
		}
	}
	return both, true
}
