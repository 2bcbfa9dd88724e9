package store

import (
	"maps"
	"slices"

	"sluice/engine/spec"
)

// uses lists the changed paths that the graphs of a path use, directly or through others, deleted ones included.
func (t *trial) uses(path string) []string {
	deleted := map[string]string{} // path by graph name
	for gone, f := range t.prev {
		if t.tree[gone] == nil {
			for _, g := range f.graphs {
				deleted[g.Name] = gone
			}
		}
	}
	var found []string
	seen := map[string]bool{path: true}
	for todo := []string{path}; len(todo) > 0; todo = todo[1:] {
		f := t.tree[todo[0]]
		if f == nil {
			continue
		}
		for _, name := range fragments(f.graphs) {
			owner := t.owner[name]
			if owner == "" {
				owner = deleted[name]
			}
			if owner == "" || seen[owner] {
				continue
			}
			seen[owner] = true
			todo = append(todo, owner)
			if t.applied(owner) {
				found = append(found, owner)
			}
		}
	}
	return found
}

// purge takes back what is bad, and then every change that cannot stand without what was lost by that. Those would
// only be found one after another in the next rounds.
func (t *trial) purge() {
	before := t.names()
	for _, path := range slices.Sorted(maps.Keys(t.bad)) {
		t.takeBack(path, t.bad[path])
	}
	for again := true; again; {
		again = false
		now := t.names()
		for _, path := range t.changed() {
			f := t.tree[path]
			if f == nil {
				continue
			}
			if name, pos := t.bereft(f, before, now); name != "" {
				t.report.Errorf(pos, "fragment_left_out", "it uses %q, which has errors itself", name)
				t.takeBack(path, "it uses \""+name+"\", which has errors itself")
				again = true
			}
		}
	}
}

// names lists the graphs that the tree has.
func (t *trial) names() map[string]bool {
	out := map[string]bool{}
	for _, f := range t.tree {
		for _, g := range f.graphs {
			out[g.Name] = true
		}
	}
	return out
}

// bereft finds a fragment that a file uses and that was there before and no longer is.
func (t *trial) bereft(f *file, before, now map[string]bool) (string, spec.Pos) {
	for _, g := range f.graphs {
		for i := range g.Nodes {
			if use := g.Nodes[i].Use; before[use.Text] && !now[use.Text] {
				return use.Text, use.Pos
			}
		}
	}
	return "", spec.Pos{}
}

// fragments lists the names of the graphs that some graphs use.
func fragments(graphs []*spec.Graph) []string {
	var out []string
	for _, g := range graphs {
		for i := range g.Nodes {
			if g.Nodes[i].Use.Set() {
				out = append(out, g.Nodes[i].Use.Text)
			}
		}
	}
	return out
}
