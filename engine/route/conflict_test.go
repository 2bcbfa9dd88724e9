package route

import (
	"fmt"
	"strings"
	"testing"

	"sluice/engine/spec"
)

func TestConflicts(t *testing.T) {
	for _, c := range []struct {
		first, second string
		example       string // "" means: no conflict
	}{
		{"e /a", "e /a", "e /a"},
		{"e /a/{x}", "e /a/{y}", "e /a/x"},
		{"e /{x...}", "e /{y...}", "e /x"},
		{"e /a/{x}", "e /{y}/b", "e /a/b"},
		{"e /a/{x...}", "e /{y}/b/{z}", "e /a/b/z"},
		{"e /a/{x} v=1", "e /a/{y} v=1", `e /a/x where v is "1"`},
		{"e /a/{x} v=1|2", "e /a/{y} v=2|3", `e /a/x where v is "2"`},
		{"e /a/{x} v=1", "e /a/{y} w=1", `e /a/x where v is "1" and w is "1"`},
		{"e /a/{x} v=1 w=1|2", "e /a/{y} v=1|2 w=2", `e /a/x where v is "1" and w is "2"`},
		{"e /a/{x} v=1", "e /{y}/b", `e /a/b where v is "1"`}, // conditions do not settle paths that cross
		{"e /a", "f /a", ""},
		{"e /a", "e /b", ""},
		{"e /a/{x}", "e /a/b", ""},
		{"e /{x...}", "e /a/{x...}", ""},
		{"e /a v=1", "e /a v=2", ""},
		{"e /a v=1", "e /a", ""},
		{"e /a v=1 w=1", "e /a v=1", ""},
		{"e /a v=1", "e /a v=2|1", ""},
		{"e /a/{x} v=1", "e /{y}/b v=2", ""},
		{"e /{x...} v=1", "e /a/{x}", ""}, // the path decides first
		{"boot", "boot", ""},
	} {
		for _, order := range [][2]string{{c.first, c.second}, {c.second, c.first}} {
			_, conflicts := Build([]Entry{ent(t, "one", order[0]), ent(t, "two", order[1])})
			if len(conflicts) != min(len(c.example), 1) {
				t.Errorf("%q and %q: %v", order[0], order[1], conflicts)
				continue
			}
			if c.example != "" && conflicts[0].example() != c.example && order[0] == c.first {
				t.Errorf("%q and %q: example %q, want %q", order[0], order[1], conflicts[0].example(), c.example)
			}
		}
	}
}

func TestConflictTexts(t *testing.T) {
	a, b, c := ent(t, "x", "e /a/{x}"), ent(t, "y", "e /a/{y}"), ent(t, "z", "e /{y}/b v=1")
	a.Pos = spec.Pos{File: "x.yaml", Line: 3, Col: 5}
	b.Pos = spec.Pos{File: "y.yaml", Line: 4, Col: 5}
	c.Pos = spec.Pos{File: "z.yaml", Line: 9, Col: 7}
	_, conflicts := Build([]Entry{b, a})
	want := `x.yaml:3:5: graph "x": e /a/{x}; y.yaml:4:5: graph "y": e /a/{y}; both take e /a/x`
	if len(conflicts) != 1 || conflicts[0].String() != want {
		t.Fatalf("got %v", conflicts)
	}
	d := conflicts[0].Diagnostic()
	if d.Pos != b.Pos || d.Severity != spec.Error || d.Code != "route_conflict" ||
		d.Msg != `graph "x" has the same route at x.yaml:3:5: e /a/{x}` {
		t.Errorf("got %v", d)
	}
	_, conflicts = Build([]Entry{a, c})
	want = `neither this route nor "e /a/{x}" of graph "x" at x.yaml:3:5 is more specific, and both take e /a/b where v is "1"`
	if len(conflicts) != 1 || conflicts[0].Diagnostic().Msg != want {
		t.Errorf("got %v", conflicts)
	}
}

// Each conflict is told at both of its places, and names the other.
func TestDiagnosticsAtBothEnds(t *testing.T) {
	a, b := ent(t, "x", "e /a/{x}"), ent(t, "y", "e /{y}/b v=1")
	a.Pos, b.Pos = spec.Pos{File: "x.yaml", Line: 3, Col: 5}, spec.Pos{File: "y.yaml", Line: 4, Col: 5}
	_, conflicts := Build([]Entry{b, a})
	found := map[spec.Pos]string{}
	for _, d := range Diagnostics(conflicts) {
		found[d.Pos] = d.Msg
	}
	if len(found) != 2 || !strings.Contains(found[a.Pos], `of graph "y" at y.yaml:4:5`) ||
		!strings.Contains(found[b.Pos], `of graph "x" at x.yaml:3:5`) {
		t.Errorf("got %v", found)
	}
	for at, msg := range found {
		if !strings.HasSuffix(msg, `both take e /a/b where v is "1"`) {
			t.Errorf("%v: the example is not the same: %s", at, msg)
		}
	}
}

// In a table with conflicts the winner must not depend on the order of the input.
func TestConflictWinnerIsStable(t *testing.T) {
	one, two := ent(t, "one", "e /a/{x} v=1"), ent(t, "two", "e /a/{y} w=1")
	for _, list := range [][]Entry{{one, two}, {two, one}} {
		table, _ := Build(list)
		m, _ := table.Match("e", "/a/b", Variables{"v": "1", "w": "1"})
		if first := table.All()[0]; name(m) != "one" || first.Graph != "one" {
			t.Errorf("the winner is %v, the first %v", m.Entry, first)
		}
	}
}

// Ten thousand copies of one route must neither take quadratic time nor fill memory with reports.
func TestCrowdIsBounded(t *testing.T) {
	var list []Entry
	for i := range 10000 {
		e := ent(t, fmt.Sprintf("g%05d", i), "e /{x...}")
		e.Pos = spec.Pos{File: "g.yaml", Line: i + 1, Col: 5}
		list = append(list, e)
	}
	_, conflicts := Build(list)
	if len(conflicts) > maxConflicts*len(list) || len(conflicts) < len(list)-1 {
		t.Errorf("%d conflicts", len(conflicts))
	}
	if last := conflicts[len(conflicts)-1]; !strings.HasPrefix(last.Second.Graph, "g09999") {
		t.Errorf("the last route has no report: %v", last)
	}
	told := map[spec.Pos]int{}
	for _, d := range Diagnostics(conflicts) {
		told[d.Pos]++
	}
	for at, n := range told {
		if n > 2*maxConflicts {
			t.Errorf("line %d has %d diagnostics", at.Line, n)
		}
	}
	if len(told) != len(list) {
		t.Errorf("%d of %d routes have a diagnostic", len(told), len(list))
	}
}
