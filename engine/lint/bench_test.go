package lint_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"sluice/engine/lint"
	"sluice/engine/spec"
)

// copies makes a set of n graphs out of the worked examples, each copy with names and paths of its own.
func copies(t testing.TB, n int) []*spec.Graph {
	t.Helper()
	base, _ := readSet(t, os.DirFS("testdata/clean"))
	var out []*spec.Graph
	for round := 0; len(out) < n; round++ {
		for _, g := range base {
			c := *g
			if !g.Fragment() {
				c.Name = fmt.Sprintf("%s%d", g.Name, round)
				c.Routes = nil
				for _, r := range g.Routes {
					if r.Path.Set() {
						r.Path.Text = fmt.Sprintf("/copy%d%s", round, r.Path.Text)
					}
					c.Routes = append(c.Routes, r)
				}
			} else if round > 0 {
				continue
			}
			out = append(out, &c)
		}
	}
	return out[:n]
}

// BenchmarkCheck200 lints 200 graphs with the snapshot of GStreamer's elements.
func BenchmarkCheck200(b *testing.B) {
	set := copies(b, 200)
	if found := lint.Check(set, registry(b), lint.Options{}); len(found) > 0 {
		b.Fatalf("the set is not clean: %v", found[0])
	}
	for b.Loop() {
		lint.Check(set, registry(b), lint.Options{})
	}
}

// BenchmarkCheckOne lints one graph, as an editor does after each key.
func BenchmarkCheckOne(b *testing.B) {
	set, _ := readSet(b, os.DirFS("testdata/clean/jobs"))
	for b.Loop() {
		lint.Check(set, registry(b), lint.Options{})
	}
}

// TestHostileSizes lints files as large as spec lets through, made to be slow in different ways.
func TestHostileSizes(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	head := "graph: v1\nabout: A.\n"
	repeat := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	files := map[string]string{
		"unknown nodes":    head + "nodes:\n" + repeat(8000, "  n%[1]d: queue\n") + "links:\n" + repeat(8000, "  - x%[1]d -> y%[1]d\n"),
		"unknown elements": head + "nodes:\n" + repeat(12000, "  n%[1]d: element%[1]d\n"),
		"one chain":        head + "nodes:\n" + repeat(8000, "  n%[1]d: queue\n") + "links:\n" + repeat(7999, "  - n%[1]d -> n7999\n"),
		"long chain":       head + "nodes:\n" + repeat(8000, "  n%[1]d: queue\n") + "links:\n  - n0" + repeat(7999, " -> n%[1]d"),
		"all lazy": head + "nodes:\n" + repeat(8000, "  n%[1]d: {element: queue, lazy: 5s}\n") +
			"links:\n  - n0" + repeat(7999, " -> n%[1]d"),
		"references": head + "params:\n" + repeat(8000, "  p%[1]d: string\n") + "nodes:\n" +
			repeat(8000, "  n%[1]d: stream.out name=$q%[1]d\n"),
		"routes": head + "route:\n" + repeat(8000, "  - rtmp.publish /a%[1]d/{x}\n") + "nodes:\n" +
			repeat(8000, "  n%[1]d: stream.out name=$y%[1]d\n"),
		"uses": head + "name: a\nnodes:\n" + repeat(5000, "  n%[1]d: {use: b}\n") + "---\n" + head + "name: b\nparams:\n" +
			repeat(5000, "  p%[1]d: string\n") + "nodes: {q: queue}\nexports: {a: q.src}\n",
		"exports": head + "name: a\nnodes: {n: {use: b}}\nlinks:\n" + repeat(3000, "  - n.o%[1]d -> n.i%[1]d\n") + "---\n" + head +
			"name: b\nnodes:\n  t: tee\n  f: funnel\n" + "links: [f -> t]\nexports:\n" + repeat(3000, "  o%[1]d: t.src_%[1]d\n") +
			repeat(3000, "  i%[1]d: f.sink_%[1]d\n"),
		"streams": head + "nodes:\n" + repeat(4000, "  i%[1]d: stream.in name=a\n") + repeat(4000, "  o%[1]d: stream.out name=a\n") +
			"links:\n" + repeat(4000, "  - i%[1]d -> o%[1]d\n"),
	}
	for name, text := range files {
		t.Run(name, func(t *testing.T) {
			found := checkText(t, "a", text)
			t.Logf("%d bytes, %d findings", len(text), len(found))
			if len(found) > 700 {
				t.Errorf("%d findings are too many", len(found))
			}
		})
	}
}
