package store

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"sluice/engine/spec"
)

const (
	maxDepth      = 16 // folders within folders
	entriesAFile  = 10 // other entries that are looked at, for each file that may be read
	entriesAtOnce = 1024
)

// scanning says how to read a folder.
type scanning struct {
	shown   string // the folder's name in diagnostics
	shipped bool
	known   tree // what was read before
	most    int  // files
	flat    bool // leave folders alone
	enter   func(dir string, info fs.FileInfo)
}

// found is what a folder has.
type found struct {
	files tree
	diags []spec.Diagnostic // about what is not in files
	blind []string          // paths below which nothing could be seen; "." for all
}

// unseen tells whether a path may be there although it was not found.
func (f *found) unseen(name string) bool {
	if f.files[name] != nil {
		return false
	}
	return slices.ContainsFunc(f.blind, func(b string) bool { return b == "." || strings.HasPrefix(name, b+"/") })
}

// scan reads every graph file of a folder.
func scan(in fs.FS, how scanning) found {
	w := walk{fs: in, scanning: how, found: found{files: tree{}}, entries: how.most * entriesAFile}
	w.folder(".", nil)
	return w.found
}

// walk is one pass over a folder.
type walk struct {
	scanning
	found
	fs      fs.FS
	entries int // how many more are looked at
	full    bool
}

// folder reads a folder and what is below. above are the folders it is in, by which a link to one of them is known.
func (w *walk) folder(dir string, above []fs.FileInfo) {
	info, err := fs.Stat(w.fs, dir)
	if errors.Is(err, fs.ErrNotExist) && dir != "." {
		return // it went between the listing and now
	}
	if err != nil {
		w.missed(dir, err)
		return
	}
	if len(above) >= maxDepth || slices.ContainsFunc(above, func(a fs.FileInfo) bool { return os.SameFile(a, info) }) {
		w.errorf(dir, "folder_depth", "folders more than %d deep, or a link to a folder above", maxDepth)
		return
	}
	if w.enter != nil {
		w.enter(dir, info) // before the entries are listed, so that a watch misses nothing
	}
	list, err := w.list(dir)
	if err != nil {
		w.missed(dir, err)
	}
	above = append(slices.Clone(above), info)
	for _, e := range list {
		w.entry(path.Join(dir, e.Name()), e, above)
	}
}

// entry reads a file, or a folder that an entry is or leads to.
func (w *walk) entry(name string, e fs.DirEntry, above []fs.FileInfo) {
	if w.full || ignored(e.Name()) {
		return
	}
	folder := e.IsDir()
	if e.Type()&fs.ModeSymlink != 0 {
		info, err := fs.Stat(w.fs, name)
		folder = err == nil && info.IsDir()
	}
	switch {
	case folder && w.flat:
	case folder:
		w.folder(name, above)
	case !strings.HasSuffix(name, suffix):
		if strings.HasSuffix(name, ".yml") {
			w.warnf(name, "file_name", "it is not read: graphs are in files that end with %q", suffix)
		}
	case len(w.files) >= w.most:
		w.overflow("more than %d graph files", w.most)
	default:
		f := readFile(w.fs, name, w.scanning)
		if f.gone && e.Type()&fs.ModeSymlink == 0 {
			return // it went between the listing and now
		}
		w.files[name] = f
	}
}

// list gives the entries of a folder by name.
func (w *walk) list(dir string) ([]fs.DirEntry, error) {
	f, err := w.fs.Open(dir)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	d, ok := f.(fs.ReadDirFile)
	if !ok {
		return nil, fs.ErrInvalid
	}
	var all []fs.DirEntry
	for w.entries > 0 {
		some, err := d.ReadDir(min(entriesAtOnce, w.entries))
		all = append(all, some...)
		w.entries -= len(some)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return all, err
		}
	}
	if w.entries <= 0 && !w.full {
		w.overflow("more than %d files and folders", w.most*entriesAFile)
	}
	slices.SortFunc(all, func(a, b fs.DirEntry) int { return cmp.Compare(a.Name(), b.Name()) })
	return all, nil
}

// overflow ends the walk. What was not reached counts as not seen, not as deleted.
func (w *walk) overflow(format string, args ...any) {
	w.full = true
	w.blind = append(w.blind, ".")
	w.errorf(".", "too_many_files", format, args...)
}

// missed notes a folder that cannot be looked into.
func (w *walk) missed(dir string, err error) {
	w.blind = append(w.blind, dir)
	w.diags = append(w.diags, unreadable(w.name(dir), err))
}

func (w *walk) errorf(name, code, format string, args ...any) {
	var r spec.Report
	r.Errorf(spec.Pos{File: w.name(name), Line: 1, Col: 1}, code, format, args...)
	w.diags = append(w.diags, r.List()...)
}

func (w *walk) warnf(name, code, format string, args ...any) {
	var r spec.Report
	r.Warnf(spec.Pos{File: w.name(name), Line: 1, Col: 1}, code, format, args...)
	w.diags = append(w.diags, r.List()...)
}
