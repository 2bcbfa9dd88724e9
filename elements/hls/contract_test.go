package hls_test

import (
	"testing"

	"sluice/elements/hls"
	"sluice/engine/element/elementtest"
)

func TestContract(t *testing.T) {
	reg := elementtest.GStreamer(t, hls.Elements()...)
	for _, d := range hls.Elements() {
		elementtest.Check(t, reg, d)
	}
}

// TestOutline holds the ports and fields that graphs are written against.
func TestOutline(t *testing.T) {
	want := map[string]string{
		"hls.out": `audio <- aac mp3 ac3
video <- h264 h265 av1
path*: string
rung: string
segments#: enum fmp4 (fmp4 ts)
segment: duration 2s (500ms..10s)
part: duration 0s (0s..2s)
window: int 5 (2..60)
dvr: duration 0s (0s..24h)`,
	}
	for _, d := range hls.Elements() {
		s := d.Spec()
		if got := elementtest.Outline(s); got != want[s.Name] {
			t.Errorf("%s: got\n%s\nwant\n%s", s.Name, got, want[s.Name])
		}
	}
	if len(want) != len(hls.Elements()) {
		t.Errorf("%d elements, not %d", len(hls.Elements()), len(want))
	}
}
