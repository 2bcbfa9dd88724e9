package websocket_test

import (
	"testing"

	"sluice/api/websocket"
	"sluice/engine/element/elementtest"
)

func TestContract(t *testing.T) {
	reg := elementtest.GStreamer(t, websocket.Elements()...)
	for _, d := range websocket.Elements() {
		elementtest.Check(t, reg, d)
	}
}

// TestOutline holds the ports and fields that graphs are written against.
func TestOutline(t *testing.T) {
	want := map[string]string{
		"ws.out": `browser
audio <- aac pcmu
video <- h264 mpeg1video
session: string
codecs: list of codec`,
	}
	for _, d := range websocket.Elements() {
		s := d.Spec()
		if got := elementtest.Outline(s); got != want[s.Name] {
			t.Errorf("%s: got\n%s\nwant\n%s", s.Name, got, want[s.Name])
		}
	}
	if len(want) != len(websocket.Elements()) {
		t.Errorf("%d elements, not %d", len(websocket.Elements()), len(want))
	}
}

// TestEvents holds the events, sessions and variables that routes are written against.
func TestEvents(t *testing.T) {
	const want = `ws.publish / $browser app:string user:string custom:map room:string want.codec:codec want.width:int want.height:int want.fps:fraction want.bitrate:bitrate want.quality:int want.rate:int want.channels:int
ws.play / $browser app:string user:string custom:map room:string want.codec:codec want.width:int want.height:int want.fps:fraction want.bitrate:bitrate want.quality:int want.rate:int want.channels:int
ws.call / $browser $phone from:string to:string headers:map account:string`
	if got := elementtest.OutlineEvents(websocket.Triggers()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, fault := range elementtest.Triggers(websocket.Triggers()) {
		t.Error(fault)
	}
}
