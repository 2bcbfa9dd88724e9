package guard

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"sluice/engine/element"
	"sluice/engine/plan"
	"sluice/engine/value"
	"sluice/testdata/registry"
)

// treatments says in words what becomes of texts.
func treatments(s sort) string {
	return map[sort]string{
		unknown: "refused", nothing: "plain", aFile: "file", anAddress: "address", aHost: "host", anElement: "refused: element", options: "options",
	}[s]
}

// TestEveryProperty compares what becomes of every property of GStreamer's elements that takes text with what is written down, so
// that somebody looks at those that a new registry brings. UPDATE=1 writes it down anew.
func TestEveryProperty(t *testing.T) {
	const file = "testdata/properties.txt"
	snapshot, err := registry.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	look := specs(t)
	lines := map[string]bool{}
	for _, name := range snapshot.Names() {
		s, ok := look(name)
		if !ok {
			t.Fatal(name)
		}
		for _, f := range s.Fields {
			if !f.ReadOnly && textual(s, plan.Setting{Name: f.Name}) {
				lines[fmt.Sprintf("%-40s %s", f.Name, treatments(meaning(f.Name)))] = true
			}
		}
	}
	got := strings.Join(slices.Sorted(maps.Keys(lines)), "\n") + "\n"
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("what becomes of properties is not as written down in %s; if what is new is right, run with UPDATE=1:\n%s", file, different(string(want), got))
	}
}

func different(a, b string) string {
	var out []string
	for _, line := range strings.Split(b, "\n") {
		if !slices.Contains(strings.Split(a, "\n"), line) {
			out = append(out, "+ "+line)
		}
	}
	for _, line := range strings.Split(a, "\n") {
		if !slices.Contains(strings.Split(b, "\n"), line) {
			out = append(out, "- "+line)
		}
	}
	return strings.Join(out, "\n")
}

// TestDefaultsOfEncoders: every element that keeps notes of passes in a file of the server's choice is refused when it does.
func TestDefaultsOfEncoders(t *testing.T) {
	g, err := New(Rules{}, specs(t))
	if err != nil {
		t.Fatal(err)
	}
	snapshot, err := registry.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	look, tried := specs(t), 0
	for _, name := range snapshot.Names() {
		s, _ := look(name)
		if f, ok := s.Field("multipass-cache-file"); !ok || f.Default == nil {
			continue
		}
		for _, f := range modes(s) {
			for _, word := range f.Constraint.Of {
				err := g.Plan(of(name + " " + f.Name + "=" + word))
				writes := strings.HasPrefix(word, "pass") || word == "first-pass" || word == "last-pass"
				if writes != (err != nil) {
					t.Errorf("%s %s=%s: %v", name, f.Name, word, err)
				}
				tried++
			}
		}
		if err := g.Plan(of(name)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if tried == 0 {
		t.Error("there is none")
	}
}

// modes are the fields that choose between passes.
func modes(s *element.Spec) []element.Field {
	return slices.DeleteFunc(slices.Clone(s.Fields), func(f element.Field) bool {
		return f.Constraint.Type != value.Enum || !strings.Contains(f.Name, "pass") || f.ReadOnly
	})
}
