package rendition

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// disk keeps segments as files, one for each: a crash leaves files that can be told by their names and deleted (the catalogue does), the
// oldest go without any other being rewritten, and the kernel sends them by itself. One goroutine does everything that may be slow; only
// opening a file happens elsewhere. Nothing is synced: what is lost in a crash of the machine is of no use after it.
type disk struct {
	folder string
	log    *slog.Logger
	owner  *Rendition
	write  func(path string, data []byte) error
	done   chan struct{}

	mu      sync.Mutex
	cond    *sync.Cond
	queue   []job
	closed  bool
	failing bool
}

// job is a segment to write, or a file to delete. It has no media of its own: who waits is not to keep what the window gave up.
type job struct {
	segment *segment
	delete  string
}

func newDisk(folder string, log *slog.Logger, owner *Rendition) *disk {
	d := &disk{folder: folder, log: log, owner: owner, write: create, done: make(chan struct{})}
	d.cond = sync.NewCond(&d.mu)
	go d.run()
	return d
}

// keep has a new segment written. The owner's lock is held.
func (d *disk) keep(s *segment) {
	s.disk = waiting
	d.add(job{segment: s})
}

// giveUp takes a segment that was not written in time out of the queue, which a disk that hangs would fill with all of the stream. The
// owner's lock is held.
func (d *disk) giveUp(s *segment) {
	d.mu.Lock()
	d.queue = slices.DeleteFunc(d.queue, func(j job) bool { return j.segment == s })
	d.mu.Unlock()
	d.fail("the disk is too slow", nil)
}

// discard has a file deleted.
func (d *disk) discard(name string) { d.add(job{delete: name}) }

func (d *disk) open(name string) (*os.File, error) { return os.Open(filepath.Join(d.folder, name)) }

func (d *disk) add(j job) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.closed {
		d.queue = append(d.queue, j)
		d.cond.Signal()
	}
}

// close forgets what is not done yet, deletes all, and waits for that.
func (d *disk) close() {
	d.mu.Lock()
	d.closed, d.queue = true, nil
	d.cond.Signal()
	d.mu.Unlock()
	<-d.done
}

func (d *disk) next() (job, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for len(d.queue) == 0 && !d.closed {
		d.cond.Wait()
	}
	if d.closed {
		return job{}, false
	}
	j := d.queue[0]
	d.queue[0] = job{}
	d.queue = d.queue[1:]
	return j, true
}

func (d *disk) run() {
	defer close(d.done)
	d.clear()
	for {
		j, ok := d.next()
		if !ok {
			break
		}
		if j.segment == nil {
			d.remove(j.delete)
		} else if data := d.wanted(j.segment); data != nil {
			d.store(j.segment, data)
		}
	}
	d.clear()
	if err := os.Remove(d.folder); err != nil && !errors.Is(err, fs.ErrNotExist) {
		d.log.Debug("hls: the DVR folder stays", "folder", d.folder, "error", err)
	}
}

// clear deletes the segments of any rendition in the folder, and nothing else.
func (d *disk) clear() {
	entries, err := os.ReadDir(d.folder)
	if err != nil {
		return // there is none yet; if there is more to it, the first segment will tell
	}
	for _, e := range entries {
		if _, ours := Prefix(e.Name()); ours && e.Type().IsRegular() {
			d.remove(e.Name())
		}
	}
}

func (d *disk) remove(name string) {
	if err := os.Remove(filepath.Join(d.folder, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		d.fail("a file cannot be deleted", err)
	}
}

// store writes a segment. If that fails, the oldest make room, and it is tried once more.
func (d *disk) store(s *segment, data []byte) {
	path := filepath.Join(d.folder, s.name)
	err := d.write(path, data)
	if err != nil {
		d.fail("a segment cannot be written", err)
		for _, name := range d.owner.shed() {
			d.remove(name)
		}
		err = d.write(path, data)
	}
	if !d.owner.settled(s, err == nil) {
		d.remove(s.name)
	}
	if err == nil {
		d.recovered()
	}
}

// create writes a file whole or not at all. Its folder is made when it is missing, which is at the start, or when somebody tidied up.
func create(path string, data []byte) error {
	err := os.WriteFile(path, data, 0o600)
	if errors.Is(err, fs.ErrNotExist) {
		if err = os.MkdirAll(filepath.Dir(path), 0o700); err == nil {
			err = os.WriteFile(path, data, 0o600)
		}
	}
	if err != nil {
		_ = os.Remove(path) // the half of it
	}
	return err
}

// fail logs the first failure of a row. A row ends when nothing is left to write.
func (d *disk) fail(what string, err error) {
	d.mu.Lock()
	was := d.failing
	d.failing = true
	d.mu.Unlock()
	if !was {
		d.log.Error("hls: the DVR window shrinks", "why", what, "error", err, "folder", d.folder)
	}
}

func (d *disk) recovered() {
	d.mu.Lock()
	was := d.failing
	d.failing = was && len(d.queue) > 0
	ended := was && !d.failing
	d.mu.Unlock()
	if ended {
		d.log.Info("hls: the DVR window grows again", "folder", d.folder)
	}
}

// wanted is the media of a segment that still waits to be written; nil of one that was given up.
func (d *disk) wanted(s *segment) []byte {
	d.owner.mu.Lock()
	defer d.owner.mu.Unlock()
	if s.disk != waiting || d.owner.removed {
		return nil
	}
	return s.data
}

// settled notes how writing a segment ended. It says whether the file, if there is one, is wanted.
func (r *Rendition) settled(s *segment, ok bool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case s.disk != waiting || r.removed:
		return false
	case !ok:
		s.disk = lost
		r.totals.Unstored++
		return false
	}
	s.disk = stored
	r.totals.Disk += s.size
	return true
}
