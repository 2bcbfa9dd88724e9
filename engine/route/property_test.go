package route

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sluice/engine/spec"
)

// The generators use few words, so that patterns meet often.
var words = []string{"a", "b", "c"}

func patternText() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		text := ""
		for i := range rapid.IntRange(1, 4).Draw(t, "segments") {
			switch rapid.IntRange(0, 5).Draw(t, "kind") {
			case 0, 1, 2:
				text += "/" + rapid.SampledFrom(words).Draw(t, "word")
			case 3, 4:
				text += fmt.Sprintf("/{x%d}", i)
			default:
				return text + fmt.Sprintf("/{x%d...}", i)
			}
		}
		return text
	})
}

func pathText() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		list := rapid.SliceOfN(rapid.SampledFrom(words), 0, 5).Draw(t, "path")
		path := "/" + strings.Join(list, "/")
		if len(list) > 0 && rapid.IntRange(0, 4).Draw(t, "slash") == 0 {
			path += "/"
		}
		return path
	})
}

func entryOf(graph string) *rapid.Generator[Entry] {
	return rapid.Custom(func(t *rapid.T) Entry {
		p, err := ParsePattern(patternText().Draw(t, "pattern"))
		if err != nil {
			t.Fatal(err)
		}
		e := Entry{Event: rapid.SampledFrom([]string{"e", "f"}).Draw(t, "event"), Pattern: p, Graph: graph, Pos: spec.Pos{Line: 1}}
		for _, v := range []string{"u", "v"} {
			if rapid.IntRange(0, 2).Draw(t, v) == 0 {
				values := rapid.SliceOfNDistinct(rapid.SampledFrom(words), 1, 2, rapid.ID).Draw(t, v+" values")
				e.Where = append(e.Where, Condition{Name: v, Values: values})
			}
		}
		e.Where = normal(e.Where)
		return e
	})
}

func entries(t *rapid.T) []Entry {
	var list []Entry
	for i := range rapid.IntRange(0, 14).Draw(t, "entries") {
		list = append(list, entryOf(fmt.Sprintf("g%02d", i)).Draw(t, "entry"))
	}
	return list
}

func vars() *rapid.Generator[map[string]string] {
	return rapid.MapOfN(rapid.SampledFrom([]string{"u", "v"}), rapid.SampledFrom(words), 0, 2)
}

// peaceful leaves out entries until no two are in conflict.
func peaceful(list []Entry) []Entry {
	var out []Entry
	for _, e := range list {
		if !slices.ContainsFunc(out, func(o Entry) bool { return disputed(&o, &e) }) {
			out = append(out, e)
		}
	}
	return out
}

func disputed(a, b *Entry) bool {
	rel := a.Compare(b)
	return rel == Equivalent || rel == Overlaps
}

func TestMatchIsBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := peaceful(entries(t))
		table, conflicts := Build(list)
		if len(conflicts) > 0 {
			t.Fatalf("conflict: %v", conflicts[0])
		}
		event, path := rapid.SampledFrom([]string{"e", "f"}).Draw(t, "event"), pathText().Draw(t, "path")
		variables := Variables(vars().Draw(t, "vars"))
		var all []*Entry
		for i, e := range list {
			if _, ok := e.Pattern.Match(path); ok && e.Event == event && holds(e.Where, variables) {
				all = append(all, &list[i])
			}
		}
		var want *Entry
		for _, e := range all {
			if !slices.ContainsFunc(all, func(o *Entry) bool { return o != e && e.Compare(o) != MoreSpecific }) {
				want = e
			}
		}
		if len(all) > 0 && want == nil {
			t.Fatalf("no winner among %v", all)
		}
		m, ok := table.Match(event, path, variables)
		if ok != (want != nil) {
			t.Fatalf("match is %v, want %v", m.Entry, want)
		}
		if !ok {
			return
		}
		captures, _ := want.Pattern.Match(path)
		if m.Entry.Graph != want.Graph || !maps.Equal(maps.Collect(m.Captures.All()), maps.Collect(captures.All())) {
			t.Fatalf("got %v %v, want %v %v", m.Entry, m.Captures, want, captures)
		}
	})
}

func TestConflictsAreBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := entries(t)
		_, conflicts := Build(list)
		got := map[string]int{}
		for _, c := range conflicts {
			got[c.First.Graph+" "+c.Second.Graph]++
			_, first := c.First.Pattern.Match(c.Path)
			_, second := c.Second.Pattern.Match(c.Path)
			variables := Variables{}
			for _, w := range c.Where {
				variables[w.Name] = w.Values[0]
			}
			if !first || !second || !holds(c.First.Where, variables) || !holds(c.Second.Where, variables) {
				t.Fatalf("the example does not match both: %v", c)
			}
		}
		for j := range list {
			var want []string
			for i := range j {
				if disputed(&list[i], &list[j]) {
					want = append(want, list[i].Graph+" "+list[j].Graph)
				}
			}
			if len(want) > maxConflicts {
				continue // which of them are told is not promised
			}
			for _, w := range want {
				if got[w] != 1 {
					t.Fatalf("conflict %q reported %d times", w, got[w])
				}
				delete(got, w)
			}
		}
		for pair := range got {
			_, second, _ := strings.Cut(pair, " ")
			if !slices.ContainsFunc(list, func(e Entry) bool { return e.Graph == second }) || countFor(got, second) != maxConflicts {
				t.Fatalf("%q is no conflict", pair)
			}
		}
	})
}

func countFor(pairs map[string]int, second string) (n int) {
	for p := range pairs {
		if strings.HasSuffix(p, " "+second) {
			n++
		}
	}
	return n
}

// The order that All promises is the order in which Match and Explain prefer.
func TestAllIsPrecedence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table, _ := Build(peaceful(entries(t)))
		all := table.All()
		for i, e := range all {
			for _, o := range all[i+1:] {
				if e.Compare(o) == MoreGeneral {
					t.Fatalf("%v stands before %v", e, o)
				}
			}
		}
	})
}

// Where the languages coincide (no conditions, clean paths), the standard library must agree: on what conflicts, on
// the winner, and on what was captured.
func TestServeMuxAgrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mux := http.NewServeMux()
		var list []Entry
		for i := range rapid.IntRange(1, 10).Draw(t, "patterns") {
			p, err := ParsePattern(patternText().Draw(t, "pattern"))
			if err != nil {
				t.Fatal(err)
			}
			e := Entry{Event: "e", Pattern: p, Graph: fmt.Sprintf("g%02d", i)}
			_, conflicts := Build(append(slices.Clone(list), e))
			if refused := register(mux, e); refused != (len(conflicts) > 0) {
				t.Fatalf("ServeMux refuses %v after %v: %v; conflicts: %v", e.Pattern, list, refused, conflicts)
			} else if !refused {
				list = append(list, e)
			}
		}
		table, _ := Build(list)
		for range 5 {
			path := pathText().Draw(t, "path")
			w := httptest.NewRecorder()
			mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
			if w.Code == http.StatusTemporaryRedirect || w.Code == http.StatusMovedPermanently {
				continue // from "/a" to "/a/", instead of a wider match: there is nothing to redirect here
			}
			want := w.Header().Get("Matched")
			m, _ := table.Match("e", path, nil)
			got := name(m)
			for k, v := range m.Captures.All() {
				got += " " + k + "=" + v
			}
			if got != want {
				t.Fatalf("%s: got %q, ServeMux says %q", path, got, want)
			}
		}
	})
}

// register tells whether ServeMux refused the pattern.
func register(mux *http.ServeMux, e Entry) (refused bool) {
	defer func() { refused = recover() != nil }()
	mux.HandleFunc(e.Pattern.String(), func(w http.ResponseWriter, r *http.Request) {
		said := e.Graph
		for _, n := range e.Pattern.Names() {
			said += " " + n + "=" + r.PathValue(n)
		}
		w.Header().Set("Matched", said)
	})
	return false
}

func FuzzMatch(f *testing.F) {
	table, conflicts := build(f,
		"e /{a}/{b}/x", "e /{a...}", "e /{a}/{b}/{c...}", "e /a/{b}/x", "e /a/{b}", "e /a/{b} v=a", "e /a/{b} v=a|b", "e /a/{b} u=1 v=a", "boot")
	if len(conflicts) != 0 {
		f.Fatal(conflicts)
	}
	for _, s := range []string{"", "/", "/a", "/a/b", "/a/b/x", "//", "/a//", "/./a", "/../", "/a/b/c/d/e", "rtsp://h/p", "/\x00\xff"} {
		f.Add("e", s, "v", "a")
	}
	f.Fuzz(func(t *testing.T, event, path, name, value string) {
		v := Variables{name: value}
		m, ok := table.Match(event, path, v)
		var all []string
		for _, e := range table.All() {
			if _, fits := e.Pattern.Match(path); fits && e.Event == event && holds(e.Where, v) {
				all = append(all, e.Graph)
			}
		}
		if ok != (len(all) > 0) || ok && m.Entry.Graph != all[0] {
			t.Fatalf("got %v, %v; want the first of %q", m.Entry, ok, all)
		}
		if ok && m.Entry.Pattern.rebuild(m.Captures) != path {
			t.Fatalf("captures %v are not from %q", m.Captures, path)
		}
	})
}
