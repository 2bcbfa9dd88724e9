package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const golden = "../../testdata/graphs/golden"

// TestGolden shows every case of the golden folder and compares. A case is NAME.args, the arguments of `sluice show`, on
// a graph that is shipped or lies beside it as NAME.yaml. Expected are NAME.plan.json, NAME.launch.txt and NAME.dot, or
// NAME.err for a case that must fail.
func TestGolden(t *testing.T) {
	cases, err := filepath.Glob(filepath.Join(golden, "*.args"))
	if err != nil || len(cases) == 0 {
		t.Fatalf("no golden cases (%v)", err)
	}
	for _, file := range cases {
		name := strings.TrimSuffix(filepath.Base(file), ".args")
		t.Run(name, func(t *testing.T) { goldenCase(t, filepath.Join(golden, name)) })
	}
}

func goldenCase(t *testing.T, base string) {
	t.Helper()
	line, err := os.ReadFile(base + ".args")
	if err != nil {
		t.Fatal(err)
	}
	args := append([]string{"show", "--registry", "snapshot", "--graphs", golden}, strings.Fields(string(line))...)
	var failed bool
	for _, form := range []struct{ as, file string }{{"json", ".plan.json"}, {"launch", ".launch.txt"}, {"dot", ".dot"}} {
		var out, errw bytes.Buffer
		code := run(t.Context(), append(args, "--as", form.as), nil, &out, &errw)
		if code != exitOK {
			failed = true
			compare(t, base+".err", errw.Bytes())
			break
		}
		compare(t, base+form.file, out.Bytes())
	}
	stale(t, base, failed)
}

// stale refuses files that the case no longer makes, so that a case cannot have both a plan and an error.
func stale(t *testing.T, base string, failed bool) {
	t.Helper()
	gone := []string{".err"}
	if failed {
		gone = []string{".plan.json", ".launch.txt", ".dot"}
	}
	for _, ext := range gone {
		if _, err := os.Stat(base + ext); err == nil {
			if *update {
				_ = os.Remove(base + ext)
				continue
			}
			t.Errorf("%s is there, but the case does not make it", base+ext)
		}
	}
}

func compare(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, got, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Errorf("%v; run with -update and review what it writes", err)
		return
	}
	if !bytes.Equal(want, got) {
		t.Errorf("%s differs:\n%s", file, difference(string(want), string(got)))
	}
}

// difference shows the first lines that differ.
func difference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(w), len(g)) {
		var a, b string
		if i < len(w) {
			a = w[i]
		}
		if i < len(g) {
			b = g[i]
		}
		if a != b {
			return "want " + a + "\n got " + b
		}
	}
	return ""
}
