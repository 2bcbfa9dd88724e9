package trial

import (
	"slices"
	"strings"

	"sluice/engine/plan"
	"sluice/engine/spec"
)

// awake is a graph of which nothing is lazy: all of it is there before media flows. A lazy part that starts after its source
// has begun misses what went before, how much of it depends on the machine, and a made-up source is at its end by then.
func awake(g *spec.Graph) *spec.Graph {
	out := *g
	out.Nodes = slices.Clone(g.Nodes)
	for i := range out.Nodes {
		out.Nodes[i].Lazy = spec.Value{}
		if f := out.Nodes[i].Fallback; f != nil {
			warm := *f
			warm.Warm = true
			out.Nodes[i].Fallback = &warm
		}
	}
	return &out
}

// awakened is a library of such graphs.
type awakened struct{ plan.Library }

// Graph implements plan.Library.
func (a awakened) Graph(name string) (*spec.Graph, bool) {
	if a.Library == nil {
		return nil, false
	}
	g, ok := a.Library.Graph(name)
	if !ok {
		return nil, false
	}
	return awake(g), true
}

// nobodys tells whether a node stands in a plan only to show where the keys of a node with each: would go. There are none
// when a graph begins.
func nobodys(node string) bool { return strings.Contains(node, "[{") }
