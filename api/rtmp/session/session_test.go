package session

import (
	"encoding/binary"
	"errors"
	"io"
	"testing"
	"time"

	"sluice/api/amf"
	"sluice/api/rtmp/chunk"
	"sluice/engine/enginetest"
	"sluice/engine/fault"
)

func TestPublishAndItsEnd(t *testing.T) {
	r := meet(t, Options{})
	r.call(0, "connect", 1, amf.Object{{Key: "app", Value: "live?token=x"}, {Key: "tcUrl", Value: "rtmp://u:p@h/live?a=b"}})
	r.expect("_result", 1, "NetConnection.Connect.Success")
	r.call(0, "releaseStream", 2, nil, "cam")
	r.expect("_result", 2, "")
	r.call(0, "FCPublish", 3, nil, "cam")
	r.expect("_result", 3, "")
	r.call(0, "createStream", 4, nil)
	r.expect("_result", 4, "")
	r.call(1, "publish", 5, nil, "cam?key=secret&a=c", "live")
	r.expect("onFCPublish", 0, "NetStream.Publish.Start")
	r.expect("onStatus", 0, "NetStream.Publish.Start")
	s := enginetest.Await(t, "a stream", r.a.streams)
	if s.Name != "cam" || !s.Publish || s.App != "live" || s.User != "u" || s.Pass != "p" || s.Params.Get("key") != "secret" ||
		s.Params.Get("a") != "c" || s.Params.Get("token") != "x" || !s.Remote.IsValid() {
		t.Errorf("%+v %+v", s.Request, s.Client)
	}
	came := make(chan chunk.Message, 1)
	s.Input(func(m *chunk.Message, _ time.Time) { came <- *m })
	r.send(chunk.Message{Type: chunk.Video, Stream: 9, Body: []byte{0x17}}) // of no stream
	r.send(chunk.Message{Type: chunk.Video, Stream: 1, Timestamp: 7, Body: []byte{0x27}})
	if m := enginetest.Await(t, "what comes", came); m.Timestamp != 7 || m.Body[0] != 0x27 {
		t.Errorf("%+v", m)
	}
	r.call(1, "publish", 6, nil, "other")
	r.expect("onStatus", 0, "NetConnection.Call.Failed")
	r.call(0, "FCUnpublish", 7, nil, "cam")
	r.expect("_result", 7, "")
	r.call(0, "deleteStream", 8, nil, 1)
	r.expect("onStatus", 0, "NetStream.Unpublish.Success")
	r.expect("_result", 8, "")
	enginetest.Await(t, "the end of it", s.done)
	r.conn.Close()
	if err := r.over(); err != nil {
		t.Error(err)
	}
}

func TestPlaySteering(t *testing.T) {
	r := meet(t, Options{})
	r.connect()
	r.call(0, "getStreamLength", 3, nil, "cam")
	r.expect("_result", 3, "")
	r.call(1, "play", 0, nil, "mp4:cam")
	r.expect("onStatus", 0, "NetStream.Play.Reset")
	r.expect("onStatus", 0, "NetStream.Play.Start")
	r.expect("onStatus", 0, "NetStream.Data.Start")
	s := enginetest.Await(t, "a stream", r.a.streams)
	if s.Name != "cam" || s.Publish {
		t.Errorf("%+v", s.Request)
	}
	paused := make(chan bool, 2)
	s.OnPause(func(p bool) { paused <- p })
	r.call(1, "pause", 0, nil, true, 100)
	r.expect("onStatus", 0, "NetStream.Pause.Notify")
	r.call(1, "pause", 0, nil, false, 100)
	r.expect("onStatus", 0, "NetStream.Unpause.Notify")
	if !<-paused || <-paused {
		t.Error("not paused and resumed")
	}
	r.call(1, "seek", 0, nil, 1000)
	r.expect("onStatus", 0, "NetStream.Seek.Failed")
	r.call(1, "play2", 0, nil, amf.Object{{Key: "streamName", Value: "other"}})
	r.expect("onStatus", 0, "NetStream.Play.Reset")
	if next := enginetest.Await(t, "a stream", r.a.streams); next.Name != "other" {
		t.Error(next.Name)
	}
	enginetest.Await(t, "the end of it", s.done)
}

func TestWrongOrder(t *testing.T) {
	r := meet(t, Options{})
	r.call(1, "publish", 1, nil, "cam")
	r.expect("_error", 1, "NetConnection.Connect.Failed")
	if err := r.over(); fault.CodeOf(err) != fault.ProtocolViolation {
		t.Error(err)
	}
	r = meet(t, Options{Streams: 1})
	r.connect()
	r.call(0, "connect", 3, nil)
	r.expect("_error", 3, "NetConnection.Connect.Rejected")
	r.call(0, "publish", 4, nil, "cam")
	r.expect("onStatus", 0, "NetConnection.Call.Failed")
	r.call(7, "play", 4, nil, "cam")
	r.expect("onStatus", 0, "NetConnection.Call.Failed")
	r.call(0, "dance", 5, nil)
	r.expect("_error", 5, "NetConnection.Call.Failed")
	r.call(0, "createStream", 6, nil)
	r.expect("_result", 6, "")
	r.call(1, "play", 0, nil, "cam")
	for range 3 {
		r.answer()
	}
	r.call(2, "play", 0, nil, "cam")
	r.expect("onStatus", 0, "NetConnection.Connect.Rejected") // one at a time
	for i := range 63 {
		r.call(0, "createStream", 10+i, nil)
	}
	for {
		if name, _, _ := r.answer(); name == "_error" {
			break
		}
	}
	if err := r.over(); fault.CodeOf(err) != fault.ProtocolViolation {
		t.Error(err)
	}
}

func TestControlMessages(t *testing.T) {
	r := meet(t, Options{})
	r.connect()
	r.send(chunk.Message{Type: chunk.UserControl, Body: []byte{0, pingRequest, 1, 2, 3, 4}})
	if m := r.message(chunk.UserControl); string(m.Body) != "\x00\x07\x01\x02\x03\x04" {
		t.Errorf("% x", m.Body)
	}
	r.send(chunk.Message{Type: chunk.WindowSize, Body: []byte{0, 0, 4, 0}})
	r.send(chunk.Message{Type: chunk.SetChunkSize, Body: []byte{0, 0, 0, 128}})
	r.send(chunk.Message{Type: chunk.Abort, Body: []byte{0, 0, 0, 9}})
	r.send(chunk.Message{Type: chunk.SharedAMF0, Body: make([]byte, 600)})
	if m := r.message(chunk.Acknowledge); binary.BigEndian.Uint32(m.Body) < 512 {
		t.Errorf("% x", m.Body)
	}
	r.send(chunk.Message{Type: chunk.CommandAMF3, Body: append([]byte{0}, amf.Append(nil, "getStreamLength", 9, nil)...)})
	r.expect("_result", 9, "")
}

func TestBadInput(t *testing.T) {
	for name, m := range map[string]chunk.Message{
		"no name":               {Type: chunk.CommandAMF0, Body: amf.Append(nil, 1)},
		"no value":              {Type: chunk.CommandAMF0, Body: []byte{0x99}},
		"too long":              {Type: chunk.CommandAMF0, Body: make([]byte, maxCommand+1)},
		"chunks of no size":     {Type: chunk.SetChunkSize, Body: []byte{0, 0, 0, 0}},
		"values without an end": {Type: chunk.CommandAMF0, Body: []byte{0x0a, 0xff, 0xff, 0xff, 0xff}},
	} {
		r := meet(t, Options{})
		r.send(m)
		if err := r.over(); fault.CodeOf(err) != fault.ProtocolViolation {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSilenceEnds(t *testing.T) {
	for name, meets := range map[string]func(*testing.T, Options) *raw{"before the handshake": begin, "after it": meet} {
		r := meets(t, Options{Handshake: 50 * time.Millisecond})
		if err := r.over(); fault.CodeOf(err) != fault.Stalled {
			t.Errorf("%s: %v", name, err)
		}
	}
	r := meet(t, Options{Idle: 50 * time.Millisecond})
	r.connect()
	r.call(1, "publish", 0, nil, "cam")
	if err := r.over(); fault.CodeOf(err) != fault.Stalled {
		t.Errorf("a publisher: %v", err)
	}
}

// TestNobodyIsKeptForNothing: what was played has ended, and the client says nothing any more.
func TestNobodyIsKeptForNothing(t *testing.T) {
	r := meet(t, Options{Handshake: 100 * time.Millisecond})
	r.connect()
	r.call(1, "play", 0, nil, "cam")
	s := enginetest.Await(t, "a stream", r.a.streams)
	s.cancel() // as if the handler had nothing more to serve
	if err := r.over(); fault.CodeOf(err) != fault.Stalled {
		t.Error(err)
	}
}

func TestRTMPEIsRefused(t *testing.T) {
	r := begin(t, Options{})
	if _, err := r.conn.Write(append([]byte{6}, make([]byte, 1536)...)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(r.conn); err != nil && !errors.Is(err, io.EOF) {
		t.Log(err)
	}
	r.over()
	if len(r.a.streams) != 0 {
		t.Error("it has a stream")
	}
}

func TestReasonsAsCodes(t *testing.T) {
	for _, row := range []struct {
		publish bool
		reason  fault.Code
		want    string
	}{
		{true, fault.NameInUse, "NetStream.Publish.BadName"}, {false, fault.StreamNotFound, "NetStream.Play.StreamNotFound"},
		{true, fault.Unauthorized, "NetConnection.Connect.Rejected"}, {false, fault.Forbidden, "NetConnection.Connect.Rejected"},
		{false, fault.CodecNotAvailable, "NetStream.Play.Failed"}, {true, fault.StartTimeout, "NetStream.Failed"},
		{true, fault.InvalidRequest, "NetConnection.Call.Failed"}, {false, fault.NoRoute, "NetStream.Failed"},
	} {
		s := &Stream{Request: &Request{Publish: row.publish}}
		if got := s.code(fault.New(row.reason, "", "x")); got != row.want {
			t.Errorf("%s is %s, not %s", row.reason, got, row.want)
		}
	}
	inside := errors.New("dial tcp 10.0.0.1:999: a path of ours")
	away := fault.New(fault.Unreachable, "cam", "the camera is away").Advise("switch it on").Because(inside)
	for want, err := range map[string]error{
		"internal error":                                     inside,
		"the camera is away (switch it on)":                  away,
		"it cannot start: the camera is away (switch it on)": fault.New(fault.Unreachable, "in", "it cannot start").Because(away),
		"it cannot start":                                    fault.New(fault.Stalled, "", "it cannot start").Because(fault.New(fault.Internal, "", "oops")),
		"[ code=403 need auth; authmod=adobe ] : ?a=b&c=d==": fault.New(fault.Unauthorized, "", "[ code=403 need auth; authmod=adobe ] : ?a=b&c=d=="),
	} {
		if got := told(err); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
}

// TestAMF3 has a client of Flash's second coding talk: its commands begin with a zero, and objects in them go over to AMF 3.
func TestAMF3(t *testing.T) {
	r := meet(t, Options{})
	r.call(0, "connect", 1, amf.Object{{Key: "app", Value: "live"}, {Key: "objectEncoding", Value: 3}})
	values, err := amf.Read(r.message(chunk.CommandAMF0).Body)
	if err != nil || len(values) < 4 || amf.Members(values[3]).Number("objectEncoding") != 3 {
		t.Fatalf("%v, %v", values, err)
	}
	say := func(stream uint32, more []byte, values ...any) {
		r.send(chunk.Message{Type: chunk.CommandAMF3, Stream: stream, Body: append(append([]byte{0}, amf.Append(nil, values...)...), more...)})
	}
	say(0, nil, "createStream", 2, nil)
	r.expect("_result", 2, "")
	// {streamName: "cam"} in AMF 3, behind AMF 0's mark for it
	say(1, []byte{0x11, 0x0a, 0x0b, 0x01, 0x15, 's', 't', 'r', 'e', 'a', 'm', 'N', 'a', 'm', 'e', 0x06, 0x07, 'c', 'a', 'm', 0x01}, "play2", 0, nil)
	if s := enginetest.Await(t, "a stream", r.a.streams); s.Name != "cam" || s.Publish {
		t.Errorf("%+v", s.Request)
	}
}
