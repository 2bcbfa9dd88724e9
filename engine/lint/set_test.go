package lint_test

import (
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"sluice/engine/lint"
	"sluice/engine/spec"
)

func parseOne(t testing.TB, file, name, text string) []*spec.Graph {
	t.Helper()
	graphs, found := spec.Parse(file, name, []byte(text))
	for _, d := range found {
		t.Fatal(d)
	}
	return graphs
}

func codesOf(list []spec.Diagnostic) []string {
	var out []string
	for _, d := range list {
		out = append(out, d.Code)
	}
	return out
}

func TestTwoGraphsOfOneName(t *testing.T) {
	one := parseOne(t, "live/a.yaml", "live/a", "graph: v1\nabout: One.\n")
	two := parseOne(t, "live/all.yaml", "live/all", "graph: v1\nname: a\nabout: Two.\n---\ngraph: v1\nname: b\nabout: Three.\n")
	found := lint.Check(slices.Concat(two, one), registry(t), lint.Options{})
	if len(found) != 1 || found[0].Code != "duplicate_graph" || found[0].Pos != two[0].Document.Pos {
		t.Fatalf("got %v", found)
	}
	if !strings.Contains(found[0].Hint, "live/a.yaml:1:1") {
		t.Errorf("the hint does not name the other place: %s", found[0].Hint)
	}
}

// TestTreeWithoutSpelling lints a tree that no file gives: spec would have refused its event.
func TestTreeWithoutSpelling(t *testing.T) {
	at := spec.Pos{File: "a.yaml", Line: 2, Col: 3}
	g := &spec.Graph{
		Name: "a", Pos: at, About: spec.Text{Text: "A tree.", Pos: at},
		Routes: []spec.Route{{Pos: at, Event: spec.Text{Text: "RTMP publish", Pos: at}}},
	}
	if got := codesOf(lint.Check([]*spec.Graph{g}, registry(t), lint.Options{})); !slices.Contains(got, "route_event") {
		t.Errorf("got %v", got)
	}
}

func TestOnly(t *testing.T) {
	graphs := parseOne(t, "a.yaml", "a", "graph: v1\nnodes:\n  a: videotestsrc\n  b: fakesnk\nlinks: [a -> b]\n")
	all := codesOf(lint.Check(graphs, registry(t), lint.Options{}))
	if want := []string{"about_missing", "unknown_element"}; !slices.Equal(all, want) {
		t.Fatalf("got %v, want %v", all, want)
	}
	if one := codesOf(lint.Check(graphs, registry(t), lint.Options{Only: []string{"unknown_element"}})); !slices.Equal(one, all[1:]) {
		t.Errorf("got %v", one)
	}
	if none := lint.Check(graphs, registry(t), lint.Options{Only: []string{}}); len(none) != 0 {
		t.Errorf("got %v", none)
	}
}

// TestOrderDoesNotMatter shuffles a set with all its mistakes: the findings stay the same.
func TestOrderDoesNotMatter(t *testing.T) {
	set, _ := readSet(t, os.DirFS("testdata"))
	want := lint.Check(set, registry(t), lint.Options{})
	if len(want) < 100 {
		t.Fatalf("only %d findings", len(want))
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		r.Shuffle(len(set), func(i, j int) { set[i], set[j] = set[j], set[i] })
		if got := lint.Check(set, registry(t), lint.Options{}); !reflect.DeepEqual(got, want) {
			t.Fatal("another order of graphs gives other findings")
		}
	}
}

func TestEmptySet(t *testing.T) {
	if got := lint.Check(nil, registry(t), lint.Options{}); len(got) != 0 {
		t.Errorf("got %v", got)
	}
}

// TestConcurrentChecks lints one set from several goroutines, as REST and the watcher of the folder may.
func TestConcurrentChecks(t *testing.T) {
	set, _ := readSet(t, os.DirFS("testdata"))
	reg := registry(t)
	want := lint.Check(set, reg, lint.Options{})
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if got := lint.Check(set, reg, lint.Options{}); !reflect.DeepEqual(got, want) {
				t.Error("a concurrent check gives other findings")
			}
		})
	}
	all.Wait()
}

// One wrong key in a node is one finding: its neighbours are linked, only nobody knows how.
func TestBrokenNodeLeavesItsNeighboursAlone(t *testing.T) {
	text := "graph: v1\nabout: One mistake.\nroute:\n  - rest.start\nnodes:\n  a: videotestsrc is-live=true\n  mix: {element: compositor, lasy: 5s}\n" +
		"  e: vp8enc\n  o: stream.out name=x\nlinks:\n  - a -> mix -> e -> o\n"
	graphs, found := spec.Parse("x.yaml", "x", []byte(text))
	if got := codesOf(append(found, lint.Check(graphs, registry(t), lint.Options{})...)); !slices.Equal(got, []string{"unknown_key"}) {
		t.Errorf("got %v", got)
	}
}
