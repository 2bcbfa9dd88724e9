// Package doortest is the test kit of doors: an engine with graphs and without GStreamer, a door that is served until the test is over,
// and waiting for what happens to streams. Only tests import it, and it knows no door.
package doortest

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"sluice/api"
	"sluice/elements/stream"
	"sluice/engine"
	"sluice/engine/element"
	"sluice/engine/enginetest"
	"sluice/engine/event"
	"sluice/engine/run"
	"sluice/engine/store"
	"sluice/testdata/registry"
)

// Parts are what an engine is made of, beside the elements and triggers of streams.
type Parts struct {
	Elements []element.Declared
	Triggers []element.Trigger
	Graphs   fstest.MapFS
	// Addresses is engine.Options.Addresses.
	Addresses func(name string) error
	// Open stands for GStreamer. Nil: there is none.
	Open func(graph string) (run.Runtime, error)
}

// Graphs are two, by which clients of a protocol publish and play without GStreamer: its elements are called "srt.in" and "srt.out", say,
// and its events "srt.publish" and "srt.play".
func Graphs(protocol string) string {
	return strings.ReplaceAll(`graph: v1
name: publish
route:
  - PROTOCOL.publish /{stream...}
nodes:
  in: PROTOCOL.in
  out: stream.out name=$stream
links:
  - in -> out
---
graph: v1
name: play
route:
  - PROTOCOL.play /{stream...}
nodes:
  in: stream.in name=$stream wait=100ms
  out: PROTOCOL.out
links:
  - in -> out
`, "PROTOCOL", protocol)
}

// Engine starts an engine. Who starts it stops it, by Stop, when what uses it is gone. A graph that cannot be used fails the test.
func Engine(t testing.TB, log *slog.Logger, p Parts) *engine.Engine {
	t.Helper()
	snapshot, err := registry.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	reg, err := element.NewRegistry(snapshot, slices.Concat(stream.Elements(), p.Elements), slices.Concat(stream.Triggers(), p.Triggers))
	if err != nil {
		t.Fatal(err)
	}
	st, err := store.New(store.Options{Base: p.Graphs, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range st.Current().Diagnostics() {
		t.Fatal(d)
	}
	e, err := engine.New(engine.Options{Log: log, Registry: reg, Store: st, Addresses: p.Addresses, Open: p.Open})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Ready(); err != nil {
		t.Fatal(err)
	}
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return e
}

// Stop stops an engine.
func Stop(t testing.TB, e *engine.Engine) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), enginetest.Patience)
	defer cancel()
	if err := e.Stop(ctx); err != nil {
		t.Error(err)
	}
}

// Serve has a door listen and serves it until the test is over; then whoever is inside is cut off, and the engine stopped.
func Serve(t testing.TB, e *engine.Engine, door api.Door) {
	t.Helper()
	if err := door.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- door.Serve(context.WithoutCancel(t.Context())) }()
	t.Cleanup(func() {
		Close(t, door.Close)
		if err := enginetest.Await(t, "the end of the door's Serve", served); err != nil {
			t.Error(err)
		}
		Stop(t, e)
	})
}

// Close closes a door; nobody who is inside is waited for.
func Close(t testing.TB, shut func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := shut(ctx); err != nil {
		t.Error(err)
	}
}

// Await begins to listen for an event of a stream, and gives what waits for it.
func Await(t testing.TB, e *engine.Engine, name, stream string) func() {
	sub := e.Bus().Subscribe(8, func(e event.Event) bool {
		body, ok := e.Body.(event.Stream)
		return e.Name == name && ok && body.Name == stream
	})
	return func() {
		t.Helper()
		defer sub.Close()
		ctx, cancel := context.WithTimeout(t.Context(), enginetest.Patience)
		defer cancel()
		if _, _, err := sub.Next(ctx); err != nil {
			t.Fatalf("%s %s: %v", name, stream, err)
		}
	}
}

// Film reads one of the files in testdata/media, which is at the path from the test's folder. They are made by GStreamer (make media);
// without them the test is skipped, unless SLUICE_REQUIRE_GST says that they have to be there.
func Film(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) && os.Getenv("SLUICE_REQUIRE_GST") == "" {
		t.Skipf("make media makes %s", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}
