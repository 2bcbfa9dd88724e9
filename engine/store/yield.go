package store

import (
	"slices"

	"sluice/engine/route"
	"sluice/engine/spec"
)

// yield takes routes of shipped graphs out of the trial where a user's route would conflict with them: what comes with
// sluice is a default, and whoever writes a graph for the same event means it. The shipped graph itself stays.
func (t *trial) yield() {
	var entries []route.Entry
	for _, g := range t.graphs {
		if !g.Fragment() {
			of, _ := route.Entries(g)
			entries = append(entries, of...)
		}
	}
	_, conflicts := route.Build(entries)
	taken := map[spec.Pos]bool{}
	for _, c := range conflicts {
		first, second := t.shipped(c.First.Graph), t.shipped(c.Second.Graph)
		if first && !second {
			taken[c.First.Pos] = true
		}
		if second && !first {
			taken[c.Second.Pos] = true
		}
	}
	if len(taken) == 0 {
		return
	}
	var kept []*spec.Graph
	for _, g := range t.graphs {
		yields := func(r spec.Route) bool { return taken[r.Pos] }
		if !slices.ContainsFunc(g.Routes, yields) {
			kept = append(kept, g)
			continue
		}
		without := *g // graphs are shared with older sets
		without.Routes = slices.DeleteFunc(slices.Clone(g.Routes), yields)
		if len(without.Routes) > 0 {
			kept = append(kept, &without) // one without any has nothing left to check: its captures come from nowhere
		}
	}
	t.graphs = kept
}

// shipped tells whether a graph came with sluice.
func (t *trial) shipped(graph string) bool {
	f := t.tree[t.owner[graph]]
	return f != nil && f.shipped
}
