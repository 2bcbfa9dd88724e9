// Package clienttest has a REST API for tests of what uses it: a real one, over a real engine, with a fake in GStreamer's place, so that
// pipelines start, live and end, and nothing is played. It is no part of the program.
package clienttest

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"sluice/api"
	"sluice/api/apps"
	"sluice/api/rest"
	"sluice/api/rest/guard"
	"sluice/api/rest/v1"
	"sluice/elements/convert"
	"sluice/elements/file"
	"sluice/elements/mix"
	"sluice/elements/snapshot"
	"sluice/elements/stream"
	"sluice/elements/testio"
	"sluice/engine"
	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/lint"
	"sluice/engine/media"
	"sluice/engine/run"
	"sluice/engine/run/fake"
	"sluice/engine/spec"
	"sluice/engine/store"
	"sluice/testdata/registry"
)

// Token is what the server wants to be shown.
const Token = "a-token-for-tests"

// Server is the API of a server, and the server's inside.
type Server struct {
	*httptest.Server
	Engine  *engine.Engine
	Store   *store.Store
	Door    *rest.Door
	Present *api.Sessions
	Root    string // of the graphs that callers write
	Folder  string // of files that pipelines may use, if nothing else is said

	t testing.TB

	mu     sync.Mutex
	runs   []*fake.Runtime
	silent bool
}

// Silence has no media come in the pipelines that are started from now on: they stay where they start.
func (s *Server) Silence() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.silent = true
}

// Options are what a server is made with.
type Options struct {
	Graphs map[string]string // that come with sluice, by name
	Own    map[string]string // in the folder, which callers may write to
	Rules  guard.Rules
	CPUs   float64
	Change func(*rest.Options) // sees those of the door before it is made
}

// Start starts a server with Graphs, to which callers may write, until the test ends. It wants to be shown Token.
func Start(t testing.TB) *Server {
	t.Helper()
	folder := t.TempDir()
	list, err := apps.New(apps.Options{File: filepath.Join(t.TempDir(), "apps.json")})
	if err != nil {
		t.Fatal(err)
	}
	s := Open(t, Options{Graphs: Graphs(), Rules: guard.Rules{Folders: []string{folder}}, Change: func(o *rest.Options) {
		o.Admit, o.V1.Write, o.V1.Apps = admit, true, list
	}})
	s.Folder = folder
	return s
}

// Open starts a server that lets everybody in as "tester", until the test ends.
func Open(t testing.TB, o Options) *Server {
	t.Helper()
	s := &Server{t: t, Root: t.TempDir(), Present: api.NewSessions()}
	base := fstest.MapFS{}
	for name, text := range o.Graphs {
		base[name+".yaml"] = &fstest.MapFile{Data: []byte(text)}
	}
	for name, text := range o.Own {
		s.Write(name, text)
	}
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	reg := s.elements()
	check := func(set []*spec.Graph) []spec.Diagnostic { return lint.Check(set, reg, lint.Options{}) }
	var err error
	s.Store, err = store.New(store.Options{Base: base, Root: s.Root, Log: log, Check: check})
	s.good(err)
	s.good(s.Store.Start(t.Context()))
	for _, d := range s.Store.Current().Diagnostics() {
		t.Error(d)
	}
	s.Engine, err = engine.New(engine.Options{Log: log, Registry: reg, Store: s.Store, Open: s.open, CPUs: o.CPUs})
	s.good(err)
	s.good(s.Engine.Start(t.Context()))
	rules, err := guard.New(o.Rules, reg.Spec)
	s.good(err)
	door := rest.Options{Admit: anybody, Log: log, V1: v1.Options{
		Engine: s.Engine, Graphs: s.Store, Registry: reg, Guard: rules, Check: check, Log: log, Pipelines: 100, Version: "v0.test",
		Present: s.Present, Shipped: fs.FS(base), Folder: s.Root,
	}}
	if o.Change != nil {
		o.Change(&door)
	}
	s.Door, err = rest.New(door)
	s.good(err)
	s.Server = httptest.NewServer(s.Door.Handler())
	t.Cleanup(s.end)
	return s
}

// end ends everything.
func (s *Server) end() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	err := s.Door.Close(ctx)
	s.Close()
	http.DefaultClient.CloseIdleConnections()
	if err := errors.Join(err, s.Engine.Stop(ctx), s.Store.Stop(ctx)); err != nil {
		s.t.Error(err)
	}
}

// Write writes a graph into the folder, past the API.
func (s *Server) Write(name, text string) {
	s.t.Helper()
	path := filepath.Join(s.Root, filepath.FromSlash(name)+".yaml")
	s.good(errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(text), 0o600)))
}

func anybody(*http.Request) (string, error) { return "tester", nil }

// admit lets in who shows Token, and a user who shows it as a password.
func admit(r *http.Request) (string, error) {
	if name, password, ok := r.BasicAuth(); ok && password == Token {
		return name, nil
	}
	if r.Header.Get("Authorization") == "Bearer "+Token {
		return "bearer", nil
	}
	return "", fault.New(fault.Unauthorized, "", "who are you?").Advise("show a token")
}

func (s *Server) good(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *Server) elements() *element.Registry {
	s.t.Helper()
	gstreamer, err := registry.Snapshot()
	s.good(err)
	own := []element.Declared{peer{}}
	for _, some := range [][]element.Declared{
		stream.Elements(), convert.Elements(), testio.Elements(), file.Elements(), mix.Elements(), snapshot.Elements(),
	} {
		own = append(own, some...)
	}
	triggers := append(stream.Triggers(), rest.Triggers()...)
	triggers = append(triggers, element.Trigger{Event: callEvent, About: "A call.", Path: true, Sessions: []string{"peer"}})
	reg, err := element.NewRegistry(gstreamer, own, triggers)
	s.good(err)
	return reg
}

// open gives a fake that plays as soon as it is told to, unless there is silence.
func (s *Server) open(string) (run.Runtime, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := fake.New()
	s.runs = append(s.runs, r)
	if s.silent {
		return r, nil
	}
	return lively{r}, nil
}

// lively is a fake whose media comes as soon as it plays.
type lively struct{ *fake.Runtime }

// Start implements run.Runtime.
func (l lively) Start(ctx context.Context) error {
	err := l.Runtime.Start(ctx)
	if err == nil {
		l.Play("in")
	}
	return err
}

// Last is what stands for GStreamer in the pipeline that was started last.
func (s *Server) Last() *fake.Runtime {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.runs[len(s.runs)-1]
}

// Publish publishes a stream by hand.
func (s *Server) Publish(name string, codecs ...media.Codec) *hub.Publication {
	s.t.Helper()
	var d media.Description
	for _, c := range codecs {
		d.Tracks = append(d.Tracks, media.NewTrack(c))
	}
	h, ok := s.Engine.Streams().(*hub.Hub)
	if !ok {
		s.t.Fatal("the engine's streams are no hub")
	}
	p, err := h.Publish(s.t.Context(), name, d, hub.PublishOptions{})
	s.good(err)
	return p
}
