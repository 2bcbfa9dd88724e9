package store

import (
	"cmp"
	"maps"
	"slices"

	"sluice/engine/route"
	"sluice/engine/spec"
)

// maxRounds bounds how often a set is checked again after something in it was taken back. A set that still has errors
// then loses all its changes at once.
const maxRounds = 16

// Held is a file whose newest version is not in the set.
type Held struct {
	File string // as diagnostics call it
	Why  string // the first error
	Kept bool   // an older version is in the set instead; otherwise the file is left out
}

// settled is the best set that could be made of a tree.
type settled struct {
	tree  tree
	table *route.Table
	diags []spec.Diagnostic // of the whole tree as it was found, and of what was left when parts were taken back
	held  []Held
}

// settle takes over as much of next as makes a set without errors. What has an error stays as it is in prev, which
// must be without errors: a changed or added file, or a deleted one that is still needed.
func settle(prev, next tree, check func([]*spec.Graph) []spec.Diagnostic) settled {
	t := &trial{prev: prev, next: next, tree: maps.Clone(next), held: map[string]Held{}}
	found := t.survey(check)
	for _, path := range slices.Sorted(maps.Keys(next)) {
		if f := next[path]; f.failed() {
			t.takeBack(path, firstError(f.diags))
		}
	}
	for round := 0; ; round++ {
		t.gather()
		table, clean := t.structure()
		if round > 0 || len(t.held) > 0 {
			found = check(t.graphs) // else it is what survey has just seen
		}
		for _, d := range found {
			if d.Severity == spec.Error && !t.told[d.Pos.File] {
				t.report.Add(d) // it is only there because something else was taken back
			}
			clean = t.blame(d) && clean
		}
		if clean || len(t.changed()) == 0 {
			return settled{tree: t.tree, table: table, diags: t.report.List(), held: slices.SortedFunc(maps.Values(t.held), byFile)}
		}
		if round >= maxRounds || len(t.bad) == 0 {
			for _, path := range t.changed() {
				t.bad[path] = "it belongs to a change that would break other graphs"
			}
		}
		t.purge()
	}
}

// survey reports all that is wrong with the tree as it was found, also in files that could only be read in part: whoever
// mends them wants to know everything at once.
func (t *trial) survey(check func([]*spec.Graph) []spec.Diagnostic) []spec.Diagnostic {
	for _, path := range slices.Sorted(maps.Keys(t.next)) {
		t.report.Add(t.next[path].diags...)
	}
	t.gather()
	found := check(t.graphs)
	t.report.Add(found...)
	t.told = map[string]bool{}
	for _, d := range t.report.List() {
		t.told[d.Pos.File] = t.told[d.Pos.File] || d.Severity == spec.Error
	}
	return found
}

func byFile(a, b Held) int { return cmp.Compare(a.File, b.File) }

// trial is a tree on its way to being settled.
type trial struct {
	prev, next, tree tree
	report           spec.Report
	held             map[string]Held // by path
	told             map[string]bool // files, as shown, in which survey found an error

	// These are made anew for each round.
	graphs []*spec.Graph     // of tree, by name, each name once
	owner  map[string]string // the path by graph name
	paths  map[string]string // the path by shown name
	bad    map[string]string // paths to take back, and why
}

// gather collects the graphs of the tree. Of two with one name the shipped one stays, or else the first by path.
func (t *trial) gather() {
	t.graphs, t.owner, t.paths, t.bad = nil, map[string]string{}, map[string]string{}, map[string]string{}
	first := map[string]*spec.Graph{}
	for _, path := range t.order() {
		t.paths[t.tree[path].shown] = path
		for _, g := range t.tree[path].graphs {
			if other := first[g.Name]; other != nil {
				t.report.Errorf(g.Pos, "duplicate_graph", "the graph %q is in %s already", g.Name, other.Pos.File).
					Advise("give one of them another name")
				t.accuse("two graphs are called \""+g.Name+"\"", path, t.owner[g.Name])
				continue
			}
			first[g.Name], t.owner[g.Name] = g, path
			t.graphs = append(t.graphs, g)
		}
	}
	slices.SortFunc(t.graphs, func(a, b *spec.Graph) int { return cmp.Compare(a.Name, b.Name) })
	t.yield()
}

// order lists the paths of the tree: what has not changed first, so that a change is to blame and not what it met.
func (t *trial) order() []string {
	rank := func(path string) int {
		if t.applied(path) {
			return 1
		}
		return 0
	}
	return slices.SortedFunc(maps.Keys(t.tree), func(a, b string) int { return cmp.Or(rank(a)-rank(b), cmp.Compare(a, b)) })
}

// structure builds the route table and finds conflicts; false if there are errors so far.
func (t *trial) structure() (*route.Table, bool) {
	var entries []route.Entry
	for _, g := range t.graphs {
		if g.Fragment() {
			continue // fragments have no routes; one that is written is for Check to find
		}
		of, diags := route.Entries(g)
		entries = append(entries, of...)
		for _, d := range diags {
			t.report.Add(d)
			t.accuse(d.Msg, t.paths[d.Pos.File])
		}
	}
	table, conflicts := route.Build(entries)
	t.report.Add(route.Diagnostics(conflicts)...)
	for _, c := range conflicts {
		t.accuse(c.Diagnostic().Msg, t.owner[c.Second.Graph], t.owner[c.First.Graph])
	}
	return table, len(t.bad) == 0
}

// blame finds out which change an error comes from; true if it is no error.
func (t *trial) blame(d spec.Diagnostic) bool {
	if d.Severity != spec.Error {
		return true
	}
	if d.Code == route.CodeConflict {
		return false // structure knows both sides of it
	}
	path := t.paths[d.Pos.File]
	if t.applied(path) {
		t.accuse(d.Msg, path)
		return false
	}
	// A file that has not changed has errors only because of what it uses.
	for _, used := range t.uses(path) {
		t.accuse(d.Msg, used)
	}
	return false
}

// accuse marks the first of the paths that has changed.
func (t *trial) accuse(why string, paths ...string) {
	for _, path := range paths {
		if t.applied(path) {
			if t.bad[path] == "" {
				t.bad[path] = why
			}
			return
		}
	}
}

// applied tells whether the tree has a version of the path, or its absence, that prev had not.
func (t *trial) applied(path string) bool { return !same(t.tree[path], t.prev[path]) }

// changed lists the paths that are applied.
func (t *trial) changed() []string {
	all := maps.Clone(t.prev)
	maps.Copy(all, t.tree)
	return slices.DeleteFunc(slices.Sorted(maps.Keys(all)), func(path string) bool { return !t.applied(path) })
}

// takeBack puts the version of prev, or its absence, in place of that of next.
func (t *trial) takeBack(path, why string) {
	shown := ""
	if f := t.next[path]; f != nil {
		shown = f.shown
	}
	old := t.prev[path]
	if old == nil {
		delete(t.tree, path)
	} else {
		t.tree[path] = old
		shown = cmp.Or(shown, old.shown)
	}
	t.held[path] = Held{File: shown, Why: why, Kept: old != nil}
}

func firstError(diags []spec.Diagnostic) string {
	for _, d := range diags {
		if d.Severity == spec.Error {
			return d.Msg
		}
	}
	return ""
}
