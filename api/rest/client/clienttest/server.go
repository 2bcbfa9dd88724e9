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
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"sluice/api/rest"
	"sluice/api/rest/guard"
	"sluice/api/rest/v1"
	"sluice/elements/convert"
	"sluice/elements/mix"
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
	Engine *engine.Engine
	Folder string // pipelines may use its files; graphs are written elsewhere

	t    testing.TB
	door *rest.Door

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

// Start starts a server with Graphs, to which callers may write, until the test ends.
func Start(t testing.TB) *Server {
	t.Helper()
	s := &Server{t: t, Folder: t.TempDir()}
	base := fstest.MapFS{}
	for name, text := range Graphs() {
		base[name+".yaml"] = &fstest.MapFile{Data: []byte(text)}
	}
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	reg := s.elements()
	check := func(set []*spec.Graph) []spec.Diagnostic { return lint.Check(set, reg, lint.Options{}) }
	root := t.TempDir()
	graphs, err := store.New(store.Options{Base: base, Root: root, Log: log, Check: check})
	s.good(err)
	s.good(graphs.Start(t.Context()))
	for _, d := range graphs.Current().Diagnostics() {
		t.Error(d)
	}
	s.Engine, err = engine.New(engine.Options{Log: log, Registry: reg, Store: graphs, Open: s.open})
	s.good(err)
	s.good(s.Engine.Start(t.Context()))
	rules, err := guard.New(guard.Rules{Folders: []string{s.Folder}}, reg.Spec)
	s.good(err)
	s.door, err = rest.New(rest.Options{Admit: admit, Log: log, V1: v1.Options{
		Engine: s.Engine, Graphs: graphs, Registry: reg, Guard: rules, Check: check, Log: log, Pipelines: 100, Version: "v0.test",
		Shipped: fs.FS(base), Folder: root, Write: true,
	}})
	s.good(err)
	s.Server = httptest.NewServer(s.door.Handler())
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		err := s.door.Close(ctx)
		s.Close()
		if err := errors.Join(err, s.Engine.Stop(ctx), graphs.Stop(ctx)); err != nil {
			t.Error(err)
		}
	})
	return s
}

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
	snapshot, err := registry.Snapshot()
	s.good(err)
	own := []element.Declared{peer{}}
	for _, some := range [][]element.Declared{stream.Elements(), convert.Elements(), testio.Elements(), mix.Elements()} {
		own = append(own, some...)
	}
	triggers := append(stream.Triggers(), rest.Triggers()...)
	triggers = append(triggers, element.Trigger{Event: callEvent, About: "A call.", Path: true, Sessions: []string{"peer"}})
	reg, err := element.NewRegistry(snapshot, own, triggers)
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
