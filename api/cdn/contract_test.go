package cdn_test

import (
	"testing"

	"sluice/api/cdn"
	"sluice/engine/element/elementtest"
)

func TestContract(t *testing.T) {
	reg := elementtest.GStreamer(t, cdn.Elements()...)
	for _, d := range cdn.Elements() {
		elementtest.Check(t, reg, d)
	}
}

// TestOutline holds the ports and fields that graphs are written against.
func TestOutline(t *testing.T) {
	want := map[string]string{
		"cdn.pull": `node
audio -> opus pcmu pcma g722 g729 g726 speex aac mp3 mp2 ac3 vorbis nellymoser
video -> h264 h265 vp8 vp9 av1 mjpeg mpeg1video sorenson vp6 flashsv
session: string
name*: string
profile: string
timeout: duration 10s (1s..1m)`,
		"cdn.push": `audio <- opus pcmu pcma g722 g729 g726 speex aac mp3 mp2 ac3 vorbis nellymoser
video <- h264 h265 vp8 vp9 av1 mjpeg mpeg1video sorenson vp6 flashsv
url*: uri /wss?://.+/
name*: string
timeout: duration 10s (1s..1m)`,
	}
	for _, d := range cdn.Elements() {
		s := d.Spec()
		if got := elementtest.Outline(s); got != want[s.Name] {
			t.Errorf("%s: got\n%s\nwant\n%s", s.Name, got, want[s.Name])
		}
	}
	if len(want) != len(cdn.Elements()) {
		t.Errorf("%d elements, not %d", len(cdn.Elements()), len(want))
	}
}

// TestEvents holds the events, sessions and variables that routes are written against.
func TestEvents(t *testing.T) {
	const want = `cdn.wanted / $node origin:string profile:string`
	if got := elementtest.OutlineEvents(cdn.Triggers()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, fault := range elementtest.Triggers(cdn.Triggers()) {
		t.Error(fault)
	}
}
