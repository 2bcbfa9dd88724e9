package roster

import (
	"maps"
	"slices"
	"strings"

	"sluice/engine/element"
	"sluice/engine/plan"
	"sluice/engine/run/shape"
)

// Template makes plans; *plan.Template is one. Resolve must be quick.
type Template interface {
	Resolve(in plan.Inputs) (*plan.Plan, error)
}

// Base makes the plan that an attempt begins with: with the keys that were there from the start and were not deleted. No
// others are in afterwards.
func (r *Roster) Base(t Template) (*plan.Plan, error) {
	for _, k := range r.keys {
		k.In = k.First
	}
	p, err := r.Resolve(t)
	if err != nil {
		return nil, err
	}
	s := shape.Of(p)
	for _, k := range r.keys {
		if b, ok := s.Branch(k.Branch); ok {
			k.OnError = b.OnError
		}
	}
	return p, nil
}

// Resolve makes the plan with the keys that are in.
func (r *Roster) Resolve(t Template) (*plan.Plan, error) {
	for {
		p, err := t.Resolve(r.Inputs())
		if err != nil {
			return nil, err
		}
		r.runs = r.runs || len(p.Pipelines) > 0
		before := len(r.nodes)
		for _, node := range shape.Placeholders(p) { // a Runtime must not see placeholders
			if !slices.Contains(r.nodes, node) {
				r.nodes = append(r.nodes, node)
			}
		}
		if len(r.nodes) == before {
			return p, nil
		}
	}
}

// Runs tells whether any plan so far had something for a Runtime: now, or when a key comes.
func (r *Roster) Runs() bool { return r.runs }

// Inputs are those of the plan with the keys that are in. They are not changed afterwards.
func (r *Roster) Inputs() plan.Inputs {
	in := r.inputs
	in.Keys = make(map[string][]plan.Key, len(r.nodes))
	for _, node := range r.nodes {
		in.Keys[node] = nil
	}
	in.Given = maps.Clone(in.Given)
	if in.Given == nil {
		in.Given = map[string][]element.Format{}
	}
	for _, k := range r.keys {
		if k.In {
			in.Keys[k.Node] = append(in.Keys[k.Node], k.Key)
			maps.Copy(in.Given, k.Given)
		}
	}
	in.Without = maps.Clone(r.spared)
	out := r.Out()
	in.Set = maps.Clone(r.values)
	maps.DeleteFunc(in.Set, func(node string, _ map[string]any) bool {
		return slices.ContainsFunc(out, func(branch string) bool { return strings.HasPrefix(node, branch+"/") })
	})
	return in
}
