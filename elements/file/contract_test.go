package file_test

import (
	"testing"

	"sluice/elements/file"
	"sluice/engine/element/elementtest"
)

func TestContract(t *testing.T) {
	reg := elementtest.GStreamer(t, file.Elements()...)
	for _, d := range file.Elements() {
		elementtest.Check(t, reg, d)
	}
}

// TestOutline holds the ports and fields that graphs are written against.
func TestOutline(t *testing.T) {
	want := map[string]string{
		"file.in": `audio -> aac mp3 ac3 opus pcmu pcma vorbis mp2 speex nellymoser
video -> h264 h265 av1 vp9 mjpeg vp8 mpeg1video sorenson vp6 flashsv
path*: file
container#: enum auto (auto mp4 mov fmp4 webm mkv flv ts ogg wav)
audio#: codec (auto aac mp3 ac3 opus pcmu pcma vorbis mp2 speex nellymoser)
video#: codec (auto h264 h265 av1 vp9 mjpeg vp8 mpeg1video sorenson vp6 flashsv)
realtime: bool false`,
		"file.out": `audio <- aac mp3 ac3 opus pcmu pcma vorbis mp2 speex nellymoser
video <- h264 h265 av1 vp9 mjpeg vp8 mpeg1video sorenson vp6 flashsv
path*: file
container#: enum auto (auto mp4 mov fmp4 webm mkv flv ts ogg wav)`,
	}
	for _, d := range file.Elements() {
		s := d.Spec()
		if got := elementtest.Outline(s); got != want[s.Name] {
			t.Errorf("%s: got\n%s\nwant\n%s", s.Name, got, want[s.Name])
		}
	}
	if len(want) != len(file.Elements()) {
		t.Errorf("%d elements, not %d", len(file.Elements()), len(want))
	}
}
