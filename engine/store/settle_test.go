package store

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sluice/engine/spec"
)

// A change is a set of files before and after, and what must be in the set in the end.
func TestSettle(t *testing.T) {
	const body = "nodes:\n  in: stream.in name=x\n"
	wrong := strings.Replace(graph(""), "in:", "wrong:", 1)
	for _, c := range []struct {
		name          string
		before, after map[string]string // "" in after: deleted
		want          map[string]string // what must be there, as in before or after
		held          []string          // files and, in the order of files, "+" if an old version is kept
	}{
		{"all is well",
			map[string]string{"a": graph("")}, map[string]string{"b": graph("")},
			map[string]string{"a": graph(""), "b": graph("")}, nil},
		{"broken YAML at boot is left out",
			nil, map[string]string{"a": bad, "b": graph("")},
			map[string]string{"b": graph("")}, []string{"a-"}},
		{"broken YAML keeps the old version",
			map[string]string{"a": graph("")}, map[string]string{"a": bad},
			map[string]string{"a": graph("")}, []string{"a+"}},
		{"an error of the check keeps the old version",
			map[string]string{"a": graph("")}, map[string]string{"a": wrong, "b": graph("")},
			map[string]string{"a": graph(""), "b": graph("")}, []string{"a+"}},
		{"who uses what is left out is left out",
			nil, map[string]string{"f": fragment("x", "g"), "g": bad, "a": graph("", "f"), "b": graph("")},
			map[string]string{"b": graph("")}, []string{"a-", "f-", "g-"}},
		{"a fragment that is needed cannot be deleted",
			map[string]string{"f": fragment("x"), "a": graph("", "f")}, map[string]string{"f": "", "b": graph("")},
			map[string]string{"f": fragment("x"), "a": graph("", "f"), "b": graph("")}, []string{"f+"}},
		{"a fragment can be deleted with its user",
			map[string]string{"f": fragment("x"), "a": graph("", "f")}, map[string]string{"f": "", "a": ""},
			map[string]string{}, nil},
		{"a fragment and its user can be renamed together",
			map[string]string{"f": fragment("x"), "a": graph("", "f")},
			map[string]string{"f": "", "g": fragment("x"), "a": graph("", "g")},
			map[string]string{"g": fragment("x"), "a": graph("", "g")}, nil},
		{"a fragment that stops being one is held back for its user's sake",
			map[string]string{"f": fragment("x"), "a": graph("", "f")}, map[string]string{"f": graph("")},
			map[string]string{"f": fragment("x"), "a": graph("", "f")}, []string{"f+"}},
		{"also for an indirect user, and nothing else is held back",
			map[string]string{"f": fragment("x"), "g": fragment("y", "f"), "a": graph("", "g"), "b": graph("")},
			map[string]string{"f": "", "b": graph("ws.play /b")},
			map[string]string{
				"f": fragment("x"), "g": fragment("y", "f"), "a": graph("", "g"), "b": graph("ws.play /b"),
			},
			[]string{"f+"}},
		{"the new side of a route conflict loses, whatever its name",
			map[string]string{"m": graph("ws.play /x")}, map[string]string{"a": graph("ws.play /x"), "z": graph("ws.play /x")},
			map[string]string{"m": graph("ws.play /x")}, []string{"a-", "z-"}},
		{"of two new ones the later by name loses",
			nil, map[string]string{"a": graph("ws.play /x"), "z": graph("ws.play /x")},
			map[string]string{"a": graph("ws.play /x")}, []string{"z-"}},
		{"a route may move from one graph to another",
			map[string]string{"a": graph("ws.play /x"), "b": graph("ws.play /y")},
			map[string]string{"a": graph("ws.play /y"), "b": graph("ws.play /x")},
			map[string]string{"a": graph("ws.play /y"), "b": graph("ws.play /x")}, nil},
		{"a bad route is an error of its file",
			nil, map[string]string{"a": graph("ws.play /x//y"), "b": graph("")},
			map[string]string{"b": graph("")}, []string{"a-"}},
		{"a name that is used twice",
			map[string]string{"d/x": graph("ws.play /x")},
			map[string]string{"d/many": "graph: v1\nname: x\n" + body + "---\ngraph: v1\nname: y\n" + body},
			map[string]string{"d/x": graph("ws.play /x")}, []string{"d/many-"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := settle(tree{}, parse(c.before), check)
			if len(before.held) > 0 {
				t.Fatalf("before: %v", before.diags)
			}
			files := map[string]string{}
			for _, m := range []map[string]string{c.before, c.after} {
				for name, text := range m {
					if files[name] = text; text == "" {
						delete(files, name)
					}
				}
			}
			got := settle(before.tree, parse(files), check)
			want := parse(c.want)
			if len(got.tree) != len(want) {
				t.Errorf("the set has %d files, want %d", len(got.tree), len(want))
			}
			for path, f := range want {
				if !same(got.tree[path], f) {
					t.Errorf("%s is not the version that it should be", path)
				}
			}
			var held []string
			for _, h := range got.held {
				held = append(held, h.File[:len(h.File)-len(suffix)]+map[bool]string{true: "+", false: "-"}[h.Kept])
				if h.Why == "" {
					t.Errorf("%s is held back without a reason", h.File)
				}
			}
			expect(t, "held", held, c.held)
			if len(held) > 0 && firstError(got.diags) == "" {
				t.Error("something is held back, and there is no error")
			}
		})
	}
}

// parse makes a tree of texts by name.
func parse(texts map[string]string) tree {
	files := map[string]string{}
	for name, text := range texts {
		files[name+suffix] = text
	}
	return scan(shipped(files), scanning{most: 1000}).files
}

// Whatever changes, the result is without errors, and what is not held back is as it was found.
func TestSettleIsAlwaysClean(t *testing.T) {
	paths := []string{"a", "b", "c", "d", "e"}
	texts := rapid.Custom(func(t *rapid.T) string {
		var uses []string
		for range rapid.IntRange(0, 2).Draw(t, "uses") {
			uses = append(uses, rapid.SampledFrom(paths).Draw(t, "use"))
		}
		switch rapid.IntRange(0, 6).Draw(t, "what") {
		case 0:
			return bad
		case 1, 2:
			return fragment(rapid.SampledFrom([]string{"x", "y"}).Draw(t, "about"), uses...)
		}
		return graph(rapid.SampledFrom([]string{"", "ws.play /x", "ws.play /{y}", "ws.play /x/{y}", "ws.play /{x}/y"}).Draw(t, "route"), uses...)
	})
	rapid.Check(t, func(t *rapid.T) {
		current := tree{}
		for step := range 4 {
			next := parse(rapid.MapOfN(rapid.SampledFrom(paths), texts, 0, len(paths)).Draw(t, fmt.Sprint("step ", step)))
			got := settle(current, next, check)
			again := settle(tree{}, got.tree, check)
			if e := firstError(again.diags); e != "" {
				t.Fatalf("the set has an error: %s", e)
			}
			if len(again.tree) != len(got.tree) {
				t.Fatal("the set is not whole")
			}
			if len(got.held) == 0 && (len(got.tree) != len(next) || firstError(got.diags) != "") {
				t.Fatalf("nothing is held back, but %d files became %d: %v", len(next), len(got.tree), got.diags)
			}
			held := map[string]bool{}
			for _, h := range got.held {
				held[h.File] = true
			}
			for path, f := range next {
				if !held[f.shown] && !same(got.tree[path], f) {
					t.Fatalf("%s is not as it was found and not held back", path)
				}
			}
			current = got.tree
		}
	})
}

// A chain of fragments that loses its end goes in one more round, not in as many as it has links.
func TestSettleRounds(t *testing.T) {
	files := map[string]string{"f000": bad}
	for i := 1; i < 200; i++ {
		files[fmt.Sprintf("f%03d", i)] = fragment("x", fmt.Sprintf("f%03d", i-1))
	}
	calls := 0
	got := settle(tree{}, parse(files), func(graphs []*spec.Graph) []spec.Diagnostic { calls++; return check(graphs) })
	if len(got.tree) != 0 || len(got.held) != 200 || calls > 3 {
		t.Errorf("%d files stay, %d are held back, after %d checks", len(got.tree), len(got.held), calls)
	}
}

// A check that finds fault without an address must not keep the store from ending.
func TestSettleGivesUp(t *testing.T) {
	before := settle(tree{}, parse(map[string]string{"a": graph("")}), check)
	n := 0
	blind := func([]*spec.Graph) []spec.Diagnostic {
		n++
		return []spec.Diagnostic{{Severity: spec.Error, Code: "c", Msg: fmt.Sprint("fault ", n)}}
	}
	got := settle(before.tree, parse(map[string]string{"a": graph("ws.play /x"), "b": graph("")}), blind)
	if len(got.tree) != 1 || !same(got.tree["a.yaml"], before.tree["a.yaml"]) || n > 3 { // once to survey, once for each of two rounds
		t.Errorf("%d files after %d checks", len(got.tree), n)
	}
}
