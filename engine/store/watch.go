package store

import (
	"context"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// maxRenewals bounds how often one round starts over. Whoever renames folders without a pause is read again anyway.
const maxRenewals = 4

// watch watches a folder, all folders in it, and the name of the folder itself in its parent. Watches are on folders,
// never on files: editors and Kubernetes put new files in the place of old ones. It belongs to one goroutine at a
// time.
type watch struct {
	root    string
	log     *slog.Logger
	notify  *fsnotify.Watcher
	now     map[string]fs.FileInfo // what is watched
	next    map[string]fs.FileInfo // what was seen in the round under way
	dropped bool                   // a watch was ended in it
}

func newWatch(root string, log *slog.Logger) (*watch, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, err
	}
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	w := &watch{root: root, log: log, notify: notify, now: map[string]fs.FileInfo{}, next: map[string]fs.FileInfo{}}
	if err := notify.Add(root); err != nil {
		_ = notify.Close() // the caller learns why it is of no use
		return nil, err
	}
	if err := notify.Add(filepath.Dir(root)); err != nil {
		log.Warn("the parent of the graphs folder cannot be watched", "folder", root, "err", err)
	}
	return w, nil
}

func (w *watch) close() {
	if err := w.notify.Close(); err != nil {
		w.log.Warn("a watch did not close", "folder", w.root, "err", err)
	}
}

// enter watches a folder that is about to be listed. A path that leads to another folder than before, because
// something was renamed or a link changed, needs a new watch.
func (w *watch) enter(dir string, info fs.FileInfo) {
	path := filepath.Join(w.root, filepath.FromSlash(dir))
	w.next[path] = info
	if old := w.now[path]; old != nil {
		if os.SameFile(old, info) {
			return
		}
		w.drop(path)
	}
	w.now[path] = info
	if err := w.notify.Add(path); err != nil {
		delete(w.now, path)
		w.log.Warn("a folder of graphs cannot be watched", "folder", path, "err", err)
	}
}

// drop ends a watch. Two paths to one folder, by a link or while it is being renamed, share one watch of the system,
// so others may have ended with it.
func (w *watch) drop(path string) {
	_ = w.notify.Remove(path) // fails if the system ended it with the folder, as it should
	delete(w.now, path)
	w.dropped = true
}

// round reads everything and sees to it that all folders found are watched. If a watch had to be dropped, it renews
// the others and reads once more, because something may have been missed meanwhile.
func (w *watch) round(reload func(func(string, fs.FileInfo)) *Set) {
	for range maxRenewals {
		clear(w.next)
		reload(w.enter)
		for path := range w.now {
			if w.next[path] == nil {
				w.drop(path)
			}
		}
		if !w.dropped {
			return
		}
		w.dropped = false
		clear(w.now) // so that enter adds them all
	}
}

// run calls act after bursts of events until the context is done.
func (w *watch) run(ctx context.Context, q quiet, act func()) {
	timer := time.NewTimer(0)
	<-timer.C
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-w.notify.Events:
			if w.matters(e) {
				q.event(time.Now())
				timer.Reset(time.Until(q.due()))
			}
		case err := <-w.notify.Errors:
			// The queue of events overflowed, or worse: what happened is unknown, so look.
			w.log.Warn("watching the graphs folder", "folder", w.root, "err", err)
			q.event(time.Now())
			timer.Reset(time.Until(q.due()))
		case <-timer.C:
			q.done()
			act()
		}
	}
}

// matters tells whether an event may change what would be read.
func (w *watch) matters(e fsnotify.Event) bool {
	if filepath.Dir(e.Name) == filepath.Dir(w.root) {
		return e.Name == w.root
	}
	name := filepath.Base(e.Name)
	return !ignored(name) || strings.HasPrefix(name, "..") // Kubernetes swaps the link "..data"
}
