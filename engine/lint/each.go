package lint

import (
	"sluice/engine/spec"
	"sluice/engine/value"
)

// repeats checks what a node with each: is repeated over: a list, or keys that come and go up to a number.
func (g *graph) repeats(n *node) {
	if n.Each == nil {
		return
	}
	if n.Each.List.Set() {
		g.repeatedList(n, n.Each.List)
		return
	}
	if n.Each.Max.Set() {
		most := value.Constraint{Type: value.Int, Min: int64(1), Max: int64(10_000)}
		g.value(n.Each.Max, most, setting{what: `"max" of "` + n.Name.Text + `"`, code: "each_max", node: nil})
	}
}

// repeatedList wants a list written out, or a reference to one.
func (g *graph) repeatedList(n *node, v spec.Value) {
	if v.Kind != spec.List && v.Kind != spec.String {
		g.at(v.Pos, "each_list_type", `"each" of %q wants a list`, n.Name.Text).Advise("as in $guests, [a, b], or {key: guest, max: 16}")
		return
	}
	if v.Kind == spec.List && len(v.Items) == 0 {
		g.at(v.Pos, "each_list_type", `"each" of %q repeats over an empty list`, n.Name.Text).Advise("add items, or leave the node out")
		return
	}
	g.value(v, value.Constraint{Type: value.List}, setting{what: `"each" of "` + n.Name.Text + `"`, code: "each_list_type"})
}
