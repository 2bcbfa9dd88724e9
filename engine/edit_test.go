package engine_test

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/store"
)

// A graph that is edited says what becomes of who comes from then on. Who is there notices nothing.
func TestEditedGraph(t *testing.T) {
	shipped := fstest.MapFS{"publish.yaml": {Data: []byte(publish)}, "play.yaml": {Data: []byte(play)}}
	folder := t.TempDir()
	e := startWith(t, store.Options{Base: shipped, Root: folder, Debounce: time.Millisecond})
	camera, viewer := newPeer(media.NewTrack(media.VP8)), newPeer()
	if _, err := e.Raise(t.Context(), raise("fake.publish", "/cam", camera)); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Raise(t.Context(), raise("fake.play", "/cam", viewer)); err != nil {
		t.Fatal(err)
	}
	pub := await(t, "the publication", camera.fed)
	passes := func() {
		t.Helper()
		if err := pub.WriteUnits(0, []media.Unit{unit(0, true)}); err != nil {
			t.Fatal(err)
		}
		await(t, "a unit", viewer.units)
		if len(viewer.left) > 0 || len(e.begun) > 0 {
			t.Error("the edit touched what ran")
		}
	}
	edit := func(text string) {
		t.Helper()
		sets := e.store.Subscribe()
		defer sets.Close()
		next := filepath.Join(folder, ".next") // so that no half of it is read
		if err := os.WriteFile(next, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(next, filepath.Join(folder, "publish.yaml")); err != nil {
			t.Fatal(err)
		}
		await(t, "the new set of graphs", sets.Sets())
	}
	passes()
	edit("graph: v1\nabout: In.\nroute:\n  - fake.publish /{stream...}\nnodes:\n  in: fake.in\n" +
		"  out: stream.out name=studio/$stream\nlinks:\n  - in -> out\n")
	passes()
	if _, err := e.Raise(t.Context(), raise("fake.publish", "/cam", newPeer(media.NewTrack(media.VP8)))); err != nil {
		t.Fatal(err)
	}
	if !e.Streams().Has("studio/cam") || !e.Streams().Has("cam") {
		t.Errorf("published: %+v", e.Streams().Streams())
	}
	edit("graph: v1\nnonsense: true\n")
	passes()
	if fault.CodeOf(e.Ready()) != fault.LintFailed {
		t.Errorf("the server says of a file that it cannot use: %v", e.Ready())
	}
	if _, err := e.Raise(t.Context(), raise("fake.publish", "/two", newPeer(media.NewTrack(media.VP8)))); err != nil {
		t.Fatalf("the last good version does not run: %v", err)
	}
	edit("")
	passes()
	_, err := e.Raise(t.Context(), raise("fake.publish", "/three", newPeer()))
	wantCode(t, "a graph that was removed", err, fault.NoRoute)
}
