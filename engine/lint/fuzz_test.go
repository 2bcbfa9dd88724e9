package lint_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"sluice/engine/lint"
	"sluice/engine/spec"
)

// workPerByte is how much a file may make lint do, in allocations for each byte of it. The shipped graphs need up to 4.
const workPerByte = 500

// FuzzCheck parses and lints any bytes: no panic, no work without measure, every finding has a place and a code that is
// listed, and a second run says the same.
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
		var first []spec.Diagnostic
		work := mallocs(func() { first = lint.Check(graphs, reg, lint.Options{}) })
		if most := 10_000 + workPerByte*uint64(len(data)); work > most {
			t.Fatalf("linting %d bytes took %d allocations, more than %d", len(data), work, most)
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

// mallocs counts what work allocates, which, unlike time, does not depend on the machine.
func mallocs(work func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	work()
	runtime.ReadMemStats(&after)
	return after.Mallocs - before.Mallocs
}
