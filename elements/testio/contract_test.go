package testio_test

import (
	"testing"

	"sluice/elements/testio"
	"sluice/engine/element/elementtest"
)

func TestContract(t *testing.T) {
	reg := elementtest.GStreamer(t, testio.Elements()...)
	for _, d := range testio.Elements() {
		elementtest.Check(t, reg, d)
	}
}

// TestOutline holds the ports and fields that graphs are written against.
func TestOutline(t *testing.T) {
	want := map[string]string{
		"test.in": `audio -> opus pcmu pcma g722 g729 g726 speex aac mp3 mp2 ac3 vorbis nellymoser
video -> h264 h265 vp8 vp9 av1 mjpeg mpeg1video sorenson flashsv
audio#: codec (auto opus pcmu pcma g722 g729 g726 speex aac mp3 mp2 ac3 vorbis nellymoser)
video#: codec (auto h264 h265 vp8 vp9 av1 mjpeg mpeg1video sorenson flashsv)
pattern: enum bars (bars red green blue yellow grey white black moving)
size: size 320x180
fps: fraction 25/1 (1/1..120/1)
keyframe: duration 1s (100ms..1m)
tone: int 440 (0..20000)
rate: int (8000..96000)
channels: int (1..2)
length: duration 2s (0s..1h)
silent: duration 0s (0s..1h)
live: bool false`,
		"test.out": "audio <-\nvideo <-",
	}
	for _, d := range testio.Elements() {
		s := d.Spec()
		if got := elementtest.Outline(s); got != want[s.Name] {
			t.Errorf("%s: got\n%s\nwant\n%s", s.Name, got, want[s.Name])
		}
	}
	if len(want) != len(testio.Elements()) {
		t.Errorf("%d elements, not %d", len(testio.Elements()), len(want))
	}
}
