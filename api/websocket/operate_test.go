package websocket

import (
	"encoding/json"
	"strings"
	"testing"

	"sluice/api/websocket/wire"
	"sluice/engine/fault"
)

// told is what operators see, as JSON.
func told(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestClientsAreListedWithoutSecrets(t *testing.T) {
	k := newKit(t, Options{})
	if list := k.door.Clients().List(); len(list) != 0 {
		t.Fatal(list)
	}
	k.connect(`{"appKey":"shop","clientVersion":"2.0","sipPassword":"wxyz","authToken":"abcd",
		"rtmpUrl":"rtmp://h/app/mnop",
		"custom":{"login":"ann","token":"efgh","key":"qrst","pass":"uvwx","deep":[{"userPassword":"ijkl"}]},"clientInfo":{"mobile":false}}`)
	k.connect(`{}`)
	list := k.door.Clients().List()
	if len(list) != 2 {
		t.Fatal(list)
	}
	ann := list[0]
	if ann["appKey"] == "defaultApp" {
		ann = list[1] // they came in the same millisecond
	}
	text := told(t, ann)
	for _, want := range []string{
		`"appKey":"shop"`, `"nodeId":"node-1"`, `"status":"ESTABLISHED"`, `"login":"ann"`, `"mobile":false`, `"createDate":1`, `"sessionId":"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is without %s", text, want)
		}
	}
	for _, secret := range []string{"wxyz", "abcd", "efgh", "ijkl", "mnop", "qrst", "uvwx"} {
		if strings.Contains(text, secret) {
			t.Errorf("%s tells %s", text, secret)
		}
	}
}

// idOf is the session id of the only client.
func (k *kit) idOf() string {
	k.Helper()
	list := k.door.Clients().List()
	if len(list) != 1 {
		k.Fatal(list)
	}
	id, _ := list[0]["sessionId"].(string)
	return id
}

func TestClientsAreTerminated(t *testing.T) {
	k := newKit(t, Options{})
	for _, object := range []string{`{}`, `{"keepAlive":true}`} {
		c := k.connect(object)
		c.publish("p", "cam")
		c.begins("p", "PUBLISHING")
		if err := k.door.Clients().Terminate(k.idOf()); err != nil {
			t.Fatal(err)
		}
		for err := error(nil); err == nil; { // until the socket is closed
			_, _, err = c.conn.ReadMessage()
		}
		k.happens("stream.ended", "/cam")
		k.logs("session ended", 1)
		k.log.clear()
		if list := k.door.Clients().List(); len(list) != 0 {
			t.Errorf("%s: %v", object, list)
		}
	}
	if err := k.door.Clients().Terminate("nobody"); fault.CodeOf(err) != fault.ResourceNotFound {
		t.Error(err)
	}
}

func TestClientsThatAreAwayAreTerminated(t *testing.T) {
	k := newKit(t, Options{KeepStreams: true})
	c := k.connect(`{"keepAlive":true}`)
	c.publish("p", "cam")
	c.begins("p", "PUBLISHING")
	id := k.idOf()
	c.conn.Close()
	k.logs("session ended", 1)
	list := k.door.Clients().List()
	if len(list) != 1 || list[0]["status"] != "DISCONNECTED" {
		t.Fatal(list)
	}
	if err := k.door.Clients().Send(id, wire.ServerData{}); fault.CodeOf(err) != fault.ResourceNotFound {
		t.Error(err)
	}
	if err := k.door.Clients().Terminate(id); err != nil {
		t.Fatal(err)
	}
	k.happens("stream.ended", "/cam")
	if list := k.door.Clients().List(); len(list) != 0 {
		t.Error(list)
	}
}

func TestDataIsSentToClients(t *testing.T) {
	k := newKit(t, Options{})
	c := k.connect(`{}`)
	if err := k.door.Clients().Send(k.idOf(), wire.ServerData{OperationID: "op", Payload: map[string]int{"count": 23}}); err != nil {
		t.Fatal(err)
	}
	c.hears(`{"message":"OnDataEvent","data":[{"operationId":"op","payload":{"count":23}}]}`)
	if err := k.door.Clients().Send("nobody", wire.ServerData{}); fault.CodeOf(err) != fault.ResourceNotFound {
		t.Error(err)
	}
}

func TestMessagesOfOneClientAreLogged(t *testing.T) {
	k := newKit(t, Options{})
	c := k.connect(`{}`)
	id := k.idOf()
	ask := func() {
		c.say(`{"message":"availableStream","data":[{"mediaSessionId":"x","name":"cam","token":"very secret"}]}`)
		c.hears("availableStream")
	}
	for _, step := range []struct {
		level string
		want  bool
	}{{"DEBUG", true}, {"info", false}, {"Trace", true}, {"OFF", false}} {
		if err := k.door.Clients().SetLogLevel(id, step.level); err != nil {
			t.Fatal(err)
		}
		k.log.clear()
		ask()
		text := k.log.String()
		if got := strings.Contains(text, `level=INFO msg="debug session"`); got != step.want || strings.Contains(text, "very secret") {
			t.Errorf("%s: %s", step.level, text)
		}
	}
	if err := k.door.Clients().SetLogLevel(id, "LOUD"); fault.CodeOf(err) != fault.InvalidParams {
		t.Error(err)
	}
	if err := k.door.Clients().SetLogLevel("nobody", "DEBUG"); fault.CodeOf(err) != fault.ResourceNotFound {
		t.Error(err)
	}
}

func TestMediaIsListedAndTerminated(t *testing.T) {
	k := newKit(t, Options{})
	c := k.connect(`{"appKey":"shop"}`)
	c.publish("p", "cam")
	c.begins("p", "PUBLISHING")
	c.play("v", "cam")
	c.hears(`"setRemoteSDP"`)
	list := k.door.Media().List()
	if len(list) != 2 {
		t.Fatal(list)
	}
	p, v := list[0], list[1]
	if p.MediaSessionID != "p" || p.Status != wire.Publishing || p.AppKey != "shop" || p.Width == 0 || p.SDP != "offer-p" || !p.Published ||
		p.SessionID != k.idOf() || p.MediaProvider != "WebRTC" || p.CreateDate == 0 {
		t.Errorf("%+v", p)
	}
	if v.MediaSessionID != "v" || v.Status != wire.Pending || v.Published || v.MediaType != "play" {
		t.Errorf("%+v", v)
	}
	if k.door.Node() != p.NodeID {
		t.Error(p.NodeID)
	}
	if !k.door.Media().Terminate("p") || k.door.Media().Terminate("nobody's") {
		t.Error("terminate")
	}
	heard := c.next() + c.next()
	for _, want := range []string{`"status":"UNPUBLISHED"`, `"info":"Stopped by rest /terminate"`, `"status":"FAILED"`} {
		if !strings.Contains(heard, want) {
			t.Errorf("%s is without %s", heard, want)
		}
	}
}
