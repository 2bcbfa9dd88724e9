package lint_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sluice/engine/lint"
	"sluice/engine/spec"
	"sluice/graphs"
)

// readSet parses all graphs of a folder.
func readSet(t testing.TB, fsys fs.FS) ([]*spec.Graph, []spec.Diagnostic) {
	t.Helper()
	var set []*spec.Graph
	var found []spec.Diagnostic
	err := fs.WalkDir(fsys, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".yaml" {
			return err
		}
		data, err := fs.ReadFile(fsys, path)
		if err != nil {
			return err
		}
		parsed, diags := spec.Parse(path, strings.TrimSuffix(path, ".yaml"), data)
		set, found = append(set, parsed...), append(found, diags...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return set, found
}

// TestWorkedExamples wants nothing said about the six examples of the language's design.
func TestWorkedExamples(t *testing.T) {
	set, found := readSet(t, os.DirFS("testdata/clean"))
	if len(set) < 10 {
		t.Fatalf("only %d graphs were read", len(set))
	}
	for _, d := range append(found, lint.Check(set, registry(t), lint.Options{})...) {
		t.Error(d)
	}
}

// TestShippedGraphs wants nothing said about the graphs that come with sluice.
func TestShippedGraphs(t *testing.T) {
	set, found := readSet(t, graphs.FS)
	if len(set) < 10 {
		t.Fatalf("only %d graphs were read", len(set))
	}
	for _, d := range append(found, lint.Check(set, registry(t), lint.Options{})...) {
		t.Error(d)
	}
}
