package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sluice/engine/lint"
	"sluice/engine/plan"
	"sluice/engine/spec"
	"sluice/graphs"
)

// BenchmarkLintAndPlan200 parses, lints and plans 200 graphs: the shipped ones over and over under other names, with
// routes of their own. The budget is 300 ms an operation.
func BenchmarkLintAndPlan200(b *testing.B) {
	files := shippedFiles(b)
	a := &app{out: &bytes.Buffer{}, err: &bytes.Buffer{}, registry: "snapshot"}
	b.ReportAllocs()
	for b.Loop() {
		a.known = nil // the registry is opened anew too, as a command does
		reg, err := a.elements()
		if err != nil {
			b.Fatal(err)
		}
		var set []*spec.Graph
		lib := library{}
		for i := 0; len(set) < 200; i++ {
			for _, f := range files {
				list, bad := spec.Parse(f.name, fmt.Sprintf("copy%d/%s", i, f.name), f.apart(i))
				if len(bad) > 0 && bad[0].Severity == spec.Error {
					b.Fatal(bad[0])
				}
				for _, g := range list {
					if i > 0 && g.Fragment() {
						continue // there is one of each; the others use it
					}
					if i == 0 {
						g.Name = strings.TrimPrefix(g.Name, "copy0/")
					}
					set, lib[g.Name] = append(set, g), g
				}
			}
		}
		set = set[:200]
		for _, d := range lint.Check(set, reg, lint.Options{}) {
			if d.Severity == spec.Error {
				b.Fatal(d)
			}
		}
		planned := 0
		for _, g := range set {
			t, err := plan.Compile(g, lib, reg)
			if err != nil {
				b.Fatal(err)
			}
			in, err := new(inputFlags).inputs(t)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := t.Resolve(in); err == nil {
				planned++
			}
		}
		if planned < 100 { // the others are fragments, or have parameters that somebody must give
			b.Fatalf("only %d of 200 graphs were planned", planned)
		}
		b.ReportMetric(float64(planned), "planned")
	}
}

type library map[string]*spec.Graph

func (l library) Graph(name string) (*spec.Graph, bool) { g, ok := l[name]; return g, ok }

type namedFile struct {
	name string
	data []byte
}

var shortRoute = regexp.MustCompile(`(?m)^(  - [a-z.]+ )/`)

// apart gives copy i of the file, whose routes lie below a folder of their own.
func (f namedFile) apart(i int) []byte {
	if i == 0 {
		return f.data
	}
	below := fmt.Sprintf("/copy%d/", i)
	out := shortRoute.ReplaceAll(f.data, []byte("${1}"+below))
	return bytes.ReplaceAll(out, []byte(`path: "/{`), []byte(`path: "`+below+"{"))
}

func shippedFiles(b *testing.B) []namedFile {
	b.Helper()
	var out []namedFile
	err := fs.WalkDir(graphs.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".yaml") {
			return err
		}
		data, err := fs.ReadFile(graphs.FS, path)
		out = append(out, namedFile{strings.TrimSuffix(path, ".yaml"), data})
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return out
}

// BenchmarkHelp starts the built program; the budget is 50 ms. `make bench` builds it first.
func BenchmarkHelp(b *testing.B) {
	bin := filepath.Join(b.TempDir(), "sluice")
	build := exec.CommandContext(b.Context(), "go", "build", "-o", bin, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	for b.Loop() {
		if err := exec.CommandContext(b.Context(), bin, "--help").Run(); err != nil {
			b.Fatal(err)
		}
	}
}
