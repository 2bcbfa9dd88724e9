package caps

import "slices"

// Intersects says whether some format is in both, as gst_caps_can_intersect does.
func Intersects(a, b Caps) bool {
	if a.any || b.any {
		return !a.IsEmpty() && !b.IsEmpty()
	}
	for _, s := range a.list {
		for _, t := range b.list {
			if _, ok := s.meet(t); ok {
				return true
			}
		}
	}
	return false
}

// Intersect is what is in both, in a's order of preference (GST_CAPS_INTERSECT_FIRST). Of a result of more than 1,024
// structures only the first are kept.
func Intersect(a, b Caps) Caps {
	if a.any {
		return b
	}
	if b.any {
		return a
	}
	var both Caps
	for _, s := range a.list {
		for _, t := range b.list {
			m, ok := s.meet(t)
			if !ok || both.covers(m) {
				continue
			}
			if both.list = append(both.list, m); len(both.list) == maxStructures {
				return both
			}
		}
	}
	return both
}

// Subset says whether every format in a is also in b. As in GStreamer each structure of a must fit in a single one of
// b: a whole that only several together cover does not count.
func Subset(a, b Caps) bool {
	if a.any || b.any {
		return b.any
	}
	for _, s := range a.list {
		if !b.covers(s) {
			return false
		}
	}
	return true
}

func (c Caps) covers(s structure) bool {
	for _, t := range c.list {
		if s.within(t) {
			return true
		}
	}
	return false
}

// meet is the structure that satisfies both: fields that both have must meet, others are kept as they are.
func (s structure) meet(t structure) (structure, bool) {
	if s.name != t.name || !s.features.same(t.features) {
		return structure{}, false
	}
	m := structure{name: s.name, features: s.features.narrower(t.features)}
	for _, f := range s.fields {
		if other, ok := t.field(f.name); ok {
			both, meets := meet(f.value, other)
			if !meets {
				return structure{}, false
			}
			f.value = both
		}
		m.fields = append(m.fields, f)
	}
	for _, f := range t.fields {
		if _, ok := s.field(f.name); !ok {
			m.fields = append(m.fields, f)
		}
	}
	return m, true
}

// within says whether s allows nothing that t forbids: for each of t's fields s has a value that is part of it.
func (s structure) within(t structure) bool {
	if s.name != t.name || !s.features.same(t.features) || s.features.any && !t.features.any {
		return false
	}
	for _, f := range t.fields {
		own, ok := s.field(f.name)
		if !ok || !part(own, f.value) {
			return false
		}
	}
	return true
}

// meet is what two values have in common. Values of different types have nothing in common: (int)5 is not (double)5.
func meet(a, b value) (value, bool) {
	if l, ok := a.(list); ok {
		return l.meet(b)
	}
	if l, ok := b.(list); ok {
		return l.meet(a)
	}
	if c, ok := a.(compound); ok {
		return c.meet(b)
	}
	if c, ok := b.(compound); ok {
		return c.meet(a)
	}
	return a, a == b
}

// part says whether a is wholly in b: each of a list's values, and so an empty list always, in one of the other's.
func part(a, b value) bool {
	if l, ok := a.(list); ok {
		return !slices.ContainsFunc(l, func(v value) bool { return !part(v, b) })
	}
	if l, ok := b.(list); ok {
		return slices.ContainsFunc(l, func(v value) bool { return part(a, v) })
	}
	both, ok := meet(a, b)
	return ok && both.base() == a.base() && both.text() == a.text()
}
