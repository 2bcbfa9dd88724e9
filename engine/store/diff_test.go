package store

import (
	"fmt"
	"slices"
	"testing"
)

// set makes a set of texts by name.
func set(t testing.TB, texts map[string]string) *Set {
	t.Helper()
	s := settle(tree{}, parse(texts), check)
	if e := firstError(s.diags); e != "" {
		t.Fatal(e)
	}
	return newSet(s, s.diags)
}

func TestDiff(t *testing.T) {
	before := map[string]string{
		"a": graph("ws.play /a", "mid"), "b": graph("ws.play /b"), "c": graph("boot"), "gone": graph("ws.play /gone"),
		"mid": fragment("mid", "low"), "low": fragment("low"),
	}
	with := func(changes map[string]string) map[string]string {
		out := map[string]string{}
		for _, m := range []map[string]string{before, changes} {
			for k, v := range m {
				if out[k] = v; v == "" {
					delete(out, k)
				}
			}
		}
		return out
	}
	for _, c := range []struct {
		name    string
		changes map[string]string
		added   []string
		removed []string
		changed []string
		touched []string
		routes  []string // "route: before > after"
	}{
		{"nothing", nil, nil, nil, nil, nil, nil},
		{"a comment and a line", map[string]string{"b": "# hello\n\n" + graph("ws.play /b")}, nil, nil, nil, nil, nil},
		{"a graph", map[string]string{"b": graph("ws.play /b", "low")}, nil, nil, []string{"b"}, []string{"b"}, nil},
		{"a fragment touches its users", map[string]string{"low": fragment("other")}, nil, nil,
			[]string{"low"}, []string{"a", "low", "mid"}, nil},
		{"a new one", map[string]string{"new": graph("ws.play /new")}, []string{"new"}, nil, nil, []string{"new"},
			[]string{"ws.play /new: - > new"}},
		{"one less", map[string]string{"gone": ""}, nil, []string{"gone"}, nil, nil, []string{"ws.play /gone: gone > -"}},
		{"a route to another graph", map[string]string{"gone": "", "b": graph("ws.play /gone")},
			nil, []string{"gone"}, []string{"b"}, []string{"b"},
			[]string{"ws.play /b: b > -", "ws.play /gone: gone > b"}},
		{"a route with other parameters", map[string]string{"b": graph(`{event: ws.play, path: /b, share: "$x"}`)},
			nil, nil, []string{"b"}, []string{"b"},
			[]string{"ws.play /b: b > b"}},
		{"one more at boot", map[string]string{"d": graph("boot")}, []string{"d"}, nil, nil, []string{"d"}, []string{"boot: - > d"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := set(t, before).Diff(set(t, with(c.changes)))
			expect(t, "added", d.Added, c.added)
			expect(t, "removed", d.Removed, c.removed)
			expect(t, "changed", d.Changed, c.changed)
			expect(t, "touched", d.Touched, c.touched)
			var routes []string
			for _, r := range d.Routes {
				before, after := "-", "-"
				if r.Before != nil {
					before = r.Before.Graph
				}
				if r.After != nil {
					after = r.After.Graph
				}
				routes = append(routes, r.Route+": "+before+" > "+after)
			}
			expect(t, "routes", routes, c.routes)
			if d.Empty() != (len(c.changes) == 0 || len(c.changed)+len(c.added)+len(c.removed) == 0) {
				t.Errorf("empty is %v", d.Empty())
			}
			for _, n := range slices.Concat(d.Added, d.Changed) {
				if !slices.Contains(d.Touched, n) {
					t.Errorf("%s moved and is not touched", n)
				}
			}
		})
	}
}

// Ten thousand graphs: the cost of a reload when one file changed, without what the check costs.
func BenchmarkReload10000(b *testing.B) {
	files := map[string]string{}
	for i := range 10000 {
		files[fmt.Sprintf("d%d/g%d.yaml", i%50, i)] = graph(fmt.Sprintf("ws.play /%d/{x...}", i), fmt.Sprintf("d%d/g%d", i%50, i))
	}
	f := newFolder(b, files)
	store, err := New(Options{Root: f.root, Log: quietLog()})
	f.must(err)
	for i := 0; b.Loop(); i++ {
		f.write("d0/g0.yaml", graph(fmt.Sprintf("ws.play /0/%d", i)))
		if s := store.Reload(); s.Version() != uint64(i+2) {
			b.Fatal(s.Version(), len(s.Diagnostics()))
		}
	}
}
