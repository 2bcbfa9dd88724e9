package route

import (
	"fmt"
	"slices"
	"strings"

	"sluice/engine/spec"
)

// CodeConflict is the code of a Conflict's diagnostic.
const CodeConflict = "route_conflict"

// maxConflicts bounds how many conflicts are reported for one route: ten thousand copies of a file are ten thousand
// mistakes, not fifty million.
const maxConflicts = 8

// Conflict is two routes that match the same event while neither is more specific. First is the one that a reader
// finds first, ordered by graph name and place.
type Conflict struct {
	First, Second *Entry
	Path          string      // an example that both match
	Where         []Condition // values of variables in that example, one each
}

// String names both graphs, both places and the example.
func (c Conflict) String() string {
	return fmt.Sprintf("%s: graph %q: %s; %s: graph %q: %s; both take %s",
		c.First.Pos, c.First.Graph, c.First, c.Second.Pos, c.Second.Graph, c.Second, c.example())
}

func (c Conflict) example() string {
	e := Entry{Event: c.Second.Event, Pattern: Pattern{text: c.Path, segments: []segment{{}}}, Where: c.Where}
	return e.String()
}

// Diagnostic is the conflict as an error at the second route, with the code CodeConflict.
func (c Conflict) Diagnostic() spec.Diagnostic {
	d := spec.Diagnostic{Pos: c.Second.Pos, Severity: spec.Error, Code: CodeConflict}
	if c.First.Compare(c.Second) == Equivalent {
		d.Msg = fmt.Sprintf("graph %q has the same route at %s: %s", c.First.Graph, c.First.Pos, c.First)
	} else {
		d.Msg = fmt.Sprintf("neither this route nor %q of graph %q at %s is more specific, and both take %s",
			c.First.String(), c.First.Graph, c.First.Pos, c.example())
	}
	d.Hint = "make one of the paths more specific, or tell the two apart by where:"
	return d
}

// reversed is the same conflict as seen from its first route.
func (c Conflict) reversed() Conflict {
	c.First, c.Second = c.Second, c.First
	return c
}

// Diagnostics gives each conflict as two errors, one at either route: who looks at one file only must hear of it too. At
// one place there are no more than a few, however many routes conflict with it.
func Diagnostics(conflicts []Conflict) []spec.Diagnostic {
	var out []spec.Diagnostic
	told := map[spec.Pos]int{}
	for _, c := range conflicts {
		out = append(out, c.Diagnostic())
		if told[c.First.Pos]++; told[c.First.Pos] <= maxConflicts {
			out = append(out, c.reversed().Diagnostic())
		}
	}
	return out
}

// findConflicts compares each entry with those before it. A tree of what came before leaves out most comparisons.
func findConflicts(entries []*Entry) []Conflict {
	var out []Conflict
	trees := map[string]*node{}
	for _, e := range entries {
		if e.Pattern.IsZero() {
			continue
		}
		tree := trees[e.Event]
		if tree == nil {
			tree = &node{}
			trees[e.Event] = tree
		}
		for _, o := range rivals(tree, e) {
			out = append(out, Conflict{
				First: o, Second: e, Path: commonPath(o.Pattern, e.Pattern), Where: commonWhere(o.Where, e.Where),
			})
		}
		tree.leafFor(e.Pattern.segments).add(e)
	}
	return out
}

// rivals lists up to maxConflicts entries of the tree that conflict with e.
func rivals(tree *node, e *Entry) []*Entry {
	var out []*Entry
	tree.contested(e.Pattern.segments, Equivalent, func(l *leaf) bool {
		return l.rivals(e, func(o *Entry) bool {
			rel := o.Compare(e)
			if (rel == Equivalent || rel == Overlaps) && !slices.Contains(out, o) {
				out = append(out, o)
			}
			return len(out) < maxConflicts
		})
	})
	slices.SortFunc(out, byPlace)
	return out
}

// commonPath makes a path that both patterns match, which must not be disjoint. Where both capture, the name of the
// capture stands in for a value.
func commonPath(p, q Pattern) string {
	var b strings.Builder
	a, z := p.segments, q.segments
	for len(a) > 0 || len(z) > 0 {
		s := narrower(a, z)
		b.WriteString("/" + s.text)
		a, z = after(a), after(z)
		if s.kind == rest {
			break
		}
	}
	return b.String()
}

// narrower gives the first segment that takes less. A pattern that is used up has ended in a rest.
func narrower(a, z []segment) segment {
	switch {
	case len(a) == 0:
		return z[0]
	case len(z) == 0 || a[0].kind <= z[0].kind:
		return a[0]
	}
	return z[0]
}

func after(s []segment) []segment {
	if len(s) == 0 {
		return nil
	}
	return s[1:]
}

// commonWhere gives each variable one value that both accept.
func commonWhere(a, b []Condition) []Condition {
	var out []Condition
	for _, c := range a {
		value := c.Values[0]
		if i := slices.IndexFunc(b, func(d Condition) bool { return d.Name == c.Name }); i >= 0 {
			value = c.Values[slices.IndexFunc(c.Values, b[i].takes)]
		}
		out = append(out, Condition{Name: c.Name, Values: []string{value}})
	}
	for _, c := range b {
		if !slices.ContainsFunc(a, func(d Condition) bool { return d.Name == c.Name }) {
			out = append(out, Condition{Name: c.Name, Values: c.Values[:1]})
		}
	}
	return normal(out)
}
