package apps

import (
	"log/slog"
	"maps"
	"os"
	"slices"
	"sync"

	"sluice/engine/fault"
)

// Options are where applications come from. Of two with one key the one of the configuration counts, then that of File.
type Options struct {
	Config   []App
	File     string // of the server, which Put and Remove change; "": there is none
	Database string // a database.yml of a WCS, which is only read; "": there is none
	Log      *slog.Logger
}

// Apps are the applications of a server. What changes in its files is used by whom looks next. Safe for concurrent use.
type Apps struct {
	opt Options

	mu    sync.Mutex
	kept  source
	wcs   source
	byKey map[string]App
}

// source is a file with applications as it was read last.
type source struct {
	file string
	read func(file string, text []byte) ([]App, []string, error)
	was  os.FileInfo // nil: it is not there
	apps []App
}

// New reads the applications. Wrong ones of the configuration are fault.InvalidParams, as are files that cannot be read; a file that
// does not exist yet holds none, but for the database, which has to.
func New(o Options) (*Apps, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	known := map[string]bool{}
	for _, a := range o.Config {
		if err := a.Check(); err != nil {
			return nil, err
		}
		if known[a.Key] {
			return nil, fault.New(fault.InvalidParams, "apps", "the application %q is there twice", a.Key)
		}
		known[a.Key] = true
	}
	s := &Apps{
		opt: o, kept: source{file: o.File, read: readFile}, wcs: source{file: o.Database, read: ReadDatabase},
	}
	if _, err := s.kept.fresh(o.Log); err != nil && !os.IsNotExist(err) {
		return nil, unread("apps.file", o.File, err)
	}
	if _, err := s.wcs.fresh(o.Log); err != nil {
		return nil, unread("apps.database", o.Database, err)
	}
	s.merge()
	return s, nil
}

// None are no applications, and no file to keep any in.
func None() *Apps { return &Apps{opt: Options{Log: slog.New(slog.DiscardHandler)}} }

func unread(key, file string, err error) error {
	return fault.New(fault.InvalidParams, key, "the applications in %q cannot be read", file).Because(err)
}

// Find finds the application of a key.
func (s *Apps) Find(key string) (App, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refresh()
	a, ok := s.byKey[key]
	return a, ok
}

// All lists the applications by their keys.
func (s *Apps) All() []App {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refresh()
	return slices.SortedFunc(maps.Values(s.byKey), func(a, b App) int {
		switch {
		case a.Key < b.Key:
			return -1
		case a.Key > b.Key:
			return 1
		}
		return 0
	})
}

// Source is where an application is from.
type Source string

// The sources.
const (
	OfConfig   Source = "config"
	OfFile     Source = "file"
	OfDatabase Source = "database"
)

// Source tells where the application of a key is from; "" if there is none.
func (s *Apps) Source(key string) Source {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refresh()
	is := func(a App) bool { return a.Key == key }
	switch {
	case slices.ContainsFunc(s.opt.Config, is):
		return OfConfig
	case slices.ContainsFunc(s.kept.apps, is):
		return OfFile
	case slices.ContainsFunc(s.wcs.apps, is):
		return OfDatabase
	}
	return ""
}

// refresh reads what has changed. What cannot be read any more is as it was. The caller holds s.mu.
func (s *Apps) refresh() {
	changed := false
	for _, one := range []*source{&s.kept, &s.wcs} {
		fresh, err := one.fresh(s.opt.Log)
		if err != nil && !os.IsNotExist(err) {
			s.opt.Log.Error("applications stay as they were", "file", one.file, "err", err)
		}
		changed = changed || fresh
	}
	if changed {
		s.merge()
	}
}

// merge puts together what there is. The caller holds s.mu, or nobody else has s.
func (s *Apps) merge() {
	s.byKey = make(map[string]App, len(s.opt.Config)+len(s.kept.apps)+len(s.wcs.apps))
	for _, list := range [][]App{s.wcs.apps, s.kept.apps, s.opt.Config} {
		for _, a := range list {
			s.byKey[a.Key] = a
		}
	}
}

// fresh reads a file if it is not what it was, and tells whether it did. What cannot be read is told of once.
func (s *source) fresh(log *slog.Logger) (bool, error) {
	if s.file == "" {
		return false, nil
	}
	info, err := os.Stat(s.file)
	if err != nil {
		gone := s.was != nil && os.IsNotExist(err)
		if gone {
			log.Warn("the file of applications is gone", "file", s.file, "applications", len(s.apps))
			s.was, s.apps = nil, nil
		}
		return gone, err
	}
	if s.was != nil && os.SameFile(info, s.was) && info.ModTime().Equal(s.was.ModTime()) && info.Size() == s.was.Size() {
		return false, nil
	}
	s.was = info
	text, err := readBounded(s.file)
	if err != nil {
		return false, err
	}
	list, left, err := s.read(s.file, text)
	if err != nil {
		return false, err
	}
	for _, key := range left {
		log.Warn("an application cannot be used", "file", s.file, "app", key)
	}
	s.apps = list
	return true, nil
}
