package mix_test

import (
	"testing"

	"sluice/elements/mix"
	"sluice/engine/element/elementtest"
)

func TestContract(t *testing.T) {
	reg := elementtest.GStreamer(t, mix.Elements()...)
	for _, d := range mix.Elements() {
		elementtest.Check(t, reg, d)
	}
}

// TestOutline holds the ports and fields that graphs are written against.
func TestOutline(t *testing.T) {
	want := map[string]string{
		"video.mix": `in <-
out ->
layout~: string grid
spotlight~: string
speaker~: string
follow: string
places~: map
hidden~: list
transition~: duration 300ms (0s..5s)
hold~: duration 5s (0s..1h)
labels#: bool false
names~: map
background~: string
colour~: string
watermark~: string
watermark_at~: map
watermarks~: map
avatar~: string
avatars~: map
still~: list
width#: int 1280 (16..8192)
height#: int 720 (16..8192)
fps#: fraction 30/1 (1/1..60/1)
latency: duration 200ms (0s..5s)
live#: bool true`,
		"audio.mix": `in <-
out ->
minus ->
rate#: int 48000 (8000..96000)
channels#: int 2 (1..2)
latency: duration 200ms (0s..5s)
live#: bool true
volumes~: map
muted~: list
ramp~: duration 50ms (0s..1s)`,
		"video.watermark": `in <-
out ->
file~: string
x~: int -16 (-8192..8192)
y~: int 16 (-8192..8192)
width~: int 0 (0..8192)
height~: int 0 (0..8192)
alpha~: float 1 (0..1)`,
		"sluiceasrc": "sink <-\nsrc ->",
	}
	for _, d := range mix.Elements() {
		s := d.Spec()
		if got := elementtest.Outline(s); got != want[s.Name] {
			t.Errorf("%s: got\n%s\nwant\n%s", s.Name, got, want[s.Name])
		}
	}
	if len(want) != len(mix.Elements()) {
		t.Errorf("%d elements, not %d", len(mix.Elements()), len(want))
	}
}
