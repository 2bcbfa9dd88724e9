package rtmfp_test

import (
	"testing"

	"sluice/api/rtmfp"
	"sluice/engine/element/elementtest"
)

func TestContract(t *testing.T) {
	reg := elementtest.GStreamer(t, rtmfp.Elements()...)
	for _, d := range rtmfp.Elements() {
		elementtest.Check(t, reg, d)
	}
}

// TestOutline holds the ports and fields that graphs are written against.
func TestOutline(t *testing.T) {
	want := map[string]string{
		"rtmfp.in": `peer
audio -> speex aac mp3 nellymoser pcma pcmu
video -> h264 sorenson vp6 flashsv
session: string`,
		"rtmfp.out": `peer
audio <- speex aac mp3 nellymoser pcma pcmu
video <- h264 sorenson vp6 flashsv
session: string`,
	}
	for _, d := range rtmfp.Elements() {
		s := d.Spec()
		if got := elementtest.Outline(s); got != want[s.Name] {
			t.Errorf("%s: got\n%s\nwant\n%s", s.Name, got, want[s.Name])
		}
	}
	if len(want) != len(rtmfp.Elements()) {
		t.Errorf("%d elements, not %d", len(rtmfp.Elements()), len(want))
	}
}

// TestEvents holds the events, sessions and variables that routes are written against.
func TestEvents(t *testing.T) {
	const want = `rtmfp.publish / $peer app:string query:map addr:string user:string
rtmfp.play / $peer app:string query:map addr:string user:string`
	if got := elementtest.OutlineEvents(rtmfp.Triggers()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, fault := range elementtest.Triggers(rtmfp.Triggers()) {
		t.Error(fault)
	}
}
