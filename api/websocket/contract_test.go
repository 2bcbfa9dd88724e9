package websocket_test

import (
	"testing"

	"sluice/api/websocket"
	"sluice/api/websocket/transport"
	"sluice/api/websocket/viewer"
	"sluice/engine/element"
	"sluice/engine/element/elementtest"
	"sluice/engine/fault"
)

// pages are sessions: everybody who asks for one gets a player of his own.
type pages struct{ *testing.T }

// Session implements element.Sessions.
func (p pages) Session(string) (any, bool) {
	v, err := viewer.New(viewer.Options{Provider: viewer.MSE, Offer: "m=video 0 RTP/AVP 112", Pool: transport.NewPool(1)})
	if err != nil {
		p.Error(err)
	}
	return v, err == nil
}

// TestContract does what elementtest.Check does, but that each element gets a player.
func TestContract(t *testing.T) {
	env := elementtest.Env(t)
	env.Sessions = pages{t}
	for _, d := range websocket.Elements() {
		faults := append(elementtest.Describe(d.Spec()), elementtest.Examples(d.Spec())...)
		if len(d.Spec().Sessions) > 0 { // the others need a server to call
			faults = append(faults, elementtest.Lives(t.Context(), env, d.(element.Factory))...)
		}
		for _, f := range faults {
			t.Error(f)
		}
	}
}

// TestOutOfNoPlayer holds that the element says what it needs.
func TestOutOfNoPlayer(t *testing.T) {
	env := elementtest.Env(t)
	if _, err := (websocket.Out{}).New(t.Context(), env, element.Conf{}); fault.CodeOf(err) != fault.InvalidRequest {
		t.Errorf("without a session: %v", err)
	}
	env.Sessions = others{}
	if _, err := (websocket.Out{}).New(t.Context(), env, element.Conf{}); fault.CodeOf(err) != fault.InvalidRequest {
		t.Errorf("with a peer of WebRTC: %v", err)
	}
}

// others are sessions of some other kind.
type others struct{}

// Session implements element.Sessions.
func (others) Session(string) (any, bool) { return "a peer of WebRTC", true }

// TestOutline holds the ports and fields that graphs are written against.
func TestOutline(t *testing.T) {
	want := map[string]string{
		"ws.out": `browser
audio <- aac pcmu
video <- h264 mpeg1video, in order
session: string
codecs: list of codec`,
		"wcs.pull": `audio -> opus pcmu pcma g722
video -> h264 vp8 vp9 av1 h265
url*: uri /wss?://.+/
name*: string
app: string defaultApp
token: secret
login: secret
id: string
timeout: duration 10s (1s..1m)`,
		"wcs.push": `audio <- opus pcmu pcma g722
video <- h264 vp8, in order
url*: uri /wss?://.+/
name*: string
app: string defaultApp
token: secret
login: secret
id: string
timeout: duration 10s (1s..1m)
key: secret`,
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
	const want = `ws.publish / $browser provider:string app:string user:string custom:map room:string want.codec:codec want.width:int want.height:int want.fps:fraction want.bitrate:bitrate want.quality:int want.rate:int want.channels:int
ws.play / $browser provider:string app:string user:string custom:map room:string want.codec:codec want.width:int want.height:int want.fps:fraction want.bitrate:bitrate want.quality:int want.rate:int want.channels:int
ws.push / scheme:string url:uri app:string user:string custom:map
ws.call / $browser $phone from:string to:string headers:map account:string`
	if got := elementtest.OutlineEvents(websocket.Triggers()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, fault := range elementtest.Triggers(websocket.Triggers()) {
		t.Error(fault)
	}
}
