package lint_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sluice/engine/lint/codes"
	"sluice/engine/spec"
)

// want is one "# want: code@column 'part of the message'" of a file under testdata; column and part may be left out.
type want struct {
	line, col  int
	code, part string
}

var (
	wantComment = regexp.MustCompile(`# want: (.*)$`)
	wantOne     = regexp.MustCompile(`([a-z][a-z0-9_]*)(?:@(\d+))?(?: '([^']*)')?`)
)

func wants(text string) []want {
	var out []want
	for i, line := range strings.Split(text, "\n") {
		m := wantComment.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		for _, one := range wantOne.FindAllStringSubmatch(m[1], -1) {
			col, _ := strconv.Atoi(one[2])
			out = append(out, want{i + 1, col, one[1], one[3]})
		}
	}
	return out
}

func (w want) is(d spec.Diagnostic) bool {
	said := d.Msg + " (" + d.Hint + ")"
	return d.Pos.Line == w.line && d.Code == w.code && (w.col == 0 || d.Pos.Col == w.col) && strings.Contains(said, w.part)
}

func caseFiles(t testing.TB) map[string]string {
	t.Helper()
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	out := map[string]string{}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out[strings.TrimSuffix(filepath.Base(f), ".yaml")] = string(data)
	}
	return out
}

// TestCases lints every file under testdata and wants exactly the findings that its comments name.
func TestCases(t *testing.T) {
	for name, text := range caseFiles(t) {
		t.Run(name, func(t *testing.T) {
			found := checkText(t, name, text)
			for _, w := range wants(text) {
				i := slices.IndexFunc(found, w.is)
				if i < 0 {
					t.Errorf("line %d: want %s@%d %q", w.line, w.code, w.col, w.part)
					continue
				}
				found = slices.Delete(found, i, i+1)
			}
			for _, d := range found {
				t.Errorf("not wanted: %s", d)
			}
		})
	}
}

// elsewhere are files that cannot hold a comment about themselves, by the code they have.
func elsewhere() map[string]string {
	return map[string]string{
		spec.CodeFileTooLarge:  "graph: v1\nabout: " + strings.Repeat("x", 1<<20),
		spec.CodeNotText:       "graph: v1\nabout: \xff",
		spec.CodeSyntax:        "graph: v1\nnodes: [in: rtmp.in",
		spec.CodeTooDeep:       "graph: v1\nlabels: " + strings.Repeat("[", 200) + strings.Repeat("]", 200),
		spec.CodeTooManyValues: "graph: v1\nlabels: [" + strings.Repeat("1,", 60_000) + "1]",
		spec.CodeTooManyErrors: "graph: v1\n" + manyErrors(),
		spec.CodeBadIgnore:     "graph: v1\nabout: a\n# lint:ignore one_name\nnodes: {}\n",
	}
}

func manyErrors() string {
	var b strings.Builder
	for i := range 150 {
		fmt.Fprintf(&b, "key%d: 1\n", i)
	}
	return b.String()
}

// TestEveryCodeHasACase wants each code of the list to be found by some test here.
func TestEveryCodeHasACase(t *testing.T) {
	covered := map[string]bool{
		spec.CodeUnsafeFormat: true, // only a defect has it; package spec tests that formatting cannot lose anything
		"route_event":         true, // spec refuses files with such events; TestTreeWithoutSpelling
		"duplicate_graph":     true, // needs two files; TestTwoGraphsOfOneName
		"package_missing":     true, // needs a machine that lacks something; TestLacks
		"element_refused":     true, // needs an operator who rules it out; TestRefused
	}
	for _, text := range caseFiles(t) {
		for _, w := range wants(text) {
			covered[w.code] = true
		}
	}
	for code, text := range elsewhere() {
		covered[code] = true
		if !slices.ContainsFunc(checkText(t, "case", text), func(d spec.Diagnostic) bool { return d.Code == code }) {
			t.Errorf("%s was not found in its file", code)
		}
	}
	for _, i := range codes.List() {
		if !covered[i.Code] {
			t.Errorf("no case has %s", i.Code)
		}
		delete(covered, i.Code)
	}
	for _, code := range slices.Sorted(maps.Keys(covered)) {
		t.Errorf("%s is in a case, but not in the list of codes", code)
	}
}
