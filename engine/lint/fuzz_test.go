package lint_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sluice/engine/lint"
	"sluice/engine/spec"
)

// FuzzCheck parses and lints any bytes: no panic, no hang, every finding has a place and a code that is listed, and a second
// run says the same.
func FuzzCheck(f *testing.F) {
	for _, pattern := range []string{"testdata/*.yaml", "testdata/clean/*/*.yaml", "../../graphs/*/*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, name := range files {
			data, err := os.ReadFile(name)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
			for doc := range strings.SplitSeq(string(data), "\n---\n") {
				f.Add([]byte(doc))
			}
		}
	}
	codes := listed()
	reg := registry(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		graphs, found := spec.Parse("a.yaml", "a", data)
		begun := time.Now()
		first := lint.Check(graphs, reg, lint.Options{})
		if took := time.Since(begun); took > 10*time.Second {
			t.Fatalf("linting %d bytes took %v", len(data), took)
		}
		for _, d := range append(found, first...) {
			if _, ok := codes[d.Code]; !ok {
				t.Errorf("the code of %s is not listed", d)
			}
			if d.Pos.File == "" || d.Pos.Line < 1 || d.Pos.Col < 1 {
				t.Errorf("%s has no place", d)
			}
		}
		if second := lint.Check(graphs, reg, lint.Options{}); len(second) != len(first) {
			t.Errorf("%d findings, and then %d", len(first), len(second))
		}
	})
}
