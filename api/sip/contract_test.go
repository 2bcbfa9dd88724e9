package sip_test

import (
	"testing"

	"sluice/api/sip"
	"sluice/engine/element/elementtest"
)

func TestContract(t *testing.T) {
	reg := elementtest.GStreamer(t, sip.Elements()...)
	for _, d := range sip.Elements() {
		elementtest.Check(t, reg, d)
	}
}

// TestOutline holds the ports and fields that graphs are written against.
func TestOutline(t *testing.T) {
	want := map[string]string{
		"sip.in": `phone
audio -> pcmu pcma g722 g729 speex opus
video -> h264 vp8 h265
session: string
jitter: duration 60ms (0s..500ms)`,
		"sip.out": `phone
audio <- pcmu pcma g722 g729 speex opus
video <- h264 vp8 h265, in order
session: string
dtmf: enum rfc4733 (rfc4733 info off)
ptime: duration 20ms (10ms..60ms)`,
	}
	for _, d := range sip.Elements() {
		s := d.Spec()
		if got := elementtest.Outline(s); got != want[s.Name] {
			t.Errorf("%s: got\n%s\nwant\n%s", s.Name, got, want[s.Name])
		}
	}
	if len(want) != len(sip.Elements()) {
		t.Errorf("%d elements, not %d", len(sip.Elements()), len(want))
	}
}

// TestEvents holds the events, sessions and variables that routes are written against.
func TestEvents(t *testing.T) {
	const want = `sip.invite / $phone $browser from:string to:string headers:map account:string host:string`
	if got := elementtest.OutlineEvents(sip.Triggers()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, fault := range elementtest.Triggers(sip.Triggers()) {
		t.Error(fault)
	}
}
