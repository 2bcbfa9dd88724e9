package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sluice/engine/lint"
	"sluice/engine/spec"
)

func pages(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, glob := range []string{"../../README.md", "../../docs/*.md", "../../graphs/*.md", "../../testdata/*/*.md"} {
		found, err := filepath.Glob(glob)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, found...)
	}
	if len(out) < 4 {
		t.Fatalf("only %d pages found: %v", len(out), out)
	}
	return out
}

var fence = regexp.MustCompile("(?ms)^```yaml\n(.*?)^```")

// TestGraphsInDocumentsLint lints every graph in every page: what people copy must work.
func TestGraphsInDocumentsLint(t *testing.T) {
	a := &app{out: &bytes.Buffer{}, err: &bytes.Buffer{}, registry: "snapshot"}
	reg, err := a.elements()
	if err != nil {
		t.Fatal(err)
	}
	base, err := a.shipped()
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, page := range pages(t) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for i, block := range fence.FindAllSubmatch(text, -1) {
			if !strings.HasPrefix(string(block[1]), "graph: v1") {
				continue
			}
			count++
			name := fmt.Sprintf("%s-block-%d", page, i+1)
			list, bad := spec.Parse(name, fmt.Sprintf("doc%d/block", count), block[1])
			for _, d := range append(bad, lint.Check(withoutRoutes(list, base), reg, lint.Options{})...) {
				if d.Pos.File == name {
					t.Errorf("%s", d)
				}
			}
		}
	}
	if count == 0 {
		t.Error("no page has a graph")
	}
}

// withoutRoutes puts the graphs of a page beside the shipped ones, whose routes it may well repeat.
func withoutRoutes(mine, base []*spec.Graph) []*spec.Graph {
	out := append([]*spec.Graph{}, mine...)
	for _, g := range base {
		if g.Fragment() {
			out = append(out, g)
		}
	}
	return out
}

var link = regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)

// TestLinksResolve follows every relative link of every page.
func TestLinksResolve(t *testing.T) {
	for _, page := range pages(t) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), string(m[1]))); err != nil {
				t.Errorf("%s links to %s, which is not there", page, m[1])
			}
		}
	}
}

// TestGeneratedFilesAreFresh fails when a description changed and `make docs schema` did not run.
func TestGeneratedFilesAreFresh(t *testing.T) {
	var out, errw bytes.Buffer
	if code := run(t.Context(), []string{"docs", "../../docs", "--check", "--registry", "snapshot"}, nil, &out, &errw); code != exitOK {
		t.Errorf("%s%s", &out, &errw)
	}
	out.Reset()
	if code := run(t.Context(), []string{"docs", "schema", "--registry", "snapshot"}, nil, &out, &errw); code != exitOK {
		t.Fatal(errw.String())
	}
	have, err := os.ReadFile("../../graphs/schema.json")
	if err != nil || !bytes.Equal(have, out.Bytes()) {
		t.Errorf("graphs/schema.json is stale: run `make schema` (%v)", err)
	}
}
