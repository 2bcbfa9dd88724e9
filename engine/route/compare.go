package route

// Relation is how the paths or events that one thing matches lie to those of another.
type Relation string

// The relations.
const (
	Equivalent   Relation = "equivalent"    // both match the same
	MoreSpecific Relation = "more specific" // the second matches all that the first does, and more
	MoreGeneral  Relation = "more general"  // the first matches all that the second does, and more
	Disjoint     Relation = "disjoint"      // nothing is matched by both
	Overlaps     Relation = "overlaps"      // something is matched by both, and each matches more
)

// Inverse is the relation seen from the other side.
func (r Relation) Inverse() Relation {
	switch r {
	case MoreSpecific:
		return MoreGeneral
	case MoreGeneral:
		return MoreSpecific
	}
	return r
}

// decided tells whether one of the two wins.
func (r Relation) decided() bool { return r == MoreSpecific || r == MoreGeneral }

// and is the relation of two things that stand as r in one independent respect and as s in another.
func (r Relation) and(s Relation) Relation {
	switch {
	case r == Disjoint || s == Disjoint:
		return Disjoint
	case r == Equivalent || r == s:
		return s
	case s == Equivalent:
		return r
	}
	return Overlaps
}

// Compare says how the paths that p matches lie to those that q matches.
func Compare(p, q Pattern) Relation {
	a, b := p.segments, q.segments
	rel := Equivalent
	for len(a) > 0 && len(b) > 0 {
		if a[0].kind == rest || b[0].kind == rest {
			return rel.and(compareKinds(a[0].kind == rest, b[0].kind == rest))
		}
		rel = rel.and(compareOne(a[0], b[0]))
		if rel == Disjoint {
			return Disjoint
		}
		a, b = a[1:], b[1:]
	}
	if len(a) != len(b) {
		return Disjoint // the longer one wants a segment, or at least a slash, that the shorter one refuses
	}
	return rel
}

// compareOne compares segments of which neither is a rest.
func compareOne(s, t segment) Relation {
	if s.kind == literal && t.kind == literal {
		if s.text == t.text {
			return Equivalent
		}
		return Disjoint
	}
	return compareKinds(s.kind == one, t.kind == one)
}

// compareKinds compares two things of which each is wide or narrow, the narrow one inside the wide.
func compareKinds(wide, otherWide bool) Relation {
	switch {
	case wide == otherWide:
		return Equivalent
	case wide:
		return MoreGeneral
	}
	return MoreSpecific
}
