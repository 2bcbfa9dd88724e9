package elementtest

import (
	"testing"

	"sluice/engine/element"
	"sluice/testdata/registry"
)

// GStreamer is a registry that knows GStreamer 1.22 from the snapshot, and, of sluice's own elements, those given.
func GStreamer(t testing.TB, own ...element.Declared) *element.Registry {
	t.Helper()
	snapshot, err := registry.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	reg, err := element.NewRegistry(snapshot, own, nil)
	if err != nil {
		t.Fatal(err)
	}
	return reg
}
