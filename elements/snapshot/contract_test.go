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

// TestOutline holds the ports and fields that graphs are written against.
func TestOutline(t *testing.T) {
	want := map[string]string{
		"snapshot.out": `video <- h264 h265 vp8 vp9 av1 mjpeg mpeg1video sorenson vp6 flashsv
width#: int (0..8192)
height#: int (0..8192)
format#: enum png (png jpeg)`,
	}
	for _, d := range snapshot.Elements() {
		s := d.Spec()
		if got := elementtest.Outline(s); got != want[s.Name] {
			t.Errorf("%s: got\n%s\nwant\n%s", s.Name, got, want[s.Name])
		}
	}
	if len(want) != len(snapshot.Elements()) {
		t.Errorf("%d elements, not %d", len(snapshot.Elements()), len(want))
	}
}
