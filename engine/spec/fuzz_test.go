package spec

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// examples reads the graphs under testdata.
func examples(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) < 8 {
		t.Fatalf("found %d example graphs: %v", len(files), err)
	}
	out := make(map[string][]byte, len(files))
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out[filepath.Base(f)] = data
	}
	return out
}

func seedGraphs(f *testing.F) {
	for _, data := range examples(f) {
		f.Add(data)
	}
	for _, c := range parseCases() {
		if len(c.in) < 4096 { // mutating the large ones takes all the time
			f.Add([]byte(c.in))
		}
	}
	for _, c := range formatCases() {
		f.Add([]byte(c.in))
	}
}

func FuzzParse(f *testing.F) {
	seedGraphs(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		graphs, diags := Parse("f.yaml", "live/f", data)
		w := new(walker)
		if w.open("f.yaml", data); w.src == nil {
			return
		}
		for _, d := range diags {
			if d.Code == "" || d.Msg == "" || d.Severity != Error {
				t.Errorf("a diagnostic lacks something: %#v", d)
			}
			if d.Pos.Line < 1 || d.Pos.Line > len(w.src.lines) || d.Pos.Col < 1 || d.Pos.Col > utf8.RuneCountInString(w.src.line(d.Pos.Line))+1 {
				t.Errorf("a place outside the file: %s", d)
			}
		}
		for _, g := range graphs {
			if len(diags) == 0 && (len(g.Broken) > 0 || len(g.Gaps) > 0) {
				t.Errorf("left out without a word: nodes %q, sections %q", g.Broken, g.Gaps)
			}
			for _, n := range g.Nodes {
				if !isName(n.Name.Text) || n.Element.Set() == n.Use.Set() {
					t.Errorf("not a node: %+v", n)
				}
			}
			for _, l := range g.Links {
				if len(l.Hops) < 2 || l.Hops[0].Node == "" || l.Hops[len(l.Hops)-1].Node == "" {
					t.Errorf("not a link: %+v", l)
				}
			}
		}
	})
}

func FuzzFormat(f *testing.F) {
	seedGraphs(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		checkFormat(t, data)
	})
}

// checkFormat formats a file, and what came out again.
func checkFormat(t failer, data []byte) {
	out, diags := Format(data)
	if len(diags) > 0 {
		if slices.ContainsFunc(diags, func(d Diagnostic) bool { return d.Code == CodeUnsafeFormat }) {
			t.Fatalf("cannot format safely:\n%s", data)
		}
		if out != nil {
			t.Fatalf("formatted in spite of errors: %v", diags)
		}
		return
	}
	again, diags := Format(out)
	if len(diags) > 0 {
		t.Fatalf("the result has errors: %v\n%s", diags, out)
	}
	if !bytes.Equal(out, again) {
		t.Fatalf("not idempotent, from\n%s\n--- on:\n%s\n--- then\n%s", data, fromDifference(out, again), fromDifference(again, out))
	}
	sameFile(t, data, out)
}

// sameFile compares what two files say, and their comments.
func sameFile(t failer, before, after []byte) {
	w, docs, graphs := read("", "format", before)
	v, newDocs, newGraphs := read("", "format", after)
	if len(graphs) != len(newGraphs) {
		t.Fatalf("%d graphs became %d", len(graphs), len(newGraphs))
	}
	for i := range graphs {
		if !Same(graphs[i], newGraphs[i]) {
			t.Fatalf("the graph changed:\n%s\n--- became\n%s", before, after)
		}
	}
	if len(graphs) > 0 && !slices.Equal(texts(w.src.comments(docs)), texts(v.src.comments(newDocs))) {
		t.Fatalf("the comments changed:\n%s\n--- became\n%s", before, after)
	}
}

func FuzzChain(f *testing.F) {
	for _, c := range chainCases() {
		f.Add(c.in)
	}
	f.Fuzz(func(t *testing.T, text string) {
		w := new(walker)
		hops, ok := w.chain(spot{text: text})
		if ok != (w.errors == 0) {
			t.Fatalf("ok is %v with errors %v", ok, w.diagnostics())
		}
		if !ok {
			return
		}
		written := chainText(hops)
		again, ok := w.chain(spot{text: written})
		if !ok || chainText(again) != written || len(again) != len(hops) {
			t.Errorf("%q is written %q and read %+v", text, written, again)
		}
	})
}

func FuzzNodeText(f *testing.F) {
	for _, c := range nodeTextCases() {
		f.Add(c.in)
	}
	f.Fuzz(func(t *testing.T, text string) {
		w := new(walker)
		element, set := w.nodeText(spot{text: text})
		if w.errors > 0 {
			return
		}
		if !isElement(element.Text) {
			t.Errorf("%q is not an element", element.Text)
		}
		written := nodeText(element.Text, set)
		again, properties := w.nodeText(spot{text: written})
		if w.errors > 0 || again.Text != element.Text || !sameEntries(set, properties) {
			t.Errorf("%q is written %q and read %+v, %v", text, written, properties, w.diagnostics())
		}
	})
}

func FuzzRoute(f *testing.F) {
	for _, c := range routeCases() {
		f.Add(c.in)
	}
	f.Fuzz(func(t *testing.T, text string) {
		w := new(walker)
		r, ok := w.routeText(spot{text: text})
		if ok != (w.errors == 0) {
			t.Fatalf("ok is %v with errors %v", ok, w.diagnostics())
		}
		if !ok {
			return
		}
		written := r.Event.Text
		if r.Path.Text != "" {
			written += " " + r.Path.Text
		}
		again, ok := w.routeText(spot{text: written})
		if !ok || again.Event.Text != r.Event.Text || again.Path.Text != r.Path.Text {
			t.Errorf("%q is written %q and read %+v", text, written, again)
		}
	})
}

// failer is what testing.T and rapid.T have in common.
type failer interface {
	Fatalf(format string, args ...any)
}

// fromDifference gives a few lines of a from where it begins to differ from b.
func fromDifference(a, b []byte) string {
	lines, others := strings.Split(string(a), "\n"), strings.Split(string(b), "\n")
	for i := range lines {
		if i >= len(others) || lines[i] != others[i] {
			return strings.Join(lines[max(0, i-2):min(len(lines), i+6)], "\n")
		}
	}
	return ""
}
