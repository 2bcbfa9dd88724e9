package vod

import (
	"errors"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"sluice/engine/fault"
)

// Folder is where the files are that viewers may play: in it and below it, and nowhere else. The zero Folder is closed. Safe for
// concurrent use.
type Folder struct {
	mu   sync.Mutex
	root *os.Root // nil: closed
	log  *slog.Logger

	refused, missing atomic.Uint64
}

// Counts are what was asked for in vain.
type Counts struct {
	Refused uint64 // names that lead out of the folder, and what is no file
	Missing uint64 // names of files that are not there
}

// Open opens the folder. One that cannot be read is fault.ResourceNotFound.
func (f *Folder) Open(path string, log *slog.Logger) error {
	root, err := os.OpenRoot(path)
	if err != nil {
		return fault.New(fault.ResourceNotFound, "media.folder", "the folder %q cannot be read", path).Because(err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.root, f.log = root, log
	return nil
}

// Close closes it. Files that are open stay so.
func (f *Folder) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.root == nil {
		return nil
	}
	err := f.root.Close()
	f.root = nil
	return err
}

// Counts counts.
func (f *Folder) Counts() Counts { return Counts{f.refused.Load(), f.missing.Load()} }

// File opens a file by its name in the folder, "films/sample.mp4"; "films/sample" is "films/sample.flv", too, if there is no other. What is
// not there is fault.ResourceNotFound. What leads out of the folder, by steps upwards, by links or written as %2e%2e, and what is no
// ordinary file is fault.Forbidden: it is logged, and counted.
func (f *Folder) File(name string) (*os.File, int64, error) {
	f.mu.Lock()
	root, log := f.root, f.log
	f.mu.Unlock()
	if root == nil {
		return nil, 0, fault.New(fault.ResourceNotFound, "", "there is no folder of films").
			Advise(`the configuration's key "media.folder" names it`)
	}
	file, size, err := open(root, name)
	if fault.CodeOf(err) == fault.ResourceNotFound && filepath.Ext(name) == "" {
		const flash = ".flv" // players of RTMP, ffmpeg too, leave it out, as Flash did
		if f, n, wrong := open(root, name+flash); wrong == nil {
			return f, n, nil
		}
	}
	switch fault.CodeOf(err) {
	case fault.Forbidden:
		f.refused.Add(1)
		log.Warn("a file was refused", "name", name, "err", err)
	case fault.ResourceNotFound:
		f.missing.Add(1)
	}
	return file, size, err
}

func open(root *os.Root, name string) (*os.File, int64, error) {
	if err := local(name); err != nil {
		return nil, 0, err
	}
	// A pipe would have to be waited for otherwise.
	file, err := root.OpenFile(filepath.FromSlash(name), os.O_RDONLY|syscall.O_NONBLOCK, 0)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.ENAMETOOLONG):
		return nil, 0, fault.New(fault.ResourceNotFound, "", "there is no file %.80q", name)
	case err != nil && !errors.Is(err, fs.ErrPermission) && strings.Contains(err.Error(), "escapes"): // os has no error for it
		return nil, 0, outside(name)
	case err != nil:
		return nil, 0, fault.New(fault.Unreachable, "", "%.80q cannot be read", name).Because(err)
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fault.New(fault.Forbidden, "", "%.80q is no file, but %s", name, kind(info.Mode()))
	}
	if err != nil {
		_ = file.Close()
		return nil, 0, err
	}
	return file, info.Size(), nil
}

// local refuses names that lead out of the folder, whatever somebody may make of them on the way.
func local(name string) error {
	for text, n := name, 0; n < 3; n++ {
		if !filepath.IsLocal(filepath.FromSlash(text)) || strings.ContainsAny(text, "\x00\\") {
			return outside(name)
		}
		plain, err := url.PathUnescape(text)
		if err != nil || plain == text {
			return nil //nolint:nilerr // it means nothing else
		}
		text = plain
	}
	return nil
}

func outside(name string) error {
	return fault.New(fault.Forbidden, "", "%.80q is no name of a file in the folder of films", name)
}

func kind(m fs.FileMode) string {
	switch {
	case m.IsDir():
		return "a folder"
	case m&fs.ModeNamedPipe != 0:
		return "a pipe"
	case m&fs.ModeSocket != 0:
		return "a socket"
	}
	return "a device"
}
