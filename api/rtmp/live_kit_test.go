package rtmp_test

import (
	"context"
	"log/slog"
	"os/exec"
	"testing"
	"testing/fstest"
	"time"

	"sluice/api/rtmp"
	"sluice/elements/stream"
	"sluice/engine"
	"sluice/engine/element"
	"sluice/engine/enginetest"
	"sluice/engine/event"
	"sluice/engine/store"
	"sluice/testdata/registry"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// patience is how long a test waits for what should happen at once.
const patience = 30 * time.Second

// graphs publish and play without GStreamer.
const graphs = `graph: v1
name: publish
route:
  - rtmp.publish /{stream...}
nodes:
  in: rtmp.in
  out: stream.out name=$stream
links:
  - in -> out
---
graph: v1
name: play
route:
  - rtmp.play /{stream...}
nodes:
  in: stream.in name=$stream wait=100ms
  out: rtmp.out
links:
  - in -> out
`

// server is an engine with the door on a real port.
type server struct {
	t      testing.TB
	engine *engine.Engine
	door   *rtmp.Door
	host   string // and port
}

func serve(t testing.TB, change ...func(*rtmp.Options)) *server {
	t.Helper()
	return serveGraphs(t, graphs, change...)
}

// serveGraphs starts a server with graphs of its own.
func serveGraphs(t testing.TB, text string, change ...func(*rtmp.Options)) *server {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelDebug}))
	e := newEngine(t, log, text)
	o := rtmp.Options{Engine: rtmp.UseEngine(e), Listen: []string{"127.0.0.1:0"}, Log: log}
	for _, c := range change {
		c(&o)
	}
	door, err := rtmp.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := door.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- door.Serve(context.Background()) }()
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel() // nobody who is inside is waited for
		if err := door.Close(ctx); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
		ctx, cancel = context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := e.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return &server{t: t, engine: e, door: door, host: door.Addresses()[0].String()}
}

func newEngine(t testing.TB, log *slog.Logger, text string) *engine.Engine {
	t.Helper()
	snapshot, err := registry.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	reg, err := element.NewRegistry(snapshot, append(stream.Elements(), rtmp.Elements()...), append(stream.Triggers(), rtmp.Triggers()...))
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.New(store.Options{Base: fstest.MapFS{"rtmp.yaml": {Data: []byte(text)}}, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.New(engine.Options{Log: log, Registry: reg, Store: st})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return e
}

// await begins to listen for an event of a stream, and gives what waits for it.
func (s *server) await(name, stream string) func() {
	sub := s.engine.Bus().Subscribe(8, func(e event.Event) bool {
		body, ok := e.Body.(event.Stream)
		return e.Name == name && ok && body.Name == stream
	})
	return func() {
		s.t.Helper()
		defer sub.Close()
		ctx, cancel := context.WithTimeout(s.t.Context(), patience)
		defer cancel()
		if _, _, err := sub.Next(ctx); err != nil {
			s.t.Fatalf("%s %s: %v", name, stream, err)
		}
	}
}

// need skips a test where a program is not installed.
func need(t testing.TB, program string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skipf("%s is not installed", program)
	}
	return path
}

// run starts a program, which is ended with the test.
func run(t testing.TB, program string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), need(t, program), args...)
	cmd.Stderr = t.Output()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return cmd
}
