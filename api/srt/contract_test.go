package srt_test

import (
	"testing"

	"sluice/api/srt"
	"sluice/engine/element/elementtest"
)

func TestContract(t *testing.T) {
	reg := elementtest.GStreamer(t, srt.Elements()...)
	for _, d := range srt.Elements() {
		elementtest.Check(t, reg, d)
	}
}

// TestOutline holds the ports and fields that graphs are written against.
func TestOutline(t *testing.T) {
	want := map[string]string{
		"srt.in": `peer
audio -> aac mp3 mp2 ac3 opus
video -> h264 h265 mpeg1video
session: string`,
		"srt.out": `peer
audio <- aac mp3 mp2 ac3 opus
video <- h264 h265 mpeg1video
session: string`,
		"srt.pull": `audio -> aac mp3 mp2 ac3 opus
video -> h264 h265 mpeg1video
url*: uri /srt://.+/
passphrase: secret
latency: duration 120ms (20ms..8s)`,
	}
	for _, d := range srt.Elements() {
		s := d.Spec()
		if got := elementtest.Outline(s); got != want[s.Name] {
			t.Errorf("%s: got\n%s\nwant\n%s", s.Name, got, want[s.Name])
		}
	}
	if len(want) != len(srt.Elements()) {
		t.Errorf("%d elements, not %d", len(srt.Elements()), len(want))
	}
}

// TestEvents holds the events, sessions and variables that routes are written against.
func TestEvents(t *testing.T) {
	const want = `srt.publish / $peer query:map user:string
srt.play / $peer query:map user:string`
	if got := elementtest.OutlineEvents(srt.Triggers()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, fault := range elementtest.Triggers(srt.Triggers()) {
		t.Error(fault)
	}
}
