package rtsp_test

import (
	"testing"

	"sluice/api/rtsp"
	"sluice/engine/element"
	"sluice/engine/element/elementtest"
)

// several gives everybody who asks for a session one of his own.
type several bool

// Session implements element.Sessions.
func (s several) Session(string) (any, bool) { return rtsp.NewPeer(bool(s)), true }

// TestContract does what elementtest.Check does, but that each element gets a peer.
func TestContract(t *testing.T) {
	reg := elementtest.GStreamer(t, rtsp.Elements()...)
	for _, d := range rtsp.Elements() {
		spec := d.Spec()
		f, ok := d.(element.Factory)
		if !ok {
			elementtest.Check(t, reg, d)
			continue
		}
		faults := append(elementtest.Describe(spec), elementtest.Examples(spec)...)
		if len(spec.Sessions) == 0 { // without a camera it does not start
			for _, f := range faults {
				t.Errorf("%s: %s", spec.Name, f)
			}
			continue
		}
		env := elementtest.Env(t)
		env.Sessions = several(spec.Name == "rtsp.in")
		for _, f := range append(faults, elementtest.Lives(t.Context(), env, f)...) {
			t.Errorf("%s: %s", spec.Name, f)
		}
	}
}

// TestOutline holds the ports and fields that graphs are written against.
func TestOutline(t *testing.T) {
	want := map[string]string{
		"rtsp.in": `peer
audio -> aac opus pcma pcmu g722 g726 mp3 mp2 speex
video -> h264 h265 vp8 vp9 av1 mjpeg
session: string`,
		"rtsp.out": `peer
audio <- aac opus pcma pcmu g722 g726 mp3 mp2
video <- h264 h265 vp8 vp9 av1 mjpeg
session: string`,
		"rtsp.pull": `audio -> aac opus pcma pcmu g722 g726 mp3 mp2 speex
video -> h264 h265 vp8 vp9 av1 mjpeg
url*: uri /rtsps?://.+/
login: secret
transport: enum auto (auto udp tcp)
timeout: duration 10s (1s..1m)
wait: duration 0s (0s..1h)`,
		"rtsp.push": `audio <- aac opus pcma pcmu g722 g726 mp3 mp2
video <- h264 h265 vp8 vp9 av1 mjpeg
url*: uri /rtsps?://.+/
login: secret
transport: enum tcp (auto udp tcp)
timeout: duration 10s (1s..1m)`,
	}
	for _, d := range rtsp.Elements() {
		s := d.Spec()
		if got := elementtest.Outline(s); got != want[s.Name] {
			t.Errorf("%s: got\n%s\nwant\n%s", s.Name, got, want[s.Name])
		}
	}
	if len(want) != len(rtsp.Elements()) {
		t.Errorf("%d elements, not %d", len(rtsp.Elements()), len(want))
	}
}

// TestEvents holds the events, sessions and variables that routes are written against.
func TestEvents(t *testing.T) {
	const want = `rtsp.announce / $peer app:string query:map user:string transport:enum
rtsp.play / $peer app:string query:map user:string transport:enum`
	if got := elementtest.OutlineEvents(rtsp.Triggers()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, fault := range elementtest.Triggers(rtsp.Triggers()) {
		t.Error(fault)
	}
}
