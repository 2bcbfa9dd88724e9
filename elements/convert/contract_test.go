package convert_test

import (
	"testing"

	"sluice/elements/codec"
	"sluice/elements/convert"
	"sluice/engine/element/elementtest"
)

func TestContract(t *testing.T) {
	reg := elementtest.GStreamer(t, convert.Elements()...)
	for _, d := range convert.Elements() {
		elementtest.Check(t, reg, d)
	}
}

// TestOutline holds the ports and fields that graphs are written against.
func TestOutline(t *testing.T) {
	want := map[string]string{
		"convert": `audio <- opus pcmu pcma g722 g729 g726 speex aac mp3 mp2 ac3 vorbis nellymoser
video <- h264 h265 vp8 vp9 av1 mjpeg mpeg1video sorenson vp6 flashsv
audio -> opus pcmu pcma g722 g729 g726 speex aac mp3 mp2 ac3 vorbis nellymoser
video -> h264 h265 vp8 vp9 av1 mjpeg mpeg1video sorenson flashsv
codec#: codec (auto opus pcmu pcma g722 g729 g726 speex aac mp3 mp2 ac3 vorbis nellymoser h264 h265 vp8 vp9 av1 mjpeg mpeg1video sorenson flashsv)
width#: int (0..8192)
height#: int (0..8192)
fps#: fraction (0/1..240/1)
bitrate~: bitrate (0..200M)
quality: int (0..100)
rate#: int (0..192000)
channels#: int (0..2)
keyframe: duration 2s (100ms..1m)
gop: int (0..10000)
scenecut: bool true
profile: enum (auto baseline main high)
speed: enum fast (fastest fast slow)
hold: bool false
encoder#: enum (auto software nvh264enc vah264enc vaapih264enc qsvh264enc msdkh264enc v4l2h264enc x264enc openh264enc nvh265enc vah265enc vaapih265enc qsvh265enc msdkh265enc x265enc vaapivp8enc vp8enc vaapivp9enc qsvvp9enc msdkvp9enc vp9enc)
bframes: bool false
always: bool false
unguarded: bool false`,
		"decode": `audio <- opus pcmu pcma g722 g729 g726 speex aac mp3 mp2 ac3 vorbis nellymoser
video <- h264 h265 vp8 vp9 av1 mjpeg mpeg1video sorenson vp6 flashsv
audio ->
video ->
kind#: enum (audio video)
unguarded: bool false`,
		codec.G729Encoder: "sink <-\nsrc -> g729",
	}
	for _, d := range convert.Elements() {
		s := d.Spec()
		if got := elementtest.Outline(s); got != want[s.Name] {
			t.Errorf("%s: got\n%s\nwant\n%s", s.Name, got, want[s.Name])
		}
	}
	if len(want) != len(convert.Elements()) {
		t.Errorf("%d elements, not %d", len(convert.Elements()), len(want))
	}
}
