package route

import "slices"

// Table answers which route an event takes. It is immutable and safe for concurrent use.
type Table struct {
	trees   map[string]*node    // by event, of the entries with a path
	bare    map[string][]*Entry // by event, those without, by precedence
	entries []*Entry            // all of them by precedence
}

// Match is the route an event takes. The entry belongs to the table and must not be changed.
type Match struct {
	Entry    *Entry
	Captures Captures
}

// Build makes a table and lists the conflicts: pairs of routes that match the same event while neither is more
// specific. Such a table still works, and the same way each time: of two routes in conflict it takes the one that All
// lists first. Routes without a path do not compete, see Every. The entries are copied.
func Build(entries []Entry) (*Table, []Conflict) {
	t := &Table{trees: map[string]*node{}, bare: map[string][]*Entry{}}
	copies := make([]Entry, len(entries))
	for i, e := range entries {
		e.Where = normal(e.Where)
		copies[i] = e
		t.entries = append(t.entries, &copies[i])
	}
	slices.SortStableFunc(t.entries, byPlace)
	conflicts := findConflicts(t.entries)
	slices.SortStableFunc(t.entries, byPrecedence)
	for _, e := range t.entries {
		if e.Pattern.IsZero() {
			t.bare[e.Event] = append(t.bare[e.Event], e)
			continue
		}
		tree := t.trees[e.Event]
		if tree == nil {
			tree = &node{}
			t.trees[e.Event] = tree
		}
		tree.leafFor(e.Pattern.segments).add(e)
	}
	return t, conflicts
}

// Match finds the most specific route for an event. A nil vars has no variables. It does not allocate, and looks at
// each position of the table once at most.
func (t *Table) Match(event, path string, vars Vars) (Match, bool) {
	tree := t.trees[event]
	if tree == nil || !routable(path) {
		return Match{}, false
	}
	s := search{vars: vars}
	if vars == nil {
		s.vars = Variables(nil)
	}
	e := tree.find(path, &s)
	if e == nil {
		return Match{}, false
	}
	return Match{Entry: e, Captures: Captures{names: e.Pattern.names, values: s.values}}, true
}

// Every lists the routes without a path whose conditions hold. They do not compete: each of them answers the event,
// as every graph with the route "boot" starts with the server.
func (t *Table) Every(event string, vars Vars) []*Entry {
	if vars == nil {
		vars = Variables(nil)
	}
	var out []*Entry
	for _, e := range t.bare[event] {
		if holds(e.Where, vars) {
			out = append(out, e)
		}
	}
	return out
}

// All lists the routes by event, and within an event so that a route stands before those it wins over.
func (t *Table) All() []*Entry { return slices.Clone(t.entries) }
