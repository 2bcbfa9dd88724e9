package shelf

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"sluice/api/records/form"
	"sluice/api/records/name"
	"sluice/engine/fault"
)

const maxSidecar = 1 << 20 // bytes

// find looks for recordings in the folder. One without a sidecar, which somebody has put there, is known by its file alone.
func (s *Shelf) find() {
	_ = fs.WalkDir(s.root.FS(), ".", func(p string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			s.opt.Log.Warn("recordings cannot be looked for", "place", p, "err", err)
			return nil
		case p != "." && strings.HasPrefix(e.Name(), "."):
			if e.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if f, ok := form.Of(p); ok && e.Type().IsRegular() {
			if r, ok := s.read(p, f); ok {
				s.known[p] = r
			}
		}
		return nil
	})
}

// read reads what a recording is. Names and sizes are those of the file.
func (s *Shelf) read(file string, f form.Format) (Recording, bool) {
	info, err := s.root.Stat(file)
	if err != nil || info.Size() == 0 {
		return Recording{}, false
	}
	r := Recording{Ended: info.ModTime()}
	if text, err := s.sidecar(file); err == nil {
		_ = json.Unmarshal(text, &r) // as far as it can be read
		r.set(time.Duration(max(r.Millis, 0)) * time.Millisecond)
	}
	r.Name, r.Format, r.Size = file, f, info.Size()
	return r, true
}

func (s *Shelf) sidecar(file string) ([]byte, error) {
	info, err := s.root.Stat(file + sidecar)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxSidecar || !info.Mode().IsRegular() {
		return nil, errors.New("this is no sidecar")
	}
	return s.root.ReadFile(file + sidecar)
}

// Beside reads what was kept beside a recording at a path, whichever server it is of. Where nothing is it is fault.ResourceNotFound, and
// fault.InvalidRequest where something else is.
func Beside(path string) (Recording, error) {
	var r Recording
	info, err := os.Stat(path)
	if err != nil {
		return r, fault.New(fault.ResourceNotFound, path, "there is no such recording").Because(err)
	}
	b, err := os.Open(path + sidecar)
	if err != nil {
		return r, fault.New(fault.ResourceNotFound, path, "nothing is known of this file: there is no %q", path+sidecar).
			Advise("sluice writes that for each recording that is finished; keep both together").Because(err)
	}
	defer func() { _ = b.Close() }() // it is only read
	text, err := io.ReadAll(io.LimitReader(b, maxSidecar))
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err == nil && r.Started.IsZero() {
		err = errors.New("it does not say when the recording began")
	}
	if err != nil {
		return Recording{}, fault.New(fault.InvalidRequest, path+sidecar, "this tells of no recording: %v", err)
	}
	r.set(time.Duration(max(r.Millis, 0)) * time.Millisecond)
	r.Name, r.Size = filepath.Base(path), info.Size()
	return r, nil
}

// Recover completes what a crash left, and gives what it has completed. What another server is writing stays as it is. ctx ends it
// between two recordings.
func (s *Shelf) Recover(ctx context.Context) []Recording {
	root, err := s.folder()
	if err != nil {
		return nil
	}
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		s.opt.Log.Warn("what a crash left cannot be looked for", "err", err)
	}
	var done []Recording
	for _, e := range entries {
		if ctx.Err() != nil {
			break
		}
		if !strings.HasPrefix(e.Name(), part) || strings.HasSuffix(e.Name(), sidecar) || !e.Type().IsRegular() {
			continue
		}
		r, err := s.recover(root, e.Name())
		switch {
		case err != nil:
			s.opt.Log.Warn("a recording that was interrupted cannot be completed", "file", e.Name(), "err", err)
		case r.Name != "":
			s.opt.Log.Info("a recording that was interrupted is complete now", "recording", r.Name, "stream", r.Stream, "lasts", r.Duration)
			done = append(done, r)
		}
	}
	return done
}

// recover completes one recording; one without a name is still being written.
func (s *Shelf) recover(root *os.Root, file string) (Recording, error) {
	f, err := root.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		return Recording{}, err
	}
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	info, wrong := f.Stat()
	if there, gone := root.Lstat(file); wrong == nil && (gone != nil || !os.SameFile(info, there)) {
		return Recording{}, f.Close() // it was finished between opening and locking it
	}
	const quiet, young = time.Hour, time.Minute // where there are no locks; what may have been made this moment, and is locked the next
	if errors.Is(err, unix.EWOULDBLOCK) || wrong != nil || err != nil && s.opt.Now().Sub(info.ModTime()) < quiet ||
		info.Size() == 0 && s.opt.Now().Sub(info.ModTime()) < young {
		return Recording{}, errors.Join(wrong, f.Close())
	}
	d := &Draft{shelf: s, root: root, file: f, temporary: file, template: s.opt.Template}
	if info.Size() == 0 {
		d.Drop()
		return Recording{}, nil
	}
	d.known(info.ModTime())
	lasts, err := d.begun.Format.Repair(f)
	if err != nil {
		s.opt.Log.Warn("a recording that was interrupted stays without an index", "file", file, "err", err)
	}
	if lasts == 0 {
		lasts = max(info.ModTime().Sub(d.begun.Started), 0)
	}
	if info, err = f.Stat(); err != nil {
		return Recording{}, errors.Join(err, f.Close())
	}
	d.size.Store(info.Size())
	return d.Finish(Interrupted, lasts, nil)
}

// known reads what was kept beside a recording when it began; where there is nothing, it has a time and a format at least.
func (d *Draft) known(ended time.Time) {
	text, err := d.shelf.sidecar(d.temporary)
	if err == nil {
		err = json.Unmarshal(text, &d.begun)
	}
	if err != nil {
		d.begun.Started = ended
	}
	if _, ok := form.Of("." + string(d.begun.Format)); !ok {
		d.begun.Format = sniff(d.file)
	}
	d.about = d.begun.About
	if f, ok := form.Of(d.begun.Name); ok && f == d.begun.Format && name.Check(d.begun.Name) == nil {
		d.fixed = d.begun.Name
	}
}

// sniff tells a format by what a file begins with.
func sniff(f *os.File) form.Format {
	var b [8]byte
	_, _ = f.ReadAt(b[:], 0)
	switch {
	case string(b[4:]) == "ftyp":
		return form.MP4
	case string(b[:4]) == "\x1a\x45\xdf\xa3":
		return form.WebM
	}
	return form.TS
}
