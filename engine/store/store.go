// Package store holds the graphs: a folder of YAML files over the graphs that come with sluice, watched, checked as a
// whole, and swapped atomically. What has an error keeps its last good version and holds up nothing else. The store
// runs no graphs: whoever does reads Current, subscribes, and asks Diff what a new set touches.
package store

import (
	"context"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"sluice/engine/fault"
	"sluice/engine/spec"
)

// Options configure a Store.
type Options struct {
	// Root is the user's folder; "" if there is none. Every *.yaml file below it is read, but for names that begin
	// with a dot, "~" or "#". Symbolic links are followed as long as they stay inside.
	Root string
	// Flat reads only the files in Root itself, not those in folders below.
	Flat bool
	// Base has the graphs that come with sluice; nil if there are none. A file of the same path below Root replaces
	// one, an empty file removes it. Base does not change.
	Base fs.FS
	// Check finds what is wrong with a set of graphs. It is given all of them, ordered by name, and may be called
	// several times for one reload, from one goroutine at a time. Nil finds nothing. Routes in conflict and names
	// used twice are found without it.
	Check func(graphs []*spec.Graph) []spec.Diagnostic
	// Log is told of every reload and what it left out. It must not be nil.
	Log *slog.Logger
	// Debounce is how long the folder must be quiet before it is read; 100 ms if zero. A folder that is never quiet is
	// read every ten times that.
	Debounce time.Duration
	// MaxFiles is how many files are read; 10,000 if zero. The rest is reported.
	MaxFiles int
}

// Store holds the current Set and, once started, keeps it in step with the folder. All methods are safe for
// concurrent use.
type Store struct {
	opt     Options
	current atomic.Pointer[Set]

	work    sync.Mutex        // held while the folder is read and a set made
	base    tree              // of Options.Base, without what has errors
	known   tree              // what was read last, errors and all: nothing is parsed twice
	good    tree              // what the current set is made of
	next    tree              // what it would be made of if there were no errors
	diags   []spec.Diagnostic // of the folder itself, when next was read
	baseBad []spec.Diagnostic // of Options.Base

	life   sync.Mutex
	cancel context.CancelFunc // of the watching goroutine; nil before Start
	ended  bool               // Stop was called
	done   chan struct{}      // closed when that goroutine has ended

	subscribers subscribers
}

// New reads the folder once. It starts nothing: a store that is only read needs no Stop. It fails with
// fault.ResourceNotFound if there is a Root that cannot be opened; what is wrong inside is in the set's diagnostics.
func New(opt Options) (*Store, error) {
	if opt.Debounce <= 0 {
		opt.Debounce = 100 * time.Millisecond
	}
	if opt.MaxFiles <= 0 {
		opt.MaxFiles = 10000
	}
	if opt.Check == nil {
		opt.Check = func([]*spec.Graph) []spec.Diagnostic { return nil }
	}
	s := &Store{opt: opt, done: make(chan struct{})}
	if opt.Root != "" {
		root, err := os.OpenRoot(opt.Root)
		if err != nil {
			return nil, fault.New(fault.ResourceNotFound, opt.Root, "the graphs folder cannot be opened").Because(err).
				Advise("create it, or name another folder")
		}
		_ = root.Close() // it was only to see whether there is one
	}
	s.loadBase()
	s.reload(nil)
	return s, nil
}

// loadBase reads the shipped graphs once. Those with errors, which only a defect of a build has, are left out.
func (s *Store) loadBase() {
	if s.opt.Base == nil {
		s.good = tree{}
		return
	}
	found := scan(s.opt.Base, scanning{shown: shippedName, shipped: true, most: s.opt.MaxFiles})
	settled := settle(tree{}, found.files, s.opt.Check)
	s.base, s.baseBad = settled.tree, append(found.diags, settled.diags...)
	s.good = s.base
}

// Current is the newest set; never nil. It does not change: a reload makes another one.
func (s *Store) Current() *Set { return s.current.Load() }

// Reload reads the folder now and gives the set that is current afterwards. A running store does this by itself; call
// it after writing a file when the answer must not wait for the debounce.
func (s *Store) Reload() *Set { return s.reload(nil) }

// reload reads the folder, calling enter for each directory before its files are listed.
func (s *Store) reload(enter func(dir string, info fs.FileInfo)) *Set {
	s.work.Lock()
	defer s.work.Unlock()
	next, diags := s.read(enter)
	if old := s.current.Load(); old != nil && slices.Equal(diags, s.diags) && maps.EqualFunc(next, s.next, same) {
		return old
	}
	s.next, s.diags = next, diags
	settled := settle(s.good, next, s.opt.Check)
	var report spec.Report
	report.Add(diags...)
	report.Add(settled.diags...)
	for _, d := range s.baseBad {
		if f := next[relative(d.Pos.File)]; f == nil || f.shipped {
			report.Add(d)
		}
	}
	s.good = settled.tree
	set := newSet(settled, report.List())
	set.callers = s.written()
	old := s.current.Load()
	if old != nil && old.same(set) {
		return old
	}
	set.version = 1
	if old != nil {
		set.version = old.version + 1
	}
	s.current.Store(set)
	s.tell(set)
	s.subscribers.publish(set)
	return set
}

// read gives what Root has now over Base. Where the folder cannot be seen, what was good stays.
func (s *Store) read(enter func(string, fs.FileInfo)) (tree, []spec.Diagnostic) {
	next := tree{}
	for path, f := range s.base {
		next[path] = f
	}
	if s.opt.Root == "" {
		return next, nil
	}
	found := s.scanRoot(enter)
	for path, f := range found.files {
		next[path] = f
	}
	for path, f := range s.good {
		if found.unseen(path) && !f.shipped {
			next[path] = f
		}
	}
	s.known = found.files
	return next, found.diags
}

func (s *Store) scanRoot(enter func(string, fs.FileInfo)) found {
	root, err := os.OpenRoot(s.opt.Root)
	if err != nil {
		return found{blind: []string{"."}, diags: []spec.Diagnostic{unreadable(s.opt.Root, err)}}
	}
	defer root.Close()
	return scan(root.FS(), scanning{shown: s.opt.Root, known: s.known, most: s.opt.MaxFiles, flat: s.opt.Flat, enter: enter})
}

// Start begins to watch the folder, and reads it once more so that nothing is missed between New and now. It may be
// called once. If the system has no watches left, it fails with fault.Overloaded. The context bounds the starting
// only.
func (s *Store) Start(ctx context.Context) error {
	s.life.Lock()
	defer s.life.Unlock()
	switch {
	case s.ended:
		return fault.New(fault.Closed, s.opt.Root, "the graphs store was stopped")
	case s.cancel != nil:
		return fault.New(fault.Internal, s.opt.Root, "the graphs store was started before")
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	watching, cancel := context.WithCancel(context.WithoutCancel(ctx))
	if s.opt.Root == "" {
		close(s.done)
		s.cancel = cancel
		return nil
	}
	w, err := newWatch(s.opt.Root, s.opt.Log)
	if err != nil {
		cancel()
		return fault.New(fault.Overloaded, s.opt.Root, "the graphs folder cannot be watched").Because(err).
			Advise("raise the limits fs.inotify.max_user_watches and max_user_instances")
	}
	s.cancel = cancel
	s.reload(w.enter)
	go func() {
		defer close(s.done)
		defer w.close()
		w.run(watching, quiet{wait: s.opt.Debounce, most: 10 * s.opt.Debounce}, func() { w.round(s.reload) })
	}()
	return nil
}

// Stop ends the watching and closes all subscriptions. It may be called at any time and more than once; it returns
// when the goroutine is gone, or with the context's error. Current goes on to work.
func (s *Store) Stop(ctx context.Context) error {
	s.life.Lock()
	s.ended = true
	cancel := s.cancel
	s.life.Unlock()
	defer s.subscribers.close()
	if cancel == nil {
		return nil
	}
	cancel()
	select {
	case <-s.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// tell logs a new set.
func (s *Store) tell(set *Set) {
	errors := 0
	for _, d := range set.diagnostics {
		if d.Severity == spec.Error {
			errors++
		}
	}
	s.opt.Log.Info("graphs loaded", "version", set.version, "graphs", len(set.graphs), "hash", set.hash, "errors", errors)
	for _, h := range set.held {
		s.opt.Log.Warn("graph file held back", "file", h.File, "why", h.Why, "kept", h.Kept)
	}
}
