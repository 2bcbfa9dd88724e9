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
	"sluice/engine/media"
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
	for _, fragment := range []string{"fragments/member", "fragments/seat", "fragments/slate", "fragments/rung"} {
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

// read is the text of a shipped graph.
func read(t testing.TB, name string) string {
	t.Helper()
	text, err := fs.ReadFile(graphs.FS, name+".yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// given says that the node "in" gives one codec, and wanted that "out" takes one.
func given(k media.Kind, c media.Codec) map[string][]element.Format {
	return map[string][]element.Format{"in": {{Kind: k, Codec: c}}}
}

func wanted(k media.Kind, c media.Codec) map[string][]element.Format {
	return map[string][]element.Format{"out": {{Kind: k, Codec: c}}}
}

// only finds the one bridge of a direction.
func only(t testing.TB, p *plan.Plan, d plan.Direction) string {
	t.Helper()
	name := ""
	for _, b := range p.Bridges {
		if b.Direction == d {
			if name != "" {
				t.Fatalf("bridges %s and %s", name, b.Name)
			}
			name = b.Name
		}
	}
	if name == "" {
		t.Fatalf("no bridge %s: %+v", d, p)
	}
	return name
}
