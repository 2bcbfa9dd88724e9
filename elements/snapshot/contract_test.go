package snapshot_test

import (
	"testing"

	"sluice/elements/snapshot"
	"sluice/engine/element/elementtest"
)

func TestContract(t *testing.T) {
	reg := elementtest.GStreamer(t, snapshot.Elements()...)
	for _, d := range snapshot.Elements() {
		elementtest.Check(t, reg, d)
	}
}
