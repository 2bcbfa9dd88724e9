// Package draft tries changes to the user's folder of graphs before they are made, and makes them: what a new version of a graph would
// break is found in a copy of the folder, by the same rules as in the folder itself. It writes nothing outside the folder, whatever a
// graph is called, and decides nothing about who may write.
package draft

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"log/slog"
	"os"
	"path"
	"path/filepath"
	"strings"

	"sluice/engine/fault"
	"sluice/engine/spec"
	"sluice/engine/store"
)

// Options are what a Desk is made with.
type Options struct {
	Root   string // the user's folder; "" if there is none
	Base   fs.FS  // the graphs that come with sluice
	Graphs *store.Store
	Check  func(graphs []*spec.Graph) []spec.Diagnostic
	// Allow refuses graphs that callers may not write: it is given those that a change would make run differently.
	Allow func(set *store.Set, touched []string) error
}

// Desk is where drafts are tried and written. Safe for concurrent use.
type Desk struct {
	opt  Options
	turn chan struct{} // held by who works: a trial reads and checks every graph there is
}

// New makes a Desk.
func New(o Options) *Desk {
	if o.Allow == nil {
		o.Allow = func(*store.Set, []string) error { return nil }
	}
	return &Desk{opt: o, turn: make(chan struct{}, 1)}
}

// begin waits for the desk to be free.
func (d *Desk) begin(ctx context.Context) error {
	select {
	case d.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fault.New(fault.Overloaded, "", "others are writing or checking graphs").Because(ctx.Err())
	}
}

func (d *Desk) done() { <-d.turn }

const suffix = ".yaml"

// shippedName is what diagnostics call the folder of the graphs that come with sluice.
const shippedName = "shipped"

// Finding is a diagnostic with its file as callers know it: below the folder of graphs, with slashes.
type Finding struct {
	spec.Diagnostic
	File string
}

// Trial is what the graphs would be after a change.
type Trial struct {
	Set   *store.Set
	Found []Finding // in all files, ordered by place
	Held  []string  // files that would be held back now and are not yet
	Graph []string  // those in the files that are tried
}

// Lint tells what is wrong with a text if it were the file of a graph of that name.
func (d *Desk) Lint(ctx context.Context, name string, text []byte) (*Trial, error) {
	if err := d.begin(ctx); err != nil {
		return nil, err
	}
	defer d.done()
	return d.try(map[string][]byte{name + suffix: text})
}

// try tells what the graphs were if files had other contents; a file without content is not there.
func (d *Desk) try(changes map[string][]byte) (*Trial, error) {
	folder, err := os.MkdirTemp("", "sluice-draft-*")
	if err != nil {
		return nil, fault.New(fault.Internal, "", "there is nowhere to try it").Because(err)
	}
	defer os.RemoveAll(folder) //nolint:errcheck // the system clears its temporary folder, too
	copied, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fault.New(fault.Internal, "", "there is nowhere to try it").Because(err)
	}
	defer copied.Close()
	if err := d.copy(copied, changes); err != nil {
		return nil, err
	}
	s, err := store.New(store.Options{Root: folder, Base: d.opt.Base, Check: d.opt.Check, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	return d.judge(s.Current(), folder, changes), nil
}

// copy makes the folder as it would be.
func (d *Desk) copy(to *os.Root, changes map[string][]byte) error {
	for name, text := range changes {
		if text != nil {
			if err := put(to, name, text); err != nil {
				return fault.New(fault.Internal, "", "there is nowhere to try it").Because(err)
			}
		}
	}
	if d.opt.Root == "" {
		return nil
	}
	from, err := os.OpenRoot(d.opt.Root)
	if err != nil {
		return fault.New(fault.ResourceNotFound, "", "the folder of graphs cannot be read").Because(err)
	}
	defer from.Close()
	for _, name := range d.files() {
		if _, changed := changes[name]; changed {
			continue
		}
		text, err := fs.ReadFile(from.FS(), name)
		if err != nil {
			continue // it has just gone, or the store cannot read it either
		}
		if err := put(to, name, text); err != nil {
			return fault.New(fault.Internal, "", "there is nowhere to try it").Because(err)
		}
	}
	return nil
}

// files lists the files of the user's folder that the current set knows, below the folder.
func (d *Desk) files() []string {
	set := d.opt.Graphs.Current()
	seen := map[string]bool{}
	var out []string
	note := func(shown string) {
		if name := d.Below(shown); !strings.HasPrefix(shown, shippedName+"/") && !seen[name] {
			seen[name] = true
			out = append(out, name)
		}
	}
	for _, g := range set.Graphs() {
		if src, ok := set.Source(g.Name); ok && !src.Shipped {
			note(src.File)
		}
	}
	for _, h := range set.Held() {
		note(h.File)
	}
	for _, f := range d.emptied() {
		note(f)
	}
	return out
}

// emptied lists files without graphs, which remove shipped ones.
func (d *Desk) emptied() []string {
	var out []string
	set := d.opt.Graphs.Current()
	_ = fs.WalkDir(d.opt.Base, ".", func(name string, e fs.DirEntry, err error) error { // one that cannot be read has no graphs
		if err != nil || e.IsDir() || !strings.HasSuffix(name, suffix) {
			return nil //nolint:nilerr // the walk goes on
		}
		if _, ok := set.Graph(strings.TrimSuffix(name, suffix)); !ok {
			out = append(out, filepath.Join(d.opt.Root, filepath.FromSlash(name)))
		}
		return nil
	})
	return out
}

// judge says in callers' words what came of a trial.
func (d *Desk) judge(set *store.Set, folder string, changes map[string][]byte) *Trial {
	t := &Trial{Set: set}
	for _, one := range set.Diagnostics() {
		t.Found = append(t.Found, Finding{one, below(folder, one.Pos.File)})
	}
	before := map[string]bool{}
	for _, h := range d.opt.Graphs.Current().Held() {
		before[d.Below(h.File)] = true
	}
	for _, h := range set.Held() {
		if name := below(folder, h.File); !before[name] {
			t.Held = append(t.Held, name)
		}
	}
	for _, g := range set.Graphs() {
		if src, ok := set.Source(g.Name); ok && !src.Shipped {
			if _, changed := changes[below(folder, src.File)]; changed {
				t.Graph = append(t.Graph, g.Name)
			}
		}
	}
	return t
}

// Of lists what was found in the file of a graph.
func (t *Trial) Of(name string) []Finding {
	var out []Finding
	for _, f := range t.Found {
		if f.File == name+suffix {
			out = append(out, f)
		}
	}
	return out
}

// Below is what callers know a file as that diagnostics of the store name.
func (d *Desk) Below(shown string) string { return below(d.opt.Root, shown) }

func below(folder, shown string) string {
	if rel, err := filepath.Rel(folder, shown); err == nil && filepath.IsLocal(rel) && folder != "" {
		return filepath.ToSlash(rel)
	}
	return filepath.ToSlash(shown)
}

// Sum is the version of a text, as it stands in an ETag.
func Sum(text []byte) string {
	const digits = 32
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])[:digits]
}

// Text reads the file that a graph is in. A graph that is not in the current set is fault.GraphNotFound.
func (d *Desk) Text(name string) ([]byte, error) {
	src, ok := d.opt.Graphs.Current().Source(name)
	if !ok {
		return nil, fault.New(fault.GraphNotFound, "", "there is no graph %q", name)
	}
	file := d.Below(src.File)
	if src.Shipped {
		return fs.ReadFile(d.opt.Base, strings.TrimPrefix(file, shippedName+"/"))
	}
	root, err := os.OpenRoot(d.opt.Root)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	return fs.ReadFile(root.FS(), path.Clean(file))
}
