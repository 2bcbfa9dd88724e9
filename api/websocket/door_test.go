package websocket

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"sluice/api/websocket/streams/streamstest"
	"sluice/elements/webrtc"
	"sluice/engine/enginetest"
	"sluice/engine/fault"
	"sluice/engine/value"
)

func TestDoorNeedsItsSurroundings(t *testing.T) {
	engine := streamstest.NewEngine()
	defer engine.Close()
	if _, err := New(Options{}); !errors.Is(err, fault.Internal) {
		t.Errorf("without engine and peers: %v", err)
	}
	if _, err := New(Options{Engine: engine, Peers: streamstest.NewPeers(), Metrics: json.RawMessage("{")}); !errors.Is(err, fault.InvalidParams) {
		t.Errorf("with half a description: %v", err)
	}
	k := newKit(t, Options{})
	if k.door.Name() != "websocket" || k.door.Listen(t.Context()) != nil {
		t.Error("a door called websocket that listens on nothing is wanted")
	}
}

// TestAnyPath holds that pages may append what they like to the address.
func TestAnyPath(t *testing.T) {
	k := newKit(t, Options{})
	for _, path := range []string{"", "/", "/websocket", "/1f2e3d4c", "/a/b/c?token=t&x=%2F"} {
		c := k.dial(path)
		c.say(`{"message":"connection","data":[{}]}`)
		c.hears(`"getUserData"`)
	}
}

func TestPings(t *testing.T) {
	k := newKit(t, Options{Interval: 5 * time.Millisecond, Probes: 3})
	c := k.dial("/")
	c.say(`{"message":"connection","data":[{}]}`)
	for answered := 0; answered < 20; {
		if c.next() == `{"message":"ping","data":[null]}` {
			c.say(`{"message":"pong","data":[null]}`)
			answered++
		}
	}
	for {
		if _, _, err := c.conn.ReadMessage(); err != nil {
			break // the client stopped answering, and is cut off
		}
	}
}

func TestMessageThatIsTooLong(t *testing.T) {
	k := newKit(t, Options{MaxMessage: 1000})
	c := k.connect(`{}`)
	c.say(`{"message":"pushLogs","data":[{"logs":"` + strings.Repeat("x", 1000) + `"}]}`)
	c.hears(`{"message":"fail","data":[{"info":"a message is too long"}]}`)
	c.closed(websocket.CloseMessageTooBig)
}

func TestConnectionThatIsTooLong(t *testing.T) {
	k := newKit(t, Options{})
	c := k.dial("/")
	c.say(`{"message":"connection","data":[{"custom":"` + strings.Repeat("x", 1<<17) + `"}]}`)
	c.hears(`"fail"`, `"connection"`, `too large`)
	c.closed(policyViolation)
}

// TestGreetingIsAConnection holds that only a connection counts as one, whatever else is said.
func TestGreetingIsAConnection(t *testing.T) {
	k := newKit(t, Options{GreetTimeout: 50 * time.Millisecond})
	c := k.dial("/")
	c.say(`{`)
	c.hears(`"fail"`)
	c.play("S", "a")
	c.hears(`"FAILED"`, `"Session not ready"`)
	c.hears(`"fail"`, "did not say who it is")
	c.closed(policyViolation)
}

// closed expects the server's Close.
func (c *client) closed(code int) {
	c.Helper()
	if _, b, err := c.conn.ReadMessage(); !websocket.IsCloseError(err, code) {
		c.Errorf("got %s, %v; want Close %d", b, err, code)
	}
}

func TestTooManySessions(t *testing.T) {
	k := newKit(t, Options{Sessions: 2})
	k.connect(`{}`)
	k.connect(`{}`)
	if status, body := k.refused(); status != http.StatusServiceUnavailable || body != "too many sessions\n" {
		t.Errorf("got %d %q", status, body)
	}
	if n := k.door.Len(); n != 2 {
		t.Errorf("%d are in", n)
	}
}

// refused dials in vain.
func (k *kit) refused() (int, string) {
	k.Helper()
	_, answer, err := websocket.DefaultDialer.DialContext(k.Context(), "ws"+strings.TrimPrefix(k.server.URL, "http"), nil)
	if err == nil {
		k.Fatal("it was let in")
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		k.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

func TestRequestThatIsNoWebSocket(t *testing.T) {
	k := newKit(t, Options{Sessions: 1})
	for range 3 { // none of which counts as a session
		answer, err := k.server.Client().Get(k.server.URL)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusBadRequest {
			t.Errorf("got %s", answer.Status)
		}
	}
	k.connect(`{}`)
}

// TestCloseLetsStreamsGoOn holds how the server stops: who does nothing is sent away at once, who publishes or plays when he is
// done, or when the time is over.
func TestCloseLetsStreamsGoOn(t *testing.T) {
	k := newKit(t, Options{})
	idle, busy, stubborn := k.connect(`{}`), k.connect(`{}`), k.connect(`{"keepAlive":true}`)
	busy.publish("P", "a")
	busy.begins("P", "PUBLISHING")
	stubborn.publish("P2", "b")
	stubborn.begins("P2", "PUBLISHING")
	ctx, over := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- k.door.Close(ctx) }()
	idle.closed(goingAway)
	if status, body := k.refused(); status != http.StatusServiceUnavailable || body != "the server is stopping\n" {
		t.Errorf("got %d %q", status, body)
	}
	busy.say(`{"message":"unPublishStream","data":[{"mediaSessionId":"P","name":"a"}]}`)
	busy.hears(`"UNPUBLISHED"`, `"Stopped by user"`)
	busy.closed(goingAway)
	over()
	stubborn.hears(`"mediaSessionId":"P2"`, `"UNPUBLISHED"`, `"Stopped by session disconnect"`)
	stubborn.closed(goingAway)
	if err := enginetest.Await(t, "the end", ended); err != nil {
		t.Error(err)
	}
	if k.engine.Hub.Has("b") {
		t.Error("a stream is left")
	}
	if err := k.door.Close(t.Context()); err != nil {
		t.Error("a second time:", err)
	}
}

// TestStreamsPerClient holds that a client cannot have more streams than it may, and that others may.
func TestStreamsPerClient(t *testing.T) {
	k := newKit(t, Options{Streams: 2})
	one, two := k.connect(`{}`), k.connect(`{}`)
	for _, id := range []string{"1", "2"} {
		one.publish(id, "stream-"+id)
		one.hears(`"setRemoteSDP"`)
	}
	one.publish("3", "stream-3")
	one.hears(`"mediaSessionId":"3"`, `"FAILED"`, `"Failed to add stream to proxy"`)
	two.publish("3", "stream-3")
	two.hears(`"setRemoteSDP"`)
}

// TestLargeOffers holds what is kept of a stream.
func TestLargeOffers(t *testing.T) {
	k := newKit(t, Options{})
	c := k.connect(`{}`)
	large := strings.Repeat("x", 70_000)
	c.say(`{"message":"publishStream","data":[{"mediaSessionId":"1","name":"a","sdp":"` + large + `"}]}`)
	c.hears(`"FAILED"`, `"Failed to add stream to proxy"`)
	c.say(`{"message":"publishStream","data":[{"mediaSessionId":"2","name":"a","sdp":"offer","custom":"` + large + `"}]}`)
	c.hears(`"FAILED"`, `"Failed to add stream to proxy"`)
}

// TestWhatGraphsAreTold holds the variables of events, and what peers are made of.
func TestWhatGraphsAreTold(t *testing.T) {
	k := newKit(t, Options{})
	c := k.connect(`{"appKey":"shop"}`)
	c.say(`{"message":"publishStream","data":[{"mediaSessionId":"P","name":"ann#red","sdp":"offer-P","custom":{"a":[1,"x"]},"transport":"tcp",` +
		`"cvoExtension":true,"minBitrate":"300","maxBitrate":1500}]}`)
	c.hears(`"setRemoteSDP"`)
	ev := k.engine.Last()
	peer := k.peer("offer-P")
	if ev.Name != "ws.publish" || ev.Path != "/ann#red" || ev.Sessions["browser"] != any(peer) {
		t.Errorf("raised %+v", ev)
	}
	vars, err := json.Marshal(ev.Vars)
	if want := `{"app":"shop","custom":{"a":[1,"x"]},"provider":"WebRTC","room":"red","user":""}`; err != nil || string(vars) != want {
		t.Errorf("variables %s, want %s", vars, want)
	}
	if want := (webrtc.Offer{SDP: "offer-P", Client: netip.MustParseAddr("127.0.0.1"), Transport: "tcp", Orientation: true, MinBitrate: 300_000, MaxBitrate: 1_500_000}); peer.Offer() != want {
		t.Errorf("offer %+v, want %+v", peer.Offer(), want)
	}

	c.say(`{"message":"playStream","data":[{"mediaSessionId":"Q","name":"ann#red","sdp":"offer-Q","width":"640","height":360,"bitrate":"500","quality":80,"custom":"text"}]}`)
	c.hears(`"setRemoteSDP"`)
	ev = k.engine.Last()
	want := map[string]any{"want.width": int64(640), "want.height": int64(360), "want.bitrate": value.Bits(500_000), "want.quality": int64(80), "room": "red",
		"provider": "WebRTC"}
	for name, v := range want {
		if ev.Vars[name] != v {
			t.Errorf("%s is %v, want %v", name, ev.Vars[name], v)
		}
	}
	if ev.Name != "ws.play" || len(ev.Vars) != 9 {
		t.Errorf("raised %+v", ev)
	}
}
