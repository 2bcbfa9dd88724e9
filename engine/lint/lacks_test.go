package lint_test

import (
	"slices"
	"strings"
	"testing"

	"sluice/engine/lint"
	"sluice/engine/media"
	"sluice/engine/spec"
)

// lacked is what a machine without libbcg729 lacks.
func lacked() []lint.Lack {
	return []lint.Lack{{Element: "sluiceg729enc", Makes: media.G729, Package: "libbcg729-0"}}
}

func graphWith(node string) string {
	return "graph: v1\nabout: Sound for a phone.\nroute:\n  - \"rtmp.publish /{stream}\"\nnodes:\n  in: stream.in name=$stream kind=audio\n  to: " +
		node + "\n  out: stream.out name=$(stream)_g\nlinks:\n  - in -> to -> out\n"
}

func TestLacks(t *testing.T) {
	for node, warned := range map[string]bool{
		"convert codec=g729":                     true,
		"convert codec=opus":                     false,
		"convert codec=auto":                     false,
		"decode":                                 false, // which needs no package
		"{element: convert, set: {codec: g729}}": true,
		"sluiceg729enc":                          true,
		"test.in audio=g729":                     true,
	} {
		graphs, _ := spec.Parse("a.yaml", "a", []byte(graphWith(node)))
		found := lint.Check(graphs, registry(t), lint.Options{Lacks: lacked(), Only: []string{"package_missing"}})
		if !warned {
			if len(found) > 0 {
				t.Errorf("%s: %v", node, found)
			}
			continue
		}
		if len(found) != 1 || found[0].Severity != spec.Warning || found[0].Pos.Line != 7 || !strings.Contains(found[0].Hint, "libbcg729-0") {
			t.Errorf("%s: %v", node, found)
		}
		if found := lint.Check(graphs, registry(t), lint.Options{Only: []string{"package_missing"}}); len(found) > 0 {
			t.Errorf("%s on a machine that lacks nothing: %v", node, found)
		}
	}
}

func TestLacksAreSilenced(t *testing.T) {
	text := strings.Replace(graphWith("convert codec=g729"), "  to:", "  # lint:ignore package_missing it runs on another machine\n  to:", 1)
	graphs, _ := spec.Parse("a.yaml", "a", []byte(text))
	found := lint.Check(graphs, registry(t), lint.Options{Lacks: lacked()})
	if slices.ContainsFunc(found, func(d spec.Diagnostic) bool { return d.Code == "package_missing" }) {
		t.Errorf("%v", found)
	}
}
