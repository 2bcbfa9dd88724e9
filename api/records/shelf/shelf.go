// Package shelf is the folder of recordings: it gives new ones a place while they are written and a name when they are whole, keeps
// beside each what it is, lists, opens and deletes them, and completes what a crash left. It looks at nothing outside its folder,
// follows no link that leads out of it, and does not know how media is written.
package shelf

import (
	"cmp"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"sluice/api/records/name"
	"sluice/engine/fault"
)

// Options are what a Shelf is opened with. Folder and Template are needed.
type Options struct {
	Folder   string
	Template name.Template // of names, where a recording has none of its own
	Free     int64         // bytes that recordings leave free on the disk
	Log      *slog.Logger
	// Done hears of every recording that is whole, or was completed. It must not wait. Nil: nobody does.
	Done func(Recording)
	// Broke hears of every recording that cannot go on, before its pipeline ends. It must not wait. Nil: nobody does.
	Broke func(a About, why error)
	Now   func() time.Time // nil: the time there is
	// Write writes to the file of a recording, for tests with slow and full disks; nil is os.File.WriteAt.
	Write func(f *os.File, b []byte, at int64) (int, error)
}

// Shelf is a folder of recordings. The zero Shelf is closed. Safe for concurrent use.
type Shelf struct {
	mu     sync.Mutex
	opt    Options
	root   *os.Root // nil: closed
	known  map[string]Recording
	drafts map[*Draft]struct{}
	idle   chan struct{} // closed, and made anew, whenever a draft ends
}

// New makes a shelf that is closed.
func New() *Shelf { return &Shelf{} }

const folderMode = 0o750

// Open opens the folder, which is made if need be, and finds what is in it. A folder that cannot be used is fault.ResourceNotFound.
func (s *Shelf) Open(o Options) error {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	err := os.MkdirAll(o.Folder, folderMode)
	var root *os.Root
	if err == nil {
		root, err = os.OpenRoot(o.Folder)
	}
	if err != nil {
		return fault.New(fault.ResourceNotFound, "records.folder", "recordings cannot be kept in %q", o.Folder).Because(err)
	}
	if o.Write == nil {
		o.Write = (*os.File).WriteAt
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opt, s.root, s.known, s.drafts, s.idle = o, root, map[string]Recording{}, map[*Draft]struct{}{}, make(chan struct{})
	s.find()
	return nil
}

// Close closes the folder. What is being recorded must have ended.
func (s *Shelf) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.root == nil {
		return nil
	}
	root := s.root
	s.root = nil
	return root.Close()
}

// Check tells whether something can be recorded: fault.ElementUnavailable while the shelf is closed.
func (s *Shelf) Check() error {
	_, err := s.folder()
	return err
}

func (s *Shelf) folder() (*os.Root, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.root == nil {
		return nil, fault.New(fault.ElementUnavailable, "", "nothing is recorded here: there is no folder for it").
			Advise(`set the configuration's key "records.folder", and run the server`)
	}
	return s.root, nil
}

// List lists recordings that are whole, the newest first.
func (s *Shelf) List() []Recording {
	root, err := s.folder()
	if err != nil {
		return nil
	}
	s.mu.Lock()
	list := make([]Recording, 0, len(s.known))
	for _, r := range s.known {
		list = append(list, r)
	}
	s.mu.Unlock()
	list = slices.DeleteFunc(list, func(r Recording) bool { // what somebody has deleted by hand
		_, err := root.Lstat(r.Name)
		return err != nil
	})
	slices.SortFunc(list, func(a, b Recording) int { return cmp.Or(b.Ended.Compare(a.Ended), cmp.Compare(a.Name, b.Name)) })
	return list
}

// Live lists what is being recorded, the newest first.
func (s *Shelf) Live() []Recording {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]Recording, 0, len(s.drafts))
	for d := range s.drafts {
		list = append(list, d.now())
	}
	slices.SortFunc(list, func(a, b Recording) int { return cmp.Or(b.Started.Compare(a.Started), cmp.Compare(a.Name, b.Name)) })
	return list
}

// Find finds a recording that is whole. A name that is none is fault.InvalidRequest, one that is not there fault.ResourceNotFound.
func (s *Shelf) Find(file string) (Recording, error) {
	if err := name.Check(file); err != nil {
		return Recording{}, err
	}
	s.mu.Lock()
	r, ok := s.known[file]
	s.mu.Unlock()
	if !ok {
		return r, missing(file)
	}
	return r, nil
}

func missing(file string) error {
	return fault.New(fault.ResourceNotFound, "", "there is no recording %q", file)
}

// Read opens a recording that is whole. Errors are those of Find.
func (s *Shelf) Read(file string) (*os.File, Recording, error) {
	r, err := s.Find(file)
	if err != nil {
		return nil, r, err
	}
	root, err := s.folder()
	if err != nil {
		return nil, r, err
	}
	f, err := root.Open(file)
	if err != nil {
		return nil, r, missing(file)
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		_ = f.Close() // it was only read
		return nil, r, missing(file)
	}
	return f, r, nil
}

// Delete deletes a recording that is whole, and what is kept beside it. Errors are those of Find; one that another recording has replaced
// under its name is not there any more.
func (s *Shelf) Delete(r Recording) error {
	file := r.Name
	if _, err := s.Find(file); err != nil {
		return err
	}
	root, err := s.folder()
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.is(r) {
		return missing(file)
	}
	delete(s.known, file)
	_ = root.Remove(file + sidecar) // nothing is said of what is not there any more
	if err := root.Remove(file); err != nil && !os.IsNotExist(err) {
		return fault.New(fault.Internal, "", "%q cannot be deleted", file).Because(err)
	}
	return nil
}

// Path is where the file of a recording is, for programs that are run with it.
func (s *Shelf) Path(file string) string {
	folder, err := filepath.Abs(s.opt.Folder)
	if err != nil {
		folder = s.opt.Folder
	}
	return filepath.Join(folder, filepath.FromSlash(file))
}

// is tells whether a recording is the one that is known by its name. The lock is held.
func (s *Shelf) is(r Recording) bool {
	now, ok := s.known[r.Name]
	return ok && now.Started.Equal(r.Started)
}

// Note changes what is kept beside a recording that is whole. Errors are those of Delete, and the disk's.
func (s *Shelf) Note(of Recording, change func(*Recording)) error {
	file := of.Name
	if _, err := s.Find(file); err != nil {
		return err
	}
	root, err := s.folder()
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.is(of) {
		return missing(file)
	}
	r := s.known[file]
	change(&r)
	s.known[file] = r
	return keep(root, file, r)
}

// Watch looks at what is being recorded of which is is true. What it gives waits until all of that is whole, and what came after it of
// the same, and gives what has become of it; ctx ends the waiting.
func (s *Shelf) Watch(is func(About) bool) (settled func(context.Context) ([]Recording, error)) {
	waited := map[*Draft]bool{}
	look := func() (open bool, idle <-chan struct{}) {
		s.mu.Lock()
		defer s.mu.Unlock()
		for d := range s.drafts {
			if is(d.about) {
				open, waited[d] = true, true
			}
		}
		return open, s.idle
	}
	look()
	return func(ctx context.Context) ([]Recording, error) {
		for {
			open, idle := look()
			if !open {
				return s.became(waited), nil
			}
			select {
			case <-idle:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
	}
}

// became is what has become of drafts, the first first.
func (s *Shelf) became(drafts map[*Draft]bool) []Recording {
	s.mu.Lock()
	defer s.mu.Unlock()
	var done []Recording
	for d := range drafts {
		if d.result.Name != "" {
			done = append(done, d.result)
		}
	}
	slices.SortFunc(done, func(a, b Recording) int { return a.Started.Compare(b.Started) })
	return done
}

// Broke says that a recording cannot go on: its file cannot be written to.
func (s *Shelf) Broke(a About, why error) {
	s.mu.Lock()
	broke := s.opt.Broke
	s.mu.Unlock()
	if broke != nil {
		broke(a, why)
	}
}
