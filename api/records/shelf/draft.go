package shelf

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"sluice/api/records/form"
	"sluice/api/records/name"
	"sluice/engine/event"
	"sluice/engine/fault"
	"sluice/engine/media"
)

const (
	part     = ".part-" // begins the names of recordings that are not whole
	sidecar  = ".json"  // ends the names of what is kept beside them
	fileMode = 0o640
	tries    = 1000 // names that are tried where one is taken
)

// Draft is a recording that is being written. It is a mux.Output. Its methods are for one goroutine.
type Draft struct {
	shelf     *Shelf
	root      *os.Root
	file      *os.File
	temporary string
	about     About
	template  name.Template
	overwrite bool
	begun     Recording
	size      atomic.Int64
	dropped   atomic.Uint64
	fixed     string    // its name, if that was settled before a crash
	result    Recording // under the shelf's lock; with a name when it is whole
}

// Begin begins a recording. started is the wall clock at its first picture, template makes its name (a zero one: the shelf's). The
// errors are those of Check, and of a disk that has no room left: see Full.
func (s *Shelf) Begin(a About, f form.Format, tracks []Track, started time.Time, template name.Template, overwrite bool) (*Draft, error) {
	root, err := s.folder()
	if err != nil {
		return nil, err
	}
	if template.String() == "" {
		template = s.opt.Template
	}
	d := &Draft{shelf: s, root: root, about: a, template: template, overwrite: overwrite, temporary: part + rand.Text()}
	d.begun = Recording{About: a, Format: f, Tracks: tracks, Started: started.Round(time.Millisecond)}
	if !template.Late() {
		d.begun.Name = d.wish(started)
	}
	if d.file, err = root.OpenFile(d.temporary, os.O_RDWR|os.O_CREATE|os.O_EXCL, fileMode); err != nil {
		return nil, Full("a recording cannot be begun", err)
	}
	for errors.Is(unix.Flock(int(d.file.Fd()), unix.LOCK_EX), unix.EINTR) { // waits for who looks at it in recover; no locks: see there
	}
	if err := keep(root, d.temporary, d.begun); err != nil {
		d.Drop()
		return nil, err
	}
	s.mu.Lock()
	s.drafts[d] = struct{}{}
	s.mu.Unlock()
	return d, nil
}

// wish is the name that it would have with an end.
func (d *Draft) wish(end time.Time) string {
	if d.fixed != "" {
		return d.fixed
	}
	v := name.Values{
		Stream: d.about.Stream, Session: d.about.Session, MediaSession: d.about.MediaSession, Login: d.about.Login,
		Start: d.begun.Started, End: end,
	}
	for _, t := range d.begun.Tracks {
		if t.Kind == media.Audio {
			v.Audio = t.Codec
		} else {
			v.Video = t.Codec
		}
	}
	return d.template.Expand(v) + "." + string(d.begun.Format)
}

// Recording is what it is at the moment.
func (d *Draft) Recording() Recording { return d.now() }

// Size is how large the file is, in bytes.
func (d *Draft) Size() int64 { return d.size.Load() }

// now is what it is at the moment.
func (d *Draft) now() Recording {
	r := d.begun
	r.Size, r.Dropped = d.size.Load(), d.dropped.Load()
	r.set(max(d.shelf.opt.Now().Sub(r.Started), 0))
	return r
}

func (r *Recording) set(d time.Duration) { r.Duration, r.Millis = d, d.Milliseconds() }

// Dropped counts units that were left out since the disk was too slow.
func (d *Draft) Dropped(n uint64) { d.dropped.Add(n) }

// WriteAt implements mux.Output.
func (d *Draft) WriteAt(b []byte, at int64) (int, error) {
	if free := d.shelf.opt.Free; free > 0 && at+int64(len(b)) > d.size.Load() {
		var fs unix.Statfs_t
		if err := unix.Fstatfs(int(d.file.Fd()), &fs); err == nil && int64(fs.Bavail)*fs.Bsize < free+int64(len(b)) {
			return 0, fmt.Errorf("%d bytes are to be left free: %w", free, unix.ENOSPC)
		}
	}
	n, err := d.shelf.opt.Write(d.file, b, at)
	if end := at + int64(n); end > d.size.Load() {
		d.size.Store(end)
	}
	return n, err
}

// Truncate implements mux.Output.
func (d *Draft) Truncate(size int64) error {
	err := d.file.Truncate(size)
	if err == nil {
		d.size.Store(size)
	}
	return err
}

// ReadAt implements io.ReaderAt.
func (d *Draft) ReadAt(b []byte, at int64) (int, error) { return d.file.ReadAt(b, at) }

var _ io.ReaderAt = (*Draft)(nil)

// Full says why something cannot be written: fault.DiskFull if the disk is full, fault.Internal otherwise. Nil stays nil, and faults
// stay what they are.
func Full(what string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*fault.Fault](err); ok {
		return err
	}
	if errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) {
		return fault.New(fault.DiskFull, "records", "%s: the disk is full", what).Because(err).
			Advise("delete recordings, or have old ones deleted: records.max_age, records.max_size")
	}
	return fault.New(fault.Internal, "records", "%s", what).Because(err)
}

// Finish gives the recording its name, when its file is as it is to be. cause is why it ended badly. Even where something goes wrong the
// recording stays where it is, and is completed when the shelf is opened again.
func (d *Draft) Finish(reason Reason, lasts time.Duration, cause error) (Recording, error) {
	r := d.begun
	r.Reason, r.Cause, r.Size, r.Dropped = reason, event.CauseOf(cause), d.size.Load(), d.dropped.Load()
	r.Ended = r.Started.Add(lasts).Round(time.Millisecond)
	r.set(lasts)
	err := d.file.Sync()
	if err == nil {
		r.Name, err = d.settle(r)
	}
	if err != nil {
		d.leave(Recording{})
		return r, Full("a recording cannot be completed", err)
	}
	d.leave(r)
	return r, nil
}

// settle moves file and sidecar to where they stay. A sidecar that cannot be written, as on a full disk, does not keep the recording from
// its name.
func (d *Draft) settle(r Recording) (string, error) {
	final, err := d.reserve(d.wish(r.Ended))
	if err != nil {
		return "", err
	}
	r.Name = final
	wrong := keep(d.root, d.temporary, r)
	d.shelf.mu.Lock()
	delete(d.shelf.known, final) // what it writes over: nobody deletes by that what is there now
	d.shelf.mu.Unlock()
	if err := d.root.Rename(d.temporary, final); err != nil {
		return "", err
	}
	if wrong == nil {
		wrong = d.root.Rename(d.temporary+sidecar, final+sidecar)
	}
	if wrong != nil {
		d.shelf.opt.Log.Warn("what a recording is could not be kept beside it", "recording", final, "err", wrong)
		_ = d.root.Remove(d.temporary + sidecar) // it is of no use any more
	}
	return final, nil
}

// reserve finds a name that nothing has yet, unless it may be written over: "x.mp4", "x-2.mp4".
func (d *Draft) reserve(wish string) (string, error) {
	if dir := path.Dir(wish); dir != "." {
		if err := d.root.MkdirAll(dir, folderMode); err != nil {
			return "", err
		}
	}
	ext := path.Ext(wish)
	base := wish[:len(wish)-len(ext)]
	for i := 1; i < tries; i++ {
		try := wish
		if i > 1 {
			try = fmt.Sprintf("%s-%d%s", base, i, ext)
		}
		flags := os.O_WRONLY | os.O_CREATE | os.O_EXCL
		if d.overwrite {
			return try, nil
		}
		f, err := d.root.OpenFile(try, flags, fileMode)
		if err == nil {
			return try, f.Close()
		}
		if !errors.Is(err, os.ErrExist) {
			return "", err
		}
	}
	return "", fault.New(fault.NameInUse, "records", "there are %d recordings called %q already", tries-1, wish)
}

// keep writes what is to be known of a recording beside it, so that it is there whole or not at all.
func keep(root *os.Root, beside string, r Recording) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	fresh := part + rand.Text() + sidecar
	if err = root.WriteFile(fresh, append(text, '\n'), fileMode); err == nil {
		err = root.Rename(fresh, beside+sidecar)
	}
	if err != nil {
		_ = root.Remove(fresh)
		return Full("what a recording is cannot be written", err)
	}
	return nil
}

// Drop deletes a recording that is of no use.
func (d *Draft) Drop() {
	_ = d.root.Remove(d.temporary)
	_ = d.root.Remove(d.temporary + sidecar)
	d.leave(Recording{})
}

// leave closes the file, which lets go of its lock. Who waits until a recording is whole has been told of it then.
func (d *Draft) leave(result Recording) {
	_ = d.file.Close() // what was written was synchronised before
	s := d.shelf
	if result.Name != "" {
		s.mu.Lock()
		s.known[result.Name], d.result = result, result
		s.mu.Unlock()
		if s.opt.Done != nil {
			s.opt.Done(result)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.drafts[d]; ok {
		delete(s.drafts, d)
		close(s.idle)
		s.idle = make(chan struct{})
	}
}
