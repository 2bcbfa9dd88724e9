package websocket

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"sluice/api/auth"
	"sluice/elements/webrtc"
	"sluice/engine/fault"
)

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

// TestWhoMayAsk holds that who may do nothing learns nothing: not what is published, nor who is in a room.
func TestWhoMayAsk(t *testing.T) {
	g := &gate{}
	k := newKit(t, Options{Auth: g})
	known, nobody := k.connect(`{"appKey":"roomApp","custom":{"login":"x","token":"open"}}`), k.connect(`{"appKey":"roomApp","custom":{"login":"y"}}`)
	known.publish("P", "a")
	known.begins("P", "PUBLISHING")
	join := `{"message":"sendData","data":[{"operationId":"1","payload":{"command":"join","options":{"name":"red"}}}]}`
	known.say(join)
	known.hears(`"ACCEPTED"`)
	known.hears(`"STATE"`)
	known.say(`{"message":"availableStream","data":[{"mediaSessionId":"A","name":"a"}]}`)
	known.hears(`"availableStream"`, `"status":"true"`)
	nobody.say(join)
	nobody.hears(`"DataStatusEvent"`, `"FAILED"`, `"Restricted access"`)
	for _, name := range []string{"a", "b"} {
		nobody.say(`{"message":"availableStream","data":[{"mediaSessionId":"A","name":"` + name + `"}]}`)
		nobody.hears(`"availableStream"`, `"status":"false"`, `"Restricted access"`)
		nobody.say(`{"message":"snapshot","data":[{"mediaSessionId":"S","name":"` + name + `"}]}`)
		nobody.hears(`"Restricted access"`)
	}
	nobody.say(`{"message":"availableStream","data":[{"mediaSessionId":"A","name":"a","custom":{"token":"open"}}]}`)
	nobody.hears(`"availableStream"`, `"status":"true"`)
	other := k.connect(`{"appKey":"other"}`)
	other.say(`{"message":"sendData","data":[{"operationId":"2","payload":{}}]}`)
	other.hears(`"DataStatusEvent"`, `"FAILED"`, `"Restricted access"`)
	known.say(`{"message":"sendData","data":[{"operationId":"3","payload":{"command":"leave","options":{"name":"red"}}}]}`)
	known.hears(`"ACCEPTED"`) // and not that anybody came
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

// TestNamesThatNothingBrings holds what players hear when graphs cannot bring what they want.
func TestNamesThatNothingBrings(t *testing.T) {
	k := newKit(t, Options{})
	pub, sub := k.connect(`{}`), k.connect(`{}`)
	pub.publish("P", "here")
	pub.begins("P", "PUBLISHING")
	for i, c := range []struct {
		name string
		code fault.Code
		why  string
	}{
		{"rtsp://h/x", fault.ElementUnavailable, "Failed to connect to rtsp stream"},
		{"rtsps://h/x", fault.InvalidParams, "Failed to connect to rtsp stream"},
		{"rtmp://h/x", fault.ElementUnavailable, "Bad URI"},
		{"srt://h:1", fault.ElementUnavailable, "Bad URI"},
		{"vod://a.mp4", fault.ElementUnavailable, "Failed to read file"},
		{"cam/x", fault.InvalidParams, "Stream not found"},
		{"cam/x", fault.LintFailed, "Stream not found"},
		{"rtsp://h/x", fault.Unreachable, "Failed to connect to rtsp stream"},
		{"rtmp://h/x", fault.Unreachable, "Failed to connect to origin stream"},
		{"cam/x", fault.GstUnavailable, "Transcoding required, but disabled"},
		{"here", fault.ElementUnavailable, "Transcoding required, but disabled"},
	} {
		k.engine.Refuse("/"+c.name, fault.New(c.code, "graph", "no"))
		sub.play(fmt.Sprint(i), c.name)
		sub.hears(`"FAILED"`, `"info":"`+c.why+`"`)
	}
	k.engine.Refuse("/taken", fault.New(fault.InvalidParams, "graph", "no"))
	sub.publish("Q", "taken")
	sub.hears(`"FAILED"`, `"info":"Failed by error"`)
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

// TestPushingElsewhereIsRefused holds that a page is warned where nothing may be pushed, and publishes all the same.
func TestPushingElsewhereIsRefused(t *testing.T) {
	for _, opt := range []Options{
		{}, {Push: func(string) error { return fault.New(fault.Forbidden, "", "not there") }},
	} {
		c := newKit(t, opt).connect(`{}`)
		c.say(`{"message":"publishStream","data":[{"mediaSessionId":"P","name":"a","sdp":"offer-P","rtmpUrl":"rtmp://elsewhere/live"}]}`)
		c.hears(`{"message":"fail","data":[{"apiMethod":"publishStream","id":"P","info":"Failed by RTMP writer error"}]}`)
		c.begins("P", "PUBLISHING")
	}
	c := newKit(t, Options{Push: func(string) error { return nil }}).connect(`{}`)
	c.say(`{"message":"publishStream","data":[{"mediaSessionId":"P","name":"a","sdp":"offer-P","rtmpUrl":"http://elsewhere/live"}]}`)
	c.hears(`"fail"`, `"Failed by RTMP writer error"`)
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
