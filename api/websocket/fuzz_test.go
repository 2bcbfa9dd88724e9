package websocket

import (
	"strings"
	"testing"

	"github.com/gorilla/websocket"
)

// FuzzDoor says anything to a door, as a client that is connected and one that is not. Whatever it is, the door answers the next
// one, and nothing panics.
func FuzzDoor(f *testing.F) {
	for _, seed := range []string{
		`{"message":"publishStream","data":[{"mediaSessionId":"p","name":"a","sdp":"v=0","custom":{"name":"red"},"width":"640"}]}`,
		`{"message":"playStream","data":[{"mediaSessionId":"q","name":"a","sdp":"v=0","mediaProvider":"WebRTC"}]}`,
		`{"message":"unPublishStream","data":[{"mediaSessionId":"p"}]}`,
		`{"message":"stopStream","data":[{"mediaSessionId":"q"}]}`,
		`{"message":"availableStream","data":[{"mediaSessionId":"p","name":"a"}]}`,
		`{"message":"snapshot","data":[{"mediaSessionId":"p","name":"a"}]}`,
		`{"message":"sendStreamEvent","data":[{"mediaSessionId":"p","type":"data","payload":[1]}]}`,
		`{"message":"webRTCMetricsClientDescription","data":[{"mediaSessionId":"p","compression":"none","headers":"a,b"}]}`,
		`{"message":"webRTCMetricsBatch","data":[{"mediaSessionId":"p","metrics":"[\"1;2\"]"}]}`,
		`{"message":"sendData","data":[{"operationId":"1","payload":{"command":"join","options":{"name":"red"}}}]}`,
		`{"message":"sendData","data":[{"operationId":"1","payload":{"command":"sendMessage","options":{"roomConfig":{"name":"red"},"to":"ann"}}}]}`,
		`{"message":"pushLogs","data":[{"logs":"x\ny"}]}`,
		`{"message":"submitBugReport","data":[{"text":"x"}]}`,
		`{"message":"sessionDebug","data":[{"command":"start"}]}`,
		`{"message":"connection","data":[{"appKey":"roomApp","keepAlive":true,"authToken":"t"}]}`,
		`{"message":"connectMediaTransport","data":[{"authToken":"t"}]}`,
		`{"message":"call","data":[{"callId":"c"}]}`, `{"message":"hangup","data":[{"callId":"c"}]}`, `{"message":"pong"}`, `[`, ``,
	} {
		f.Add([]byte(seed))
	}
	k := newKit(f, Options{Metrics: []byte(`{}`), Rate: 1_000_000})
	greet := `{"message":"connection","data":[{"appKey":"roomApp","custom":{"login":"ann"}}]}`
	addr := "ws" + strings.TrimPrefix(k.server.URL, "http")
	conns := map[string]*websocket.Conn{greet: nil, "": nil}
	f.Cleanup(func() {
		for _, c := range conns {
			if c != nil {
				c.Close()
			}
		}
	})
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1<<16 || strings.Contains(string(b), "panic") { // which is an offer that is meant to
			return
		}
		for first, c := range conns {
			if c == nil || !bears(c, b) { // it was sent away, or said that it is connected
				conns[first] = meet(t, addr, first, c)
			}
		}
		if log := k.log.String(); strings.Contains(log, "panicked") {
			t.Error(log)
		}
		k.log.clear()
	})
}

// meet dials anew, and says something first.
func meet(t *testing.T, addr, first string, before *websocket.Conn) *websocket.Conn {
	if before != nil {
		before.Close()
	}
	c, answer, err := websocket.DefaultDialer.DialContext(t.Context(), addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if first != "" {
		if err := c.WriteMessage(websocket.TextMessage, []byte(first)); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// bears says something and asks a question. It tells whether that was answered.
func bears(c *websocket.Conn, b []byte) bool {
	if c.WriteMessage(websocket.TextMessage, b) != nil {
		return false
	}
	question := `{"message":"availableStream","data":[{"mediaSessionId":"still there","name":"?"}]}`
	if c.WriteMessage(websocket.TextMessage, []byte(question)) != nil {
		return false
	}
	for {
		_, answer, err := c.ReadMessage()
		if err != nil {
			return false
		}
		if strings.Contains(string(answer), "still there") || strings.Contains(string(answer), "Session not ready") {
			return true
		}
	}
}
