package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"

	"sluice/engine/enginetest"
	"sluice/engine/spec"
)

// watched is a running store with a subscription.
type watched struct {
	folder
	*Store
	sub *Subscription
}

func watching(t *testing.T, files map[string]string) watched {
	t.Helper()
	f := newFolder(t, files)
	s, err := New(Options{Root: f.root, Check: check, Log: quietLog(), Debounce: 5 * time.Millisecond})
	f.must(err)
	return start(t, f, s)
}

func start(t *testing.T, f folder, s *Store) watched {
	t.Helper()
	sub := s.Subscribe()
	f.must(s.Start(t.Context()))
	t.Cleanup(func() { f.must(s.Stop(context.Background())) })
	return watched{f, s, sub}
}

// until waits for a set that is as wanted. The deadline is for tests that fail.
func (w watched) until(what string, wanted func(*Set) bool) *Set {
	w.t.Helper()
	late := time.After(20 * time.Second)
	for {
		select {
		case s := <-w.sub.Sets():
			if wanted(s) {
				return s
			}
		case <-late:
			w.t.Fatalf("%s: graphs %q, diagnostics %v", what, names(w.Current()), w.Current().Diagnostics())
		}
	}
}

func (w watched) untilNames(what string, want ...string) *Set {
	w.t.Helper()
	return w.until(what, func(s *Set) bool { return slices.Equal(names(s), want) })
}

func TestWatch(t *testing.T) {
	w := watching(t, map[string]string{"a.yaml": graph("")})
	w.write("b.yaml", graph(""))
	w.untilNames("a new file", "a", "b")
	w.write("sub/deep/c.yaml", graph(""))
	w.untilNames("a file in new folders", "a", "b", "sub/deep/c")
	w.write("sub/deep/d.yaml", graph(""))
	w.untilNames("another file there", "a", "b", "sub/deep/c", "sub/deep/d")
	w.rename("sub/deep", "sub/moved")
	w.untilNames("a renamed folder", "a", "b", "sub/moved/c", "sub/moved/d")
	w.write("sub/moved/e.yaml", graph(""))
	w.untilNames("a file in it", "a", "b", "sub/moved/c", "sub/moved/d", "sub/moved/e")
	w.remove("sub")
	w.untilNames("a removed folder", "a", "b")
	w.write("a.yaml", graph("ws.play /a"))
	w.until("a changed file", func(s *Set) bool { _, ok := s.Routes().Match("ws.play", "/a", nil); return ok })
	w.write("b.tmp", graph("ws.play /b"))
	w.rename("b.tmp", "b.yaml")
	w.until("a file replaced by renaming", func(s *Set) bool { _, ok := s.Routes().Match("ws.play", "/b", nil); return ok })
}

// A file that is half written keeps the old version until it is whole.
func TestHalfWritten(t *testing.T) {
	w := watching(t, map[string]string{"a.yaml": graph("ws.play /old")})
	text := graph("ws.play /new")
	f, err := os.OpenFile(w.path("a.yaml"), os.O_WRONLY|os.O_TRUNC, 0)
	w.must(err)
	half := strings.Index(text, "nodes:") + len("nodes:\n  in: [")
	_, err = f.WriteString(text[:half] + "[")
	w.must(err)
	s := w.until("half a file", func(s *Set) bool { return len(s.Held()) == 1 })
	if _, ok := s.Routes().Match("ws.play", "/old", nil); !ok || !s.Held()[0].Kept {
		t.Errorf("the old version is gone: %+v", s.Held())
	}
	_, err = f.WriteAt([]byte(text), 0)
	w.must(err)
	w.must(f.Truncate(int64(len(text))))
	w.must(f.Close())
	s = w.until("the whole file", func(s *Set) bool { return len(s.Held()) == 0 })
	if _, ok := s.Routes().Match("ws.play", "/new", nil); !ok || len(s.Diagnostics()) > 0 {
		t.Errorf("the new version is not there: %v", s.Diagnostics())
	}
}

// However wildly files are renamed, the set ends up as the folder does.
func TestRenameStorm(t *testing.T) {
	w := watching(t, map[string]string{"keep.yaml": graph("")})
	for i := range 300 {
		name := fmt.Sprintf("n%d.yaml", i%7)
		w.write(".tmp", graph(fmt.Sprintf("ws.play /%d/%d", i%7, i)))
		w.rename(".tmp", name)
		if i%3 == 0 {
			w.rename(name, fmt.Sprintf("m%d.yaml", i%5))
		}
	}
	w.write("last.yaml", graph(""))
	s := w.until("the last file", func(s *Set) bool { _, ok := s.Graph("last"); return ok })
	want := w.Reload()
	for _, g := range want.Graphs() {
		if other, ok := s.Graph(g.Name); !ok || !spec.Same(g, other) {
			t.Errorf("%s is not as in the folder", g.Name)
		}
	}
	if s.Hash() != want.Hash() {
		t.Error("the set is not the folder's")
	}
}

// Kubernetes mounts a volume as links through "..data", which it swaps for another folder.
func TestKubernetesSwap(t *testing.T) {
	f := newFolder(t, map[string]string{"..v1/a.yaml": graph("ws.play /1"), "..v1/sub/b.yaml": graph("")})
	f.link("..v1", "..data")
	f.link("..data/a.yaml", "a.yaml")
	f.link("..data/sub", "sub")
	s, err := New(Options{Root: f.root, Check: check, Log: quietLog(), Debounce: 5 * time.Millisecond})
	f.must(err)
	expect(t, "at first", names(s.Current()), []string{"a", "sub/b"})
	w := start(t, f, s)
	for version := 2; version < 5; version++ {
		dir := fmt.Sprintf("..v%d", version)
		w.write(dir+"/a.yaml", graph(fmt.Sprintf("ws.play /%d", version)))
		w.write(dir+"/sub/b.yaml", graph(fmt.Sprintf("ws.play /b%d", version)))
		w.link(dir, "..data_tmp")
		w.rename("..data_tmp", "..data")
		w.remove(fmt.Sprintf("..v%d", version-1))
		w.until("after the swap to "+dir, func(s *Set) bool {
			_, a := s.Routes().Match("ws.play", fmt.Sprintf("/%d", version), nil)
			_, b := s.Routes().Match("ws.play", fmt.Sprintf("/b%d", version), nil)
			return a && b
		})
	}
	w.write("sub/c.yaml", graph("")) // through the link: the watch must be on the folder it leads to now
	w.untilNames("a file written through the link", "a", "sub/b", "sub/c")
}

// The folder itself may be put in the place of another, or go and come back.
func TestFolderIsReplaced(t *testing.T) {
	w := watching(t, map[string]string{"a.yaml": graph("")})
	other := newFolder(t, map[string]string{"b.yaml": graph("")})
	w.must(os.Rename(w.root, w.root+".old"))
	w.until("without the folder", func(s *Set) bool { return len(s.Diagnostics()) == 1 && len(names(s)) == 1 })
	w.must(os.Rename(other.root, w.root))
	w.untilNames("with another", "b")
	w.write("c.yaml", graph(""))
	w.untilNames("and a file in it", "b", "c")
}

// Files that are not ours do not lead to reading the folder, nor do neighbours of the folder.
func TestMatters(t *testing.T) {
	w := watching(t, nil)
	watch, err := newWatch(w.root, quietLog())
	w.must(err)
	defer watch.close()
	for name, want := range map[string]bool{
		"a.yaml": true, "sub": true, "sub/a.yaml": true, "..data": true, "..2030_01_01": true, ".": true,
		".a.yaml.swp": false, ".git": false, "a.yaml~": false, "../other": false,
	} {
		if got := watch.matters(fsnotify.Event{Name: filepath.Join(w.root, name)}); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestSubscriptionHoldsTheNewest(t *testing.T) {
	f := newFolder(t, nil)
	store := open(t, f, nil)
	slow, fast := store.Subscribe(), store.Subscribe()
	for i := range 5 {
		f.write(fmt.Sprintf("g%d.yaml", i), graph(""))
		set := store.Reload()
		if got := enginetest.Await(t, "the graphs", fast.Sets()); got != set {
			t.Errorf("the fast one got version %d", got.Version())
		}
	}
	if got := enginetest.Await(t, "the graphs", slow.Sets()); got != store.Current() || got.Version() != 6 {
		t.Errorf("the slow one got version %d", got.Version())
	}
	fast.Close()
	fast.Close()
	f.write("last.yaml", graph(""))
	store.Reload()
	if _, open := <-fast.Sets(); open {
		t.Error("a closed subscription got a set")
	}
	if got := enginetest.Await(t, "the graphs", slow.Sets()); got != store.Current() {
		t.Error("the other one did not")
	}
	f.must(store.Stop(t.Context()))
}

func TestQuiet(t *testing.T) {
	begin := time.Unix(1000, 0)
	at := func(ms int) time.Time { return begin.Add(time.Duration(ms) * time.Millisecond) }
	for _, c := range []struct {
		events []int
		due    int // -1: nothing is
	}{
		{nil, -1},
		{[]int{0}, 100},
		{[]int{0, 50, 99}, 199},
		{[]int{0, 90, 180, 270, 360, 450}, 500}, // never quiet: at the latest after most
		{[]int{400, 410}, 510},
	} {
		q := quiet{wait: 100 * time.Millisecond, most: 500 * time.Millisecond}
		for _, ms := range c.events {
			q.event(at(ms))
		}
		if want := at(c.due); c.due >= 0 && !q.due().Equal(want) || c.due < 0 && !q.due().IsZero() {
			t.Errorf("%v: due at %v, want %v", c.events, q.due(), want)
		}
		q.done()
		if !q.due().IsZero() {
			t.Errorf("%v: due after it was done", c.events)
		}
	}
}
