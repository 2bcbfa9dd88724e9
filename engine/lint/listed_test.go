package lint_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sluice/engine/lint"
	"sluice/engine/lint/codes"
)

// codesIn collects the codes that the sources of a package report: the second argument of Errorf, Warnf, at and noNode, the
// values of fields called Code, code, unknown and bad, and constants called Code….
func codesIn(t *testing.T, folder string) map[string]token.Position {
	t.Helper()
	out := map[string]token.Position{}
	files := token.NewFileSet()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(files, filepath.Join(folder, e.Name()), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			for _, x := range codeExprs(n) {
				if lit, ok := x.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					code, _ := strconv.Unquote(lit.Value)
					out[code] = files.Position(lit.Pos())
				}
			}
			return true
		})
	}
	return out
}

func codeExprs(n ast.Node) []ast.Expr {
	switch n := n.(type) {
	case *ast.CallExpr:
		if sel, ok := n.Fun.(*ast.SelectorExpr); ok && len(n.Args) > 1 &&
			slices.Contains([]string{"Errorf", "Warnf", "at", "noNode"}, sel.Sel.Name) {
			return n.Args[1:2]
		}
	case *ast.KeyValueExpr:
		if key, ok := n.Key.(*ast.Ident); ok && slices.Contains([]string{"Code", "code", "unknown", "bad"}, key.Name) {
			return []ast.Expr{n.Value}
		}
	case *ast.ValueSpec:
		var out []ast.Expr
		for i, name := range n.Names {
			if strings.HasPrefix(name.Name, "Code") && i < len(n.Values) {
				out = append(out, n.Values[i])
			}
		}
		return out
	}
	return nil
}

func listed() map[string]codes.Info {
	out := map[string]codes.Info{}
	for _, i := range codes.List() {
		out[i.Code] = i
	}
	return out
}

// TestEveryCodeIsListed wants the list to hold all codes that the sources use, here and below, and no others.
func TestEveryCodeIsListed(t *testing.T) {
	used := map[string]bool{}
	for _, folder := range []string{".", "../spec", "../param", "../route", "../expect"} {
		for code, at := range codesIn(t, folder) {
			used[code] = true
			if _, ok := listed()[code]; !ok {
				t.Errorf("%s: the code %q is not in the list", at, code)
			}
		}
	}
	if len(used) < 50 {
		t.Fatalf("only %d codes were found in the sources", len(used))
	}
	for code := range listed() {
		if !used[code] {
			t.Errorf("the code %q is in the list, and nothing uses it", code)
		}
	}
}

// TestSeverities wants every finding to have the severity that the list says.
func TestSeverities(t *testing.T) {
	set, found := readSet(t, os.DirFS("testdata"))
	for _, d := range append(found, lint.Check(set, registry(t), lint.Options{})...) {
		if want := listed()[d.Code].Severity; d.Severity != want {
			t.Errorf("%s: the list says %s", d, want)
		}
		if d.Msg == "" || d.Hint == "" && !quiet(d.Code) {
			t.Errorf("%s: says nothing about what to do", d)
		}
	}
}

// quiet are codes of other packages, whose messages say it all where there is no hint.
func quiet(code string) bool {
	return slices.Contains([]string{
		"bad_caps", "bad_default", "bad_constraint", "bad_field_value", "bad_with", "route_path", "bad_queue", "bad_policy", "bad_lazy",
		"bad_name", "each_max", "bad_expectation", "missing_key",
	}, code)
}
