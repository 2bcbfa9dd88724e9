package catalog

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"sluice/api/hls/rendition"
	"sluice/engine/fault"
)

// ours begins the names of folders for what is kept. Digits follow.
const ours = "sluice-hls-"

// folder is for what one server keeps while it runs. It is locked for as long, so that others can tell it from what one left behind that
// crashed: the kernel lets go of locks (flock(2)) of who is no more. The lock is on the folder itself, which systemd-tmpfiles heeds, too.
type folder struct {
	path string
	lock *os.File // nil where there are no locks
}

// makeFolder makes a folder of ours in another, which is made if need be.
func makeFolder(in string, log *slog.Logger) (*folder, error) {
	const tries = 8
	err := os.MkdirAll(in, 0o700)
	for range tries {
		if err != nil {
			break
		}
		var path string
		if path, err = os.MkdirTemp(in, ours); err != nil {
			break
		}
		var lock *os.File
		if lock, err = seize(path); err == nil {
			return &folder{path: path, lock: lock}, nil
		}
		if !errors.Is(err, unix.EWOULDBLOCK) && !errors.Is(err, fs.ErrNotExist) { // NFS does not lock folders: flock(2)
			log.Warn("hls: the DVR folder cannot be locked, and will have to be deleted by hand after a crash", "folder", path, "error", err)
			return &folder{path: path}, nil
		}
		err = nil // another server that starts took it for a leftover before it was locked
	}
	return nil, fault.New(fault.Internal, "", "there is no folder for what is kept of streams in %q", in).Because(err).Advise("set hls.dvr")
}

// remove deletes the folder, and what is named like ours in it. Anything else stays, and so does the folder then.
func (f *folder) remove() error {
	defer func() { _ = f.lock.Close() }() // it was only read, if it was opened
	renditions, err := os.ReadDir(f.path)
	err = ignore(err)
	for _, r := range renditions {
		if r.IsDir() {
			err = errors.Join(err, empty(filepath.Join(f.path, r.Name())))
		}
	}
	return errors.Join(err, ignore(os.Remove(f.path)))
}

// empty deletes the folder of a rendition, and the segments in it.
func empty(path string) error {
	files, err := os.ReadDir(path)
	err = ignore(err)
	for _, f := range files {
		if prefix, ok := rendition.Prefix(f.Name()); ok && prefix == filepath.Base(path) && f.Type().IsRegular() {
			err = errors.Join(err, ignore(os.Remove(filepath.Join(path, f.Name()))))
		}
	}
	return errors.Join(err, ignore(os.Remove(path)))
}

// ignore forgets that something is gone already, or holds what others put there.
func ignore(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ENOTEMPTY) {
		return nil
	}
	return err
}

// seize locks a folder of this user, if nobody has. It is never a link to one.
func seize(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW, 0)
	if err != nil {
		return nil, err
	}
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if err == nil {
		err = still(f, path)
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// still says what is wrong if a path does not lead to a locked folder any more: whoever had the lock before has deleted it. Folders of
// other users are not ours, whatever they are called.
func still(f *os.File, path string) error {
	locked, err := f.Stat()
	if err != nil {
		return err
	}
	found, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if !os.SameFile(locked, found) {
		return fs.ErrNotExist
	}
	if s, ok := locked.Sys().(*syscall.Stat_t); !ok || int(s.Uid) != os.Geteuid() {
		return fs.ErrPermission
	}
	return nil
}

// sweep deletes what servers left in a folder that are no more. It stops when done is closed; the next server goes on with it.
func sweep(in string, log *slog.Logger, done <-chan struct{}) {
	entries, err := os.ReadDir(in)
	if err != nil {
		return // there is none yet; if there is more to it, who keeps something hears it
	}
	for _, e := range entries {
		select {
		case <-done:
			return
		default:
		}
		digits, named := strings.CutPrefix(e.Name(), ours)
		if !named || digits == "" || strings.Trim(digits, "0123456789") != "" || !e.IsDir() {
			continue
		}
		left := folder{path: filepath.Join(in, e.Name())}
		if left.lock, err = seize(left.path); err != nil {
			continue // its server runs
		}
		if err := left.remove(); err != nil {
			log.Warn("hls: what an earlier server kept cannot be deleted", "folder", left.path, "error", err)
			continue
		}
		log.Info("hls: deleted what an earlier server kept", "folder", left.path)
	}
}
