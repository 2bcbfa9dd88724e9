//go:build cgo && !nogst

package gst_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"sluice/elements/convert"
	"sluice/elements/file"
	"sluice/elements/mix"
	"sluice/elements/snapshot"
	"sluice/elements/stream"
	"sluice/elements/testio"
	"sluice/engine/element"
	"sluice/engine/plan"
	"sluice/engine/spec"
	"sluice/graphs"
	"sluice/testdata/registry"
)

// shelf is graphs by name.
type shelf map[string]*spec.Graph

// Graph makes a shelf the compiler's library.
func (s shelf) Graph(name string) (*spec.Graph, bool) { g, ok := s[name]; return g, ok }

// add parses a file's graphs.
func (s shelf) add(t testing.TB, name string, text []byte) {
	t.Helper()
	found, diags := spec.Parse(name+".yaml", name, text)
	for _, d := range diags {
		t.Fatal(d)
	}
	for _, g := range found {
		s[g.Name] = g
	}
}

func elements(t testing.TB) *element.Registry {
	t.Helper()
	catalog, err := registry.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	reg, err := element.NewRegistry(catalog, slices.Concat(
		stream.Elements(), convert.Elements(), mix.Elements(), file.Elements(), testio.Elements(), snapshot.Elements(),
	), stream.Triggers())
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

// compile makes the plan of a shipped graph.
func compile(t testing.TB, name string, params map[string]any) *plan.Plan {
	t.Helper()
	text, err := fs.ReadFile(graphs.FS, name+".yaml")
	if err != nil {
		t.Fatal(err)
	}
	return resolve(t, template(t, name, string(text)), plan.Inputs{Params: params})
}

// template compiles a graph's text, with the shipped fragments at hand.
func template(t testing.TB, name, text string) *plan.Template {
	t.Helper()
	all := shelf{}
	for _, fragment := range []string{"fragments/seat", "fragments/slate", "fragments/rung"} {
		data, err := fs.ReadFile(graphs.FS, fragment+".yaml")
		if err != nil {
			t.Fatal(err)
		}
		all.add(t, fragment, data)
	}
	all.add(t, name, []byte(strings.TrimSpace(text)+"\n"))
	tmpl, err := plan.Compile(all[name], all, elements(t))
	if err != nil {
		t.Fatal(err)
	}
	return tmpl
}

func resolve(t testing.TB, tmpl *plan.Template, in plan.Inputs) *plan.Plan {
	t.Helper()
	p, err := tmpl.Resolve(in)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
