package lint

import (
	"slices"
	"strings"

	"sluice/engine/spec"
)

// The elements by which graphs meet in the hub. Rules about the names of streams know them.
const (
	streamIn  = "stream.in"
	streamOut = "stream.out"
)

// streams checks the names under which a graph reads and writes streams.
func (g *graph) streams() {
	readers := map[string][]*node{}
	for _, n := range g.nodes {
		if name, ok := n.setting("name"); ok && n.elem != nil && n.elem.Name == streamIn {
			readers[name.Text] = append(readers[name.Text], n)
		}
	}
	heard := map[string]map[*node]bool{}
	for _, n := range g.nodes {
		name, ok := n.setting("name")
		if !ok || n.elem == nil || n.elem.Name != streamOut {
			continue
		}
		g.oneName(name)
		if track, _ := n.literal("track"); track == "alternative" || len(readers[name.Text]) == 0 {
			continue
		}
		if heard[name.Text] == nil {
			heard[name.Text] = reachedFrom(readers[name.Text])
		}
		if heard[name.Text][n] {
			g.at(name.Pos, "stream_loop", "%q reads the stream that %q writes, and its media goes into it",
				readers[name.Text][0].Name.Text, n.Name.Text).Advise("give the stream another name, or add it to the first with track=alternative")
		}
	}
}

// setting finds what a node sets.
func (n *node) setting(field string) (spec.Value, bool) {
	for _, e := range n.Set {
		if e.Key.Text == field {
			return e.Value, true
		}
	}
	return spec.Value{}, false
}

// reachedFrom finds all nodes that the media of some nodes reaches.
func reachedFrom(from []*node) map[*node]bool {
	out := map[*node]bool{}
	todo := slices.Clone(from)
	for len(todo) > 0 {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, w := range n.out {
			if to := w.to.node; !out[to] {
				out[to] = true
				todo = append(todo, to)
			}
		}
	}
	return out
}

// oneName warns when every instance of a graph would publish under the same name.
func (g *graph) oneName(name spec.Value) {
	if strings.Contains(name.Text, "$") {
		return
	}
	for _, s := range g.starts {
		if len(s.captures) > 0 && !s.route.Share.Set() {
			g.at(name.Pos, "one_name", "every instance would publish %q, and all but the first be refused", short(name.Text)).
				Advise("write $%s, which the route captures, into the name", s.captures[0])
			return
		}
	}
}
