package store

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"

	"go.uber.org/goleak"

	"sluice/engine/fault"
	"sluice/engine/spec"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// graph writes a graph with a route, if it is not empty, and nodes that use fragments.
func graph(route string, uses ...string) string {
	text := "graph: v1\nabout: A graph.\n"
	if route != "" {
		text += "route:\n  - " + route + "\n"
	}
	text += "nodes:\n  in: stream.in name=x\n"
	for i, u := range uses {
		text += fmt.Sprintf("  use%d: {use: %s}\n", i, u)
	}
	return text
}

// fragment writes a fragment that says something.
func fragment(about string, uses ...string) string {
	return strings.Replace(graph("", uses...), "A graph.", about, 1) + "exports:\n  out: in.src\n"
}

// bad is a graph whose YAML is broken.
const bad = "graph: v1\nnodes: [\n"

// check finds what uses a fragment that is not there, and nodes that are called "wrong".
func check(graphs []*spec.Graph) []spec.Diagnostic {
	var r spec.Report
	names := map[string]bool{}
	for _, g := range graphs {
		names[g.Name] = g.Fragment()
	}
	for _, g := range graphs {
		for _, n := range g.Nodes {
			if n.Use.Set() && !names[n.Use.Text] {
				r.Errorf(n.Use.Pos, "unknown_fragment", "there is no fragment %q", n.Use.Text)
			}
			if n.Name.Text == "wrong" {
				r.Errorf(n.Pos, "wrong_node", "a wrong node")
			}
			if n.Name.Text == "odd" {
				r.Warnf(n.Pos, "odd_node", "an odd node")
			}
		}
	}
	return r.List()
}

// folder is a graphs folder under test.
type folder struct {
	t    testing.TB
	root string
}

func newFolder(t testing.TB, files map[string]string) folder {
	f := folder{t, filepath.Join(t.TempDir(), "graphs")}
	f.mkdir(".")
	for name, text := range files {
		f.write(name, text)
	}
	return f
}

func (f folder) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f folder) path(name string) string { return filepath.Join(f.root, name) }
func (f folder) mkdir(name string)       { f.t.Helper(); f.must(os.MkdirAll(f.path(name), 0o755)) }
func (f folder) remove(name string)      { f.t.Helper(); f.must(os.RemoveAll(f.path(name))) }
func (f folder) link(to, name string)    { f.t.Helper(); f.must(os.Symlink(to, f.path(name))) }
func (f folder) rename(from, to string)  { f.t.Helper(); f.must(os.Rename(f.path(from), f.path(to))) }

func (f folder) write(name, text string) {
	f.t.Helper()
	f.mkdir(filepath.Dir(name))
	f.must(os.WriteFile(f.path(name), []byte(text), 0o644))
}

func quietLog() *slog.Logger { return slog.New(slog.DiscardHandler) }

func open(t testing.TB, f folder, base fs.FS) *Store {
	t.Helper()
	s, err := New(Options{Root: f.root, Base: base, Check: check, Log: quietLog()})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func shipped(files map[string]string) fs.FS {
	out := fstest.MapFS{}
	for name, text := range files {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

func names(s *Set) []string {
	var out []string
	for _, g := range s.Graphs() {
		out = append(out, g.Name)
	}
	return out
}

// codes lists the diagnostics as "file: code", with the folder's own path cut off.
func codes(f folder, s *Set) []string {
	var out []string
	for _, d := range s.Diagnostics() {
		file, err := filepath.Rel(f.root, d.Pos.File)
		if err != nil || strings.HasPrefix(file, "..") {
			file = d.Pos.File
		}
		out = append(out, file+": "+d.Code)
	}
	return out
}

func expect(t testing.TB, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func TestLoad(t *testing.T) {
	const body = "nodes:\n  in: stream.in name=x\n"
	f := newFolder(t, map[string]string{
		"live/rtmp.yaml": graph("rtmp.publish /{stream...}"),
		"both.yaml":      "graph: v1\nname: a\n" + body + "---\ngraph: v1\nname: b\n" + strings.Replace(body, "in:", "odd:", 1),
		"empty.yaml":     "# nothing\n",
		".hidden.yaml":   bad, ".git/x.yaml": bad, "~tmp.yaml": bad, "#x.yaml": bad, "x.yaml~": bad, "notes.txt": bad, "dir~/x.yaml": bad,
		"old.yml": bad,
	})
	s := open(t, f, nil).Current()
	expect(t, "graphs", names(s), []string{"a", "b", "live/rtmp"})
	expect(t, "diagnostics", codes(f, s), []string{"both.yaml: odd_node", "old.yml: file_name"})
	if s.Version() != 1 || len(s.Hash()) != 16 || len(s.Held()) != 0 {
		t.Errorf("version %d, hash %q, held %v", s.Version(), s.Hash(), s.Held())
	}
	if m, ok := s.Routes().Match("rtmp.publish", "/x", nil); !ok || m.Entry.Graph != "live/rtmp" {
		t.Errorf("the route leads to %v", m.Entry)
	}
	src, ok := s.Source("live/rtmp")
	if !ok || src.File != f.path("live/rtmp.yaml") || src.Shipped || len(src.Hash) != 64 {
		t.Errorf("the source is %+v", src)
	}
	if _, ok := s.Graph("c"); ok {
		t.Error("there is a graph c")
	}
	if _, ok := s.Source("c"); ok {
		t.Error("there is a source of c")
	}
}

func TestShipped(t *testing.T) {
	base := shipped(map[string]string{
		"live/a.yaml": graph("ws.play /a"), "live/b.yaml": graph("ws.play /b"), "live/c.yaml": graph("ws.play /c"), "bad.yaml": bad,
	})
	f := newFolder(t, map[string]string{
		"live/a.yaml":  graph("ws.play /mine"), // replaces
		"live/b.yaml":  "",                     // removes
		"live/d.yaml":  graph("ws.play /c"),    // takes the route of a shipped one
		"live/c2.yaml": bad,
	})
	store := open(t, f, base)
	s := store.Current()
	expect(t, "graphs", names(s), []string{"live/a", "live/c", "live/d"})
	if m, ok := s.Routes().Match("ws.play", "/c", nil); !ok || m.Entry.Graph != "live/d" {
		t.Errorf("the route leads to %v", m.Entry)
	}
	if src, _ := s.Source("live/a"); src.Shipped {
		t.Error("the user's graph counts as shipped")
	}
	if src, _ := s.Source("live/c"); !src.Shipped || src.File != "shipped/live/c.yaml" {
		t.Errorf("the shipped graph is %+v", src)
	}
	if _, ok := s.Routes().Match("ws.play", "/a", nil); ok {
		t.Error("the replaced route is still there")
	}
	got := codes(f, s)
	aboutBad := func(code string) bool { return strings.HasPrefix(code, "shipped/bad.yaml") }
	if !slices.ContainsFunc(got, aboutBad) {
		t.Errorf("diagnostics %q", got)
	}
	if h := s.Held(); len(h) != 1 || h[0].File != f.path("live/c2.yaml") {
		t.Errorf("held %+v", h)
	}
	// Without the replacement the shipped graph comes back, and a broken replacement does not take it away.
	f.remove("live/a.yaml")
	f.write("bad.yaml", graph("ws.play /good"))
	f.write("live/c.yaml", bad)
	s = store.Reload()
	expect(t, "graphs", names(s), []string{"bad", "live/a", "live/c", "live/d"})
	if src, _ := s.Source("live/c"); !src.Shipped {
		t.Error("a broken file replaced a shipped graph")
	}
	if slices.ContainsFunc(codes(f, s), aboutBad) {
		t.Error("the fault of a replaced file is still told")
	}
}

func TestOnlyShipped(t *testing.T) {
	s, err := New(Options{Base: shipped(map[string]string{"a.yaml": graph("")}), Log: quietLog()})
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "graphs", names(s.Current()), []string{"a"})
	if err := s.Start(t.Context()); err != nil {
		t.Error(err)
	}
	if err := s.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestNoFolder(t *testing.T) {
	_, err := New(Options{Root: filepath.Join(t.TempDir(), "none"), Log: quietLog()})
	if fault.CodeOf(err) != fault.ResourceNotFound {
		t.Errorf("got %v", err)
	}
}

// Links are followed inside the folder and nowhere else; nothing blocks or goes round in circles.
func TestLinksAndOddFiles(t *testing.T) {
	f := newFolder(t, map[string]string{"real/a.yaml": graph(""), "deep/x.yaml": graph("")})
	secret := filepath.Join(filepath.Dir(f.root), "secret.yaml")
	f.must(os.WriteFile(secret, []byte(graph("")), 0o644))
	f.link("real/a.yaml", "linked.yaml")
	f.link("real", "also")
	f.link("../secret.yaml", "out.yaml")
	f.link(secret, "absolute.yaml")
	f.link("..", "up")
	f.link("nowhere.yaml", "dangling.yaml")
	f.link("..", "deep/loop")
	f.mkdir("folder.yaml")
	f.must(syscall.Mkfifo(f.path("pipe.yaml"), 0o644))
	s := open(t, f, nil).Current()
	expect(t, "graphs", names(s), []string{"also/a", "deep/x", "linked", "real/a"})
	expect(t, "diagnostics", codes(f, s), []string{
		"absolute.yaml: file_unreadable", "dangling.yaml: file_unreadable", "deep/loop: folder_depth", "out.yaml: file_unreadable",
		"pipe.yaml: file_unreadable",
	})
}

func TestLimits(t *testing.T) {
	f := newFolder(t, map[string]string{"big.yaml": "# " + strings.Repeat("x", 3<<20), "a.yaml": graph("")})
	deep := strings.Repeat("d/", maxDepth+1)
	f.write(deep+"x.yaml", graph(""))
	s := open(t, f, nil).Current()
	expect(t, "graphs", names(s), []string{"a"})
	if got := codes(f, s); len(got) != 2 || !strings.HasPrefix(got[0], "big.yaml: ") || !strings.HasSuffix(got[1], ": folder_depth") {
		t.Errorf("diagnostics %q", got)
	}
	f = newFolder(t, map[string]string{"a.yaml": graph(""), "b.yaml": graph(""), "c.yaml": graph("")})
	store, err := New(Options{Root: f.root, Log: quietLog(), MaxFiles: 2})
	f.must(err)
	expect(t, "graphs", names(store.Current()), []string{"a", "b"})
	expect(t, "diagnostics", codes(f, store.Current()), []string{".: too_many_files"})
	f = newFolder(t, map[string]string{"z.yaml": graph("")})
	for i := range 2 * entriesAFile {
		f.write(fmt.Sprintf("junk%d.txt", i), "")
	}
	store, err = New(Options{Root: f.root, Log: quietLog(), MaxFiles: 2})
	f.must(err)
	expect(t, "diagnostics", codes(f, store.Current()), []string{".: too_many_files"})
}

// What cannot be seen is not taken for deleted.
func TestUnseenStays(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Log("as root, folders cannot be made unreadable; only the vanished folder is tried")
	}
	f := newFolder(t, map[string]string{"a.yaml": graph(""), "sub/b.yaml": graph("")})
	store := open(t, f, nil)
	if os.Geteuid() != 0 {
		f.must(os.Chmod(f.path("sub"), 0))
		s := store.Reload()
		f.must(os.Chmod(f.path("sub"), 0o755))
		expect(t, "with an unreadable folder", names(s), []string{"a", "sub/b"})
	}
	f.must(os.Rename(f.root, f.root+".away"))
	s := store.Reload()
	expect(t, "without the folder", names(s), []string{"a", "sub/b"})
	expect(t, "diagnostics", codes(f, s), []string{".: file_unreadable"})
	f.must(os.Rename(f.root+".away", f.root))
	if s = store.Reload(); len(s.Diagnostics()) != 0 {
		t.Errorf("after its return: %v", s.Diagnostics())
	}
}

func TestReloadWithoutChange(t *testing.T) {
	calls := 0
	f := newFolder(t, map[string]string{"a.yaml": graph(""), "b.yaml": bad})
	store, err := New(Options{Root: f.root, Log: quietLog(), Check: func([]*spec.Graph) []spec.Diagnostic { calls++; return nil }})
	f.must(err)
	before, checked := store.Current(), calls
	f.write("a.yaml", graph("")) // the same again
	if after := store.Reload(); after != before || calls != checked {
		t.Errorf("version %d after %d, %d checks after %d", after.Version(), before.Version(), calls, checked)
	}
	f.write("b.yaml", bad+"\n") // other content with the same fault
	if after := store.Reload(); after != before {
		t.Errorf("a set with the same to say has version %d", after.Version())
	}
	f.write("b.yaml", graph(""))
	if after := store.Reload(); after.Version() != 2 || len(after.Diagnostics()) != 0 {
		t.Errorf("version %d, %v", after.Version(), after.Diagnostics())
	}
}

func TestLife(t *testing.T) {
	f := newFolder(t, nil)
	store := open(t, f, nil)
	sub := store.Subscribe()
	f.must(store.Start(t.Context()))
	if err := store.Start(t.Context()); fault.CodeOf(err) != fault.Internal {
		t.Errorf("a second start: %v", err)
	}
	for range 2 {
		f.must(store.Stop(t.Context()))
	}
	if _, open := <-sub.Sets(); open {
		t.Error("the subscription is open after stop")
	}
	if _, open := <-store.Subscribe().Sets(); open {
		t.Error("a new subscription is open after stop")
	}
	sub.Close()
	if err := store.Start(t.Context()); fault.CodeOf(err) != fault.Closed {
		t.Errorf("a start after stop: %v", err)
	}
	store = open(t, f, nil)
	f.must(store.Stop(t.Context())) // without start
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	store = open(t, f, nil)
	if err := store.Start(cancelled); err != context.Canceled {
		t.Errorf("a start under a cancelled context: %v", err)
	}
}
