package route

import (
	"cmp"
	"slices"
	"strings"

	"sluice/engine/spec"
)

// Entry is one route of one graph.
type Entry struct {
	Event   string
	Pattern Pattern     // the zero Pattern for a route that is only an event
	Where   []Condition // all must hold; at most one per name
	Graph   string      // the graph that answers
	Pos     spec.Pos    // where the route is written
	With    []spec.Entry
	Share   spec.Value
}

// Compare says which entry wins an event that both match: MoreSpecific means that e does. The path decides first;
// only between equivalent paths do the conditions decide. So "/cam/{id}" wins over "/{name...}" where scheme is
// rtsp, and "/{name...}" where scheme is rtsp over "/{name...}". Equivalent and Overlaps are conflicts.
func (e *Entry) Compare(o *Entry) Relation {
	if e.Event != o.Event {
		return Disjoint
	}
	path, where := Compare(e.Pattern, o.Pattern), compareWhere(e.Where, o.Where)
	switch {
	case path == Disjoint || where == Disjoint:
		return Disjoint
	case path == Equivalent:
		return where
	}
	return path
}

// String reads `rtmp.publish /{stream...} where app is "live"`.
func (e *Entry) String() string {
	s := e.Event
	if !e.Pattern.IsZero() {
		s += " " + e.Pattern.String()
	}
	for i, c := range e.Where {
		s += [2]string{" where ", " and "}[min(i, 1)] + c.String()
	}
	return s
}

// byPlace orders entries by graph and place: the order in which Build takes them.
func byPlace(a, b *Entry) int {
	if c := strings.Compare(a.Graph, b.Graph); c != 0 {
		return c
	}
	return comparePos(a.Pos, b.Pos)
}

func comparePos(a, b spec.Pos) int {
	return cmp.Or(strings.Compare(a.File, b.File), a.Line-b.Line, a.Col-b.Col)
}

// byPrecedence orders entries so that of two that match the same event the winner comes first, and is otherwise
// fit for reading: by event, path, conditions, graph.
func byPrecedence(a, b *Entry) int {
	return cmp.Or(
		strings.Compare(a.Event, b.Event),
		slices.CompareFunc(a.Pattern.segments, b.Pattern.segments, compareOrder),
		byConditions(a, b),
		byPlace(a, b),
	)
}

func compareOrder(s, t segment) int {
	if c := int(s.kind) - int(t.kind); c != 0 {
		return c
	}
	if s.kind == literal {
		return strings.Compare(s.text, t.text)
	}
	return 0 // the names of captures do not count
}

// byConditions orders entries of equivalent paths. A more specific one has more conditions, or as many and fewer
// values, so counting both never puts it behind a more general one.
func byConditions(a, b *Entry) int {
	if c := len(b.Where) - len(a.Where); c != 0 {
		return c
	}
	values := func(e *Entry) (n int) {
		for _, c := range e.Where {
			n += len(c.Values)
		}
		return n
	}
	if c := values(a) - values(b); c != 0 {
		return c
	}
	return slices.CompareFunc(a.Where, b.Where, func(c, d Condition) int {
		return cmp.Or(strings.Compare(c.Name, d.Name), slices.Compare(c.Values, d.Values))
	})
}
