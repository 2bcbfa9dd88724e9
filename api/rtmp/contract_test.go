package rtmp_test

import (
	"testing"

	"sluice/api/rtmp"
	"sluice/engine/element/elementtest"
)

// TestContract holds what the elements say of themselves; their lives need a peer, or another server.
func TestContract(t *testing.T) {
	elementtest.Described(t, rtmp.Elements()...)
}

// TestOutline holds the ports and fields that graphs are written against.
func TestOutline(t *testing.T) {
	want := map[string]string{
		"rtmp.in": `peer browser
audio -> aac mp3 speex nellymoser pcma pcmu opus
video -> h264 h265 av1 vp9 vp8 sorenson vp6 flashsv
session: string`,
		"rtmp.out": `peer browser
audio <- aac mp3 speex nellymoser pcma pcmu opus
video <- h264 h265 av1 vp9 vp8 sorenson vp6 flashsv
session: string`,
		"rtmp.push": `audio <- aac mp3
video <- h264
url*: uri /rtmps?://.+/
key: secret
timeout: duration 10s (1s..1m)`,
		"rtmp.pull": `audio -> aac mp3 speex nellymoser pcma pcmu opus
video -> h264 h265 av1 vp9 vp8 sorenson vp6 flashsv
url*: uri /rtmps?://.+/
timeout: duration 10s (1s..1m)`,
	}
	elementtest.Outlines(t, rtmp.Elements(), want)
}

// TestEvents holds the events, sessions and variables that routes are written against.
func TestEvents(t *testing.T) {
	const want = `rtmp.publish / $peer app:string query:map addr:string user:string
rtmp.play / $peer app:string query:map addr:string user:string`
	if got := elementtest.OutlineEvents(rtmp.Triggers()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, fault := range elementtest.Triggers(rtmp.Triggers()) {
		t.Error(fault)
	}
}
