package param

import (
	"strings"
	"testing"

	"sluice/engine/spec"
)

// header puts any entries where package spec takes them as they are, so that Define sees what spec itself would refuse.
const header = "graph: v1\nnodes:\n  x:\n    element: e\n    set:\n"

// entries reads a YAML map; its first line has number 1.
func entries(t testing.TB, text string) []spec.Entry {
	t.Helper()
	body := "      " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n      ")
	graphs, found := spec.Parse("f.yaml", "f", []byte(header+body+"\n"))
	if len(graphs) != 1 || len(graphs[0].Nodes) != 1 {
		t.Fatalf("%s: %v", text, found)
	}
	list := graphs[0].Nodes[0].Set
	for i := range list {
		shift(&list[i])
	}
	return list
}

// shift takes the header's lines and the indentation out of positions.
func shift(e *spec.Entry) {
	move(&e.Key.Pos)
	shiftValue(&e.Value)
}

func shiftValue(v *spec.Value) {
	move(&v.Pos)
	for i := range v.Items {
		shiftValue(&v.Items[i])
	}
	for i := range v.Entries {
		shift(&v.Entries[i])
	}
}

func move(p *spec.Pos) {
	p.Line -= strings.Count(header, "\n")
	p.Col -= 6
}

// graph makes a graph with parameters.
func graph(t testing.TB, params string) *spec.Graph {
	t.Helper()
	g := &spec.Graph{Name: "f"}
	if strings.TrimSpace(params) == "" {
		return g
	}
	for _, e := range entries(t, params) {
		g.Params = append(g.Params, spec.Param{Name: e.Key, Body: e.Value})
	}
	return g
}

// defined reads parameters that have no errors.
func defined(t testing.TB, params string) []Def {
	t.Helper()
	var r spec.Report
	defs := Define(graph(t, params), &r, WithCodecs([]string{"opus", "h264", "pcmu"}))
	for _, d := range r.List() {
		t.Fatal(d)
	}
	return defs
}

// text makes a string as a file has it.
func text(s string) spec.Value {
	return spec.Value{Kind: spec.String, Text: s, Pos: spec.Pos{File: "f.yaml", Line: 3, Col: 10}}
}
