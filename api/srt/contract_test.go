package srt_test

import (
	"testing"

	"sluice/api/srt"
	"sluice/engine/element/elementtest"
)

func TestContract(t *testing.T) {
	elementtest.Described(t, srt.Elements()...)
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
streamid: secret
passphrase: secret
key_length: enum 16 (16 24 32)
latency: duration 120ms (20ms..8s)
timeout: duration 5s (1s..1m)`,
		"srt.push": `audio <- aac mp3 mp2 ac3 opus
video <- h264 h265
url*: uri /srt://.+/
streamid: secret
passphrase: secret
key_length: enum 16 (16 24 32)
latency: duration 120ms (20ms..8s)
timeout: duration 5s (1s..1m)`,
	}
	elementtest.Outlines(t, srt.Elements(), want)
}

// TestEvents holds the events, sessions and variables that routes are written against.
func TestEvents(t *testing.T) {
	const want = `srt.publish / $peer query:map addr:string user:string
srt.play / $peer query:map addr:string user:string`
	if got := elementtest.OutlineEvents(srt.Triggers()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, fault := range elementtest.Triggers(srt.Triggers()) {
		t.Error(fault)
	}
}
