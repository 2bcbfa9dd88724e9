package webrtc_test

import (
	"testing"

	"sluice/elements/webrtc"
	"sluice/engine/element/elementtest"
)

func TestContract(t *testing.T) {
	reg := elementtest.GStreamer(t, webrtc.Elements()...)
	for _, d := range webrtc.Elements() {
		elementtest.Check(t, reg, d)
	}
}

// TestOutline holds the ports and fields that graphs are written against.
func TestOutline(t *testing.T) {
	want := map[string]string{
		"webrtc.in": `browser
audio -> opus pcmu pcma g722
video -> h264 vp8 vp9 av1 h265
session: string
codecs: list of codec
bitrate~: bitrate (0..100M)`,
		"webrtc.out": `browser
audio <- opus pcmu pcma g722
video <- h264 vp8 vp9 av1 h265, in order
session: string
codecs: list of codec`,
	}
	for _, d := range webrtc.Elements() {
		s := d.Spec()
		if got := elementtest.Outline(s); got != want[s.Name] {
			t.Errorf("%s: got\n%s\nwant\n%s", s.Name, got, want[s.Name])
		}
	}
	if len(want) != len(webrtc.Elements()) {
		t.Errorf("%d elements, not %d", len(webrtc.Elements()), len(want))
	}
}
