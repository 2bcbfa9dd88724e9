package stream_test

import (
	"testing"

	"sluice/elements/stream"
	"sluice/engine/element/elementtest"
)

func TestContract(t *testing.T) {
	reg := elementtest.GStreamer(t, stream.Elements()...)
	for _, d := range stream.Elements() {
		elementtest.Check(t, reg, d)
	}
}

// TestOutline holds the ports and fields that graphs are written against.
func TestOutline(t *testing.T) {
	want := map[string]string{
		"stream.in": `audio -> opus pcmu pcma g722 g729 g726 speex aac mp3 mp2 ac3 vorbis nellymoser
video -> h264 h265 vp8 vp9 av1 mjpeg mpeg1video sorenson vp6 flashsv
name*: string
kind#: enum (audio video)
wait: duration 0s (0s..1m)
width: int (0..8192)
height: int (0..8192)
fps: int (0..240)
bitrate: bitrate (0..200M)
quality: int (0..100)
still: duration 0s (0s..1m)`,
		"stream.out": `audio <- opus pcmu pcma g722 g729 g726 speex aac mp3 mp2 ac3 vorbis nellymoser
video <- h264 h265 vp8 vp9 av1 mjpeg mpeg1video sorenson vp6 flashsv
name*: string
track: enum main (main alternative)
publish: enum refuse (refuse replace queue yield)`,
	}
	for _, d := range stream.Elements() {
		s := d.Spec()
		if got := elementtest.Outline(s); got != want[s.Name] {
			t.Errorf("%s: got\n%s\nwant\n%s", s.Name, got, want[s.Name])
		}
	}
	if len(want) != len(stream.Elements()) {
		t.Errorf("%d elements, not %d", len(stream.Elements()), len(want))
	}
}

// TestEvents holds the events, sessions and variables that routes are written against.
func TestEvents(t *testing.T) {
	const want = `stream.wanted / scheme:string lately:bool url:uri want.codec:codec want.width:int want.height:int want.fps:fraction want.bitrate:bitrate want.quality:int want.rate:int want.channels:int
stream.convert / kind:enum want.codec:codec want.width:int want.height:int want.fps:fraction want.bitrate:bitrate want.quality:int want.rate:int want.channels:int`
	if got := elementtest.OutlineEvents(stream.Triggers()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, fault := range elementtest.Triggers(stream.Triggers()) {
		t.Error(fault)
	}
}
