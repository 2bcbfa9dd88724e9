package store

import (
	"maps"
	"slices"
	"strings"

	"sluice/engine/route"
	"sluice/engine/spec"
)

// Diff is how one set differs from another. All lists are sorted.
type Diff struct {
	Added   []string // graphs that only the second set has
	Removed []string // graphs that only the first has
	Changed []string // graphs that say something else; their place, order of files and comments do not count
	// Touched are the graphs of the second set that run differently: those added or changed, and those that use, directly
	// or through others, a fragment that was added, changed or removed. What is not listed has the same plans as before.
	Touched []string
	Routes  []RouteChange
}

// RouteChange is a route that came, went, or leads elsewhere.
type RouteChange struct {
	Route         string       // event, path and conditions
	Before, After *route.Entry // nil if it came, or went
}

// Empty tells whether there is no difference.
func (d Diff) Empty() bool {
	return len(d.Added)+len(d.Removed)+len(d.Changed)+len(d.Touched)+len(d.Routes) == 0
}

// Diff says what becomes different when next takes the place of s.
func (s *Set) Diff(next *Set) Diff {
	var d Diff
	a, b := s, next
	moved := map[string]bool{} // names of graphs that are not as they were
	for _, g := range b.graphs {
		switch old, ok := a.Graph(g.Name); {
		case !ok:
			d.Added = append(d.Added, g.Name)
			moved[g.Name] = true
		case old != g && !spec.Same(old, g):
			d.Changed = append(d.Changed, g.Name)
			moved[g.Name] = true
		}
	}
	for _, g := range a.graphs {
		if _, ok := b.Graph(g.Name); !ok {
			d.Removed = append(d.Removed, g.Name)
			moved[g.Name] = true
		}
	}
	d.Touched = touched(b, moved)
	d.Routes = routeChanges(a.table, b.table)
	return d
}

// touched adds the graphs of a set that use what moved, directly or through others.
func touched(s *Set, moved map[string]bool) []string {
	users := map[string][]string{}
	for _, g := range s.graphs {
		for _, name := range fragments([]*spec.Graph{g}) {
			users[name] = append(users[name], g.Name)
		}
	}
	reached := map[string]bool{}
	todo := slices.Sorted(maps.Keys(moved))
	for ; len(todo) > 0; todo = todo[1:] {
		if !reached[todo[0]] {
			reached[todo[0]] = true
			todo = append(todo, users[todo[0]]...)
		}
	}
	var out []string
	for _, g := range s.graphs {
		if reached[g.Name] {
			out = append(out, g.Name)
		}
	}
	return out
}

// routeChanges compares two tables by what their routes match.
func routeChanges(a, b *route.Table) []RouteChange {
	changes := map[string]RouteChange{}
	for _, e := range a.All() {
		changes[routeKey(e)] = RouteChange{Route: e.String(), Before: e}
	}
	for _, e := range b.All() {
		key := routeKey(e)
		c := changes[key]
		c.Route, c.After = e.String(), e
		if c.Before != nil && leadsTheSame(c.Before, e) {
			delete(changes, key)
			continue
		}
		changes[key] = c
	}
	return slices.SortedFunc(maps.Values(changes), func(x, y RouteChange) int { return strings.Compare(x.Route, y.Route) })
}

// routeKey tells routes of a table apart. Those without a path do not compete, so their graph is part of it.
func routeKey(e *route.Entry) string {
	if e.Pattern.IsZero() {
		return e.String() + " " + e.Graph
	}
	return e.String()
}

// leadsTheSame tells whether two routes that match the same give the same graph the same parameters.
func leadsTheSame(a, b *route.Entry) bool {
	bare := func(e *route.Entry) *spec.Graph {
		return &spec.Graph{Routes: []spec.Route{{With: e.With, Share: e.Share}}}
	}
	return a.Graph == b.Graph && spec.Same(bare(a), bare(b))
}
