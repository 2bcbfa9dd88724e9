package websocket

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"sluice/api/auth"
	"sluice/api/websocket/streams/streamstest"
	"sluice/elements/webrtc"
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
	stubborn.closed(goingAway)
	if err := <-ended; err != nil {
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
	if want := `{"app":"shop","custom":{"a":[1,"x"]},"room":"red","user":""}`; err != nil || string(vars) != want {
		t.Errorf("variables %s, want %s", vars, want)
	}
	if want := (webrtc.Offer{SDP: "offer-P", Transport: "tcp", Orientation: true, MinBitrate: 300_000, MaxBitrate: 1_500_000}); peer.Offer() != want {
		t.Errorf("offer %+v, want %+v", peer.Offer(), want)
	}

	c.say(`{"message":"playStream","data":[{"mediaSessionId":"Q","name":"ann#red","sdp":"offer-Q","width":"640","height":360,"bitrate":"500","quality":80,"custom":"text"}]}`)
	c.hears(`"setRemoteSDP"`)
	ev = k.engine.Last()
	want := map[string]any{"want.width": int64(640), "want.height": int64(360), "want.bitrate": value.Bits(500_000), "want.quality": int64(80), "room": "red"}
	for name, v := range want {
		if ev.Vars[name] != v {
			t.Errorf("%s is %v, want %v", name, ev.Vars[name], v)
		}
	}
	if ev.Name != "ws.play" || len(ev.Vars) != 8 {
		t.Errorf("raised %+v", ev)
	}
}

// gate lets in who shows a token.
type gate struct {
	mu    sync.Mutex
	asked []auth.Request
}

func (g *gate) Authorise(_ context.Context, q auth.Request) (string, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	q.Remote = q.Remote.Unmap()
	g.asked = append(g.asked, q)
	if q.Token == "open" {
		return "ann", nil
	}
	return "", fault.New(fault.Forbidden, "", "no")
}

// TestWhoMayPublish holds where a client's proof comes from: its address, its connection, the stream itself.
func TestWhoMayPublish(t *testing.T) {
	g := &gate{}
	k := newKit(t, Options{Auth: g})
	nobody := k.connect(`{}`)
	nobody.publish("1", "a")
	nobody.hears(`"FAILED"`, `"Restricted access"`)
	if k.peers.Len() != 0 {
		t.Error("a peer was made for who may not publish")
	}
	nobody.say(`{"message":"publishStream","data":[{"mediaSessionId":"2","name":"a","sdp":"offer-2","custom":{"token":"open"}}]}`)
	nobody.hears(`"setRemoteSDP"`)
	if user := k.engine.Last().Vars["user"]; user != "ann" {
		t.Errorf("user %v", user)
	}
	byConnection := k.connect(`{"custom":{"login":"x","token":"open"}}`)
	byConnection.play("3", "a")
	byConnection.hears(`"setRemoteSDP"`)
	byAddress := k.dial("/?token=open")
	byAddress.say(`{"message":"connection","data":[{}]}`)
	byAddress.hears(`"getUserData"`)
	byAddress.hears(`"getVersion"`)
	byAddress.play("4", "a")
	byAddress.hears(`"setRemoteSDP"`)
	g.mu.Lock()
	defer g.mu.Unlock()
	first, last := g.asked[0], g.asked[len(g.asked)-1]
	if first.Action != auth.Publish || first.Stream != "a" || first.Protocol != "websocket" || !first.Remote.IsLoopback() || last.Action != auth.Play {
		t.Errorf("asked %+v and %+v", first, last)
	}
}

// TestVideoRates holds that bits are counted from message to message, and only of what flows.
func TestVideoRates(t *testing.T) {
	k := newKit(t, Options{InboundRate: 5 * time.Millisecond, OutboundRate: 5 * time.Millisecond, Bandwidth: -1})
	pub, sub := k.connect(`{}`), k.connect(`{}`)
	pub.publish("P", "a")
	pub.hears(`"setRemoteSDP"`)
	k.peer("offer-P").Count(webrtc.Counts{VideoBits: 1000})
	k.peer("offer-P").Flow()
	pub.hears(`"PUBLISHING"`)
	pub.hears(`{"message":"inboundVideoRate","data":[{"mediaSessionId":"P","videoRate":1000}]}`)
	pub.hears(`{"message":"inboundVideoRate","data":[{"mediaSessionId":"P","videoRate":0}]}`)
	sub.play("Q", "a")
	sub.hears(`"setRemoteSDP"`)
	k.peer("offer-Q").Count(webrtc.Counts{VideoBits: 500})
	k.peer("offer-Q").Flow()
	sub.hears(`"PLAYING"`)
	sub.hears(`"resize"`)
	sub.hears(`{"message":"outboundVideoRate","data":[{"mediaSessionId":"Q","videoRate":500}]}`)
}

// TestNarrowWays has a player be sent more and more, which its way does not carry: what SDKs of today hear, and older ones.
func TestNarrowWays(t *testing.T) {
	for version, want := range map[string]string{"2.0": `"type":"notEnoughBandwidth","payload":{"info":"`, "2.0.218": `"status":"NOT_ENOUGH_BANDWIDTH"`} {
		k := newKit(t, Options{Bandwidth: 5 * time.Millisecond})
		c := k.connect(`{"clientVersion":"` + version + `"}`)
		c.publish("P", "a")
		c.begins("P", "PUBLISHING")
		c.play("Q", "a")
		c.begins("Q", "PLAYING")
		c.hears(`640`)
		stop := make(chan struct{})
		var counting sync.WaitGroup
		counting.Go(func() {
			peer := k.peer("offer-Q")
			for n := uint64(0); ; n += 100_000 {
				select {
				case <-stop:
					return
				case <-time.After(time.Millisecond):
					peer.Count(webrtc.Counts{Bytes: n, Estimate: 1000})
				}
			}
		})
		if got := c.hears(want, `"mediaSessionId":"Q"`); !strings.Contains(got, "/1000") {
			t.Errorf("%s: got %s", version, got)
		}
		close(stop)
		counting.Wait()
	}
}

// TestNothingToPlay has a player wait for media that never comes.
func TestNothingToPlay(t *testing.T) {
	k := newKit(t, Options{StartTimeout: 20 * time.Millisecond})
	c := k.connect(`{}`)
	c.publish("P", "a")
	c.hears(`"setRemoteSDP"`)
	c.play("Q", "a")
	c.hears(`"setRemoteSDP"`)
	c.hears(`"mediaSessionId":"Q"`, `"FAILED"`, `"Publish stream is not ready"`)
}

// TestGraphThatDoesNotEnd holds that a page hears the end of its stream all the same, and that the name is free before.
func TestGraphThatDoesNotEnd(t *testing.T) {
	k := newKit(t, Options{StopTimeout: 20 * time.Millisecond})
	k.engine.Stick()
	c := k.connect(`{}`)
	c.publish("P", "a")
	c.begins("P", "PUBLISHING")
	c.say(`{"message":"unPublishStream","data":[{"mediaSessionId":"P","name":"a"}]}`)
	k.happens("stream.ended", "/a")
	c.hears(`"UNPUBLISHED"`, `"Stopped by user"`)
	if log := k.log.String(); !strings.Contains(log, "did not end properly") {
		t.Error(log)
	}
}

// TestStopBeforeMediaFlows holds that a stream can be stopped at any time.
func TestStopBeforeMediaFlows(t *testing.T) {
	k := newKit(t, Options{})
	c := k.connect(`{}`)
	c.publish("P", "a")
	c.hears(`"setRemoteSDP"`)
	c.say(`{"message":"unPublishStream","data":[{"mediaSessionId":"P","name":"a"}]}`)
	c.hears(`"UNPUBLISHED"`, `"Stopped by user"`)
}

func TestRepublishingElsewhereIsNotThere(t *testing.T) {
	k := newKit(t, Options{})
	c := k.connect(`{}`)
	c.say(`{"message":"publishStream","data":[{"mediaSessionId":"P","name":"a","sdp":"offer-P","rtmpUrl":"rtmp://elsewhere/live"}]}`)
	c.hears(`{"message":"fail","data":[{"apiMethod":"publishStream","id":"P","info":"Failed by RTMP writer error"}]}`)
	c.begins("P", "PUBLISHING") // which it does all the same
}

func TestKeptSessionsEnd(t *testing.T) {
	k := newKit(t, Options{KeepFor: 20 * time.Millisecond, KeepStreams: true})
	c := k.connect(`{"keepAlive":true}`)
	c.publish("P", "a")
	c.begins("P", "PUBLISHING")
	c.conn.Close()
	k.happens("stream.ended", "/a")
	k.logs(`"Terminated by keep-alive"`, 1)
}

// TestKeptSessionsAreNotTooMany holds that the one goes that was left first.
func TestKeptSessionsAreNotTooMany(t *testing.T) {
	k := newKit(t, Options{Kept: 1, KeepStreams: true})
	for i, name := range []string{"a", "b"} {
		c := k.connect(`{"keepAlive":true}`)
		c.publish(name, name)
		c.begins(name, "PUBLISHING")
		c.conn.Close()
		k.logs(`"session ended"`, i+1)
	}
	k.happens("stream.ended", "/a")
	if !k.engine.Hub.Has("b") {
		t.Error("the wrong one is gone")
	}
}

func TestMetricsAreKept(t *testing.T) {
	k := newKit(t, Options{Metrics: json.RawMessage(`{"collect":"on"}`)})
	c := k.connect(`{}`)
	c.publish("P", "a")
	c.begins("P", "PUBLISHING")
	c.say(`{"message":"webRTCMetricsClientDescription","data":[{"mediaSessionId":"P","compression":"none","headers":"x.1.a,x.1.b"}]}`)
	c.say(`{"message":"webRTCMetricsBatch","data":[{"mediaSessionId":"P","metrics":"[\"1;2\",\"3;\"]"}]}`)
	c.say(`{"message":"availableStream","data":[{"mediaSessionId":"P","name":"a"}]}`)
	c.hears(`"availableStream"`)
	got, ok := k.door.Metrics("P")
	if !ok || got["x.1.a"] != "3" || got["x.1.b"] != "2" {
		t.Errorf("got %v, %v", got, ok)
	}
	if _, ok := k.door.Metrics("Q"); ok {
		t.Error("metrics of nothing")
	}
}

// TestSecretsAreNotLogged has a page say its secrets in every way that is logged.
func TestSecretsAreNotLogged(t *testing.T) {
	k := newKit(t, Options{})
	c := k.dial("/?token=hush1")
	c.say(`{"message":"connection","data":[{"sipPassword":"hush2","custom":{"token":"hush3"}}]}`)
	c.hears(`"getUserData"`)
	c.hears(`"getVersion"`)
	c.say(`{"message":"sessionDebug","data":[{"command":"start"}]}`)
	c.hears(`STARTED`)
	c.say(`{"message":"publishStream","data":[{"mediaSessionId":"P","name":"a","sdp":"v=0\r\na=ice-ufrag:u\r\na=ice-pwd:hush4\r\na=x","custom":{"token":"hush5","password": "hush6"}}]}`)
	c.hears(`"setRemoteSDP"`)
	c.say(`{"message":"pushLogs","data":[{"logs":"authToken: hush7\nwss://h/?token=hush8&x=1 \nAuthorization=hush9\n{\"password\":\"hush10\"}\na=ice-pwd:hush11"}]}`)
	c.say(`{"message":"submitBugReport","data":[{"text":"{\"sipPassword\":\"hush12\"}","credential":"hush13"}]}`)
	c.say(`{"message":"sessionDebug","data":[{"command":"stop"}]}`)
	c.hears(`STOPPED`)
	log := k.log.String()
	if strings.Contains(log, "hush") {
		t.Error(log)
	}
	for _, want := range []string{"debug session", "publishStream", "setRemoteSDP", "bug report", "wss://h/?token=***&x=1", "a=ice-pwd:***"} {
		if !strings.Contains(log, want) {
			t.Errorf("%q is not logged in\n%s", want, log)
		}
	}
}

// TestLogsOfPagesAreBounded holds what gets into the log of one that logs much.
func TestLogsOfPagesAreBounded(t *testing.T) {
	k := newKit(t, Options{})
	c := k.connect(`{}`)
	c.say(`{"message":"pushLogs","data":[{"logs":"` + strings.Repeat(`line\n`, 1000) + `"}]}`)
	c.say(`{"message":"pushLogs","data":[{"logs":"` + strings.Repeat(`é`, 100_000) + `"}]}`)
	c.say(`{"message":"sessionDebug","data":[{"command":"start"}]}`)
	c.hears(`STARTED`)
	for range maxNotes + 10 {
		c.say(`{"message":"pong","data":[null]}`)
	}
	c.say(`{"message":"sessionDebug","data":[{"command":"stop"}]}`)
	c.hears(`STOPPED`)
	log := k.log.String()
	if n := strings.Count(log, "line=line"); n != maxLines {
		t.Errorf("%d lines", n)
	}
	if n := strings.Count(log, "é"); n != maxLine/2 {
		t.Errorf("%d letters of a long line", n)
	}
	if n := strings.Count(log, "debug session"); n != maxNotes {
		t.Errorf("%d messages of a debug session", n)
	}
}

// TestWhoDoesNotListenIsCut floods a player with data that it does not read: it is cut off, and nobody waits for it.
func TestWhoDoesNotListenIsCut(t *testing.T) {
	k := newKit(t, Options{MaxQueue: 1 << 20})
	pub, deaf, sub := k.connect(`{}`), k.connect(`{}`), k.connect(`{}`)
	pub.publish("P", "a")
	pub.begins("P", "PUBLISHING")
	for id, c := range map[string]*client{"deaf": deaf, "sub": sub} {
		c.play(id, "a")
		c.begins(id, "PLAYING")
		c.hears("resize")
	}
	left := make(chan struct{})
	go func() {
		defer close(left)
		k.happens("reader.left", "/a")
	}()
	message := `{"message":"sendStreamEvent","data":[{"mediaSessionId":"P","type":"data","payload":"` + strings.Repeat("x", 60_000) + `"}]}`
	for gone := false; !gone; {
		pub.say(message)
		sub.hears(`"type":"data"`)
		select {
		case <-left:
			gone = true
		default:
		}
	}
	if info, _ := k.engine.Hub.Stream("a"); info.Readers != 1 {
		t.Errorf("%d readers are left", info.Readers)
	}
}

// TestDataThatCannotBePassedOn holds that the publisher hears why.
func TestDataThatCannotBePassedOn(t *testing.T) {
	k := newKit(t, Options{})
	c := k.connect(`{}`)
	c.publish("P", "a")
	c.hears(`"setRemoteSDP"`)
	c.say(`{"message":"sendStreamEvent","data":[{"mediaSessionId":"P","type":"data","payload":"` + strings.Repeat("x", 70_000) + `"}]}`)
	c.hears(`"fail"`, `"sendStreamEvent"`)
	c.say(`{"message":"sendStreamEvent","data":[5]}`)
	c.hears(`"fail"`, `"sendStreamEvent"`)
}

// TestManyAtOnce has clients come, publish, play, mute and go in all orders, for the race detector; newKit looks that nothing is
// left.
func TestManyAtOnce(t *testing.T) {
	k := newKit(t, Options{})
	host := k.connect(`{}`)
	host.publish("host", "stage")
	host.begins("host", "PUBLISHING")
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			id := string(rune('a' + i))
			c := k.connect(`{"appKey":"roomApp","keepAlive":` + []string{"true", "false"}[i%2] + `,"custom":{"login":"` + id + `"}}`)
			c.say(`{"message":"sendData","data":[{"operationId":"1","payload":{"command":"join","options":{"name":"red"}}}]}`)
			c.publish(id, "cam-"+id)
			c.play(id+id, "stage")
			k.peer("offer-" + id).Flow()
			k.peer("offer-" + id + id).Flow()
			c.say(`{"message":"sendStreamEvent","data":[{"mediaSessionId":"` + id + `","type":"audioMuted"}]}`)
			for heard := 0; heard < 2; {
				if got := c.next(); strings.Contains(got, `"PUBLISHING"`) || strings.Contains(got, `"PLAYING"`) {
					heard++
				}
			}
			if i%3 == 0 {
				c.say(`{"message":"unPublishStream","data":[{"mediaSessionId":"` + id + `"}]}`)
			}
			c.conn.Close()
		})
	}
	for range 10 {
		host.say(`{"message":"sendStreamEvent","data":[{"mediaSessionId":"host","type":"videoMuted"}]}`)
		host.say(`{"message":"sendStreamEvent","data":[{"mediaSessionId":"host","type":"videoUnmuted"}]}`)
	}
	all.Wait()
}
