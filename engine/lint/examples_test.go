package lint_test

import (
	"slices"
	"testing"

	"sluice/engine/lint"
	"sluice/engine/spec"
)

// TestExamplesOfElements wants the examples in every element's description to be right, as far as one node can be.
func TestExamplesOfElements(t *testing.T) {
	wrong := []string{
		"unknown_element", "unknown_field", "bad_field_value", "missing_field", "read_only_field", "bad_caps", "bad_reference", "unit_mismatch",
	}
	reg := registry(t)
	for _, name := range reg.OwnNames() {
		s, _ := reg.Spec(name)
		if len(s.Examples) == 0 {
			t.Errorf("%s has no example", name)
		}
		for _, text := range s.Examples {
			graphs, found := spec.Parse("a.yaml", "a", []byte("graph: v1\nabout: An example.\nnodes:\n  example: "+text+"\n"))
			found = append(found, lint.Check(graphs, reg, lint.Options{Only: wrong})...)
			for _, d := range found {
				t.Errorf("%q: %s", text, d)
			}
		}
	}
}

// TestUnread wants nothing to be said of fragments whose files could not be read.
func TestUnread(t *testing.T) {
	graphs := parseOne(t, "a.yaml", "a", "graph: v1\nabout: A.\nnodes:\n  in: {use: b}\n  out: {use: c}\nlinks: [in.video -> out.video]\n")
	if got := codesOf(lint.Check(graphs, registry(t), lint.Options{Unread: []string{"b"}})); !slices.Equal(got, []string{"unknown_fragment"}) {
		t.Errorf("got %v", got)
	}
}
