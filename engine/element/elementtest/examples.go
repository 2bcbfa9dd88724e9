package elementtest

import (
	"strconv"
	"strings"

	"sluice/engine/element"
	"sluice/engine/spec"
)

// Examples lists what is wrong with a description's examples, as far as one node alone tells: each must be a node's short
// form, of this element, with fields that it has and values that these take. Values with a reference are taken on trust.
func Examples(s element.Spec) []string {
	var f faults
	if len(s.Examples) == 0 {
		f.add("there is no example")
	}
	for _, text := range s.Examples {
		f.example(s, text)
	}
	return f
}

func (f *faults) example(s element.Spec, text string) {
	doc := "graph: v1\nabout: An example.\nnodes:\n  example: " + strconv.Quote(text) + "\n"
	graphs, found := spec.Parse("example", "example", []byte(doc))
	for _, d := range found {
		if d.Severity == spec.Error {
			f.add("example %q: %s", text, d.Msg)
		}
	}
	if len(graphs) != 1 || len(graphs[0].Nodes) != 1 {
		f.add("example %q is not a node", text)
		return
	}
	n := graphs[0].Nodes[0]
	if n.Element.Text != s.Name {
		f.add("example %q is of another element", text)
	}
	set := map[string]bool{}
	for _, e := range n.Set {
		set[e.Key.Text] = true
		x, ok := s.Field(e.Key.Text)
		if !ok {
			f.add("example %q: there is no field %q", text, e.Key.Text)
			continue
		}
		if strings.Contains(e.Value.Text, "$") {
			continue
		}
		if _, err := x.Constraint.Parse(e.Value.Text); err != nil {
			f.add("example %q: field %s: %v", text, e.Key.Text, err)
		}
	}
	for _, x := range s.Fields {
		if x.Required && !set[x.Name] {
			f.add("example %q leaves out %s, which must be set", text, x.Name)
		}
	}
}
