package stream_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"

	"sluice/api"
	"sluice/api/records"
	"sluice/api/records/shelf"
	"sluice/engine/fault"
)

// tapes are what would be recorded.
type tapes struct {
	mu      sync.Mutex
	running []records.Request
	err     error
}

func (r *tapes) Start(_ context.Context, q records.Request) (*records.Recording, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	of := func(other records.Request) bool { return other.Of(q.Stream, q.MediaSession) }
	if q.Once && slices.ContainsFunc(r.running, of) {
		return nil, fault.New(fault.NameInUse, "", "it is being recorded already")
	}
	if r.err == nil {
		r.running = append(r.running, q)
	}
	return nil, r.err
}

func (r *tapes) Stop(_ context.Context, is func(string, records.Request) bool) ([]shelf.Recording, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := len(r.running)
	r.running = slices.DeleteFunc(r.running, func(q records.Request) bool { return is("", q) })
	if len(r.running) == n {
		return nil, fault.New(fault.ResourceNotFound, "", "nothing like that is being recorded")
	}
	return nil, nil
}

func (r *tapes) Running() []records.Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.running)
}

// TestRecording: what is published is recorded once, whatever its door; players, and what is not there, are not found.
func TestRecording(t *testing.T) {
	h := open(t)
	h.page("p1", "cam", true)
	h.page("p2", "cam", false)
	h.client("rtmp-1", "rtmp", "studio/cam", api.Publishes)
	h.client("rtmp-2", "rtmp", "auto", api.Publishes)
	h.client("rtmp-3", "rtmp", "auto", api.Plays)
	h.tapes.running = []records.Request{{About: shelf.About{Stream: "auto"}}} // by itself
	if status, text := h.ask("/rest-api/stream/find", `{"record":"true"}`); status != 200 ||
		!strings.Contains(text, `"mediaSessionId":"rtmp-2"`) || strings.Contains(text, "rtmp-3") {
		t.Errorf("%d %s", status, text)
	}
	for _, row := range []struct {
		path, body string
		status     int
		want       string
	}{
		{"start", `{"mediaSessionId":"p1"}`, 200, `{"mediaSessionId":"p1","streamName":"cam","record":true}`},
		{"start", `{"mediaSessionId":"p1"}`, 409, "recorded already"},
		{"start", `{"mediaSessionId":"rtmp-1"}`, 200, `"streamName":"studio/cam"`},
		{"start", `{"mediaSessionId":"p2"}`, 404, "stream_not_found"},
		{"start", `{"mediaSessionId":"nobody"}`, 404, "stream_not_found"},
		{"start", `{}`, 400, "mediaSessionId"},
		{"stop", `{"mediaSessionId":"nobody"}`, 404, "stream_not_found"},
		{"stop", `{"mediaSessionId":"p1"}`, 200, ""},
		{"stop", `{"mediaSessionId":"p1"}`, 404, "nothing like that"},
		{"start", `{"mediaSessionId":"rtmp-2"}`, 409, "recorded already"},
		{"stop", `{"mediaSessionId":"rtmp-2"}`, 200, ""},
		{"stop", `{"mediaSessionId":"rtmp-2"}`, 404, "nothing like that"},
	} {
		status, text := h.ask("/rest-api/stream/"+row.path+"Recording", row.body)
		if status != row.status || !strings.Contains(text, row.want) || row.want == "" && text != "" {
			t.Errorf("%s %s: %d %s", row.path, row.body, status, text)
		}
	}
	if q := h.tapes.Running(); len(q) != 1 || q[0].Stream != "studio/cam" || q[0].MediaSession != "rtmp-1" {
		t.Errorf("%+v", q)
	}
	if status, text := h.ask("/rest-api/stream/find", `{"record":"true"}`); status != 200 || !strings.Contains(text, `"mediaSessionId":"rtmp-1"`) {
		t.Errorf("%d %s", status, text)
	}
	h.tapes.err = fault.New(fault.Overloaded, "", "too many")
	if status, _ := h.ask("/rest-api/stream/startRecording", `{"mediaSessionId":"p1"}`); status != 503 {
		t.Error(status)
	}
}

func TestSnapshots(t *testing.T) {
	h := open(t)
	h.page("p1", "cam", true)
	for body, want := range map[string]string{
		`{"streamName":"cam"}`: `200 {"data":"UE5HIG9mIGNhbQ=="}`, `{"name":"cam"}`: `200 {"data":`, `{"mediaSessionId":"p1"}`: `200 {"data":`,
		`{"mediaSessionId":"p9"}`: "404 ", `{}`: "400 ", `{"streamName":"blind"}`: "500 ", `{"streamName":{}}`: "400 ",
	} {
		if status, text := h.ask("/rest-api/stream/snapshot", body); !strings.HasPrefix(text, want[4:]) && want[4:] != "" || status != int(want[0]-'0')*100+int(want[2]-'0') {
			t.Errorf("%s: %d %s", body, status, text)
		}
	}
}

// ask calls a path with JSON as it is.
func (h *house) ask(path, body string) (status int, text string) {
	w := h.Caller.Call(path, json.RawMessage(body))
	return w.Code, w.Body.String()
}
