package pull_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"sluice/api/rest/client/clienttest"
	"sluice/api/rest/wcs/pull"
	"sluice/api/rest/wcs/wcstest"
	"sluice/engine/enginetest"
	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/plan"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// J is JSON.
type J = map[string]any

// relay stands for the graphs that fetch: its stream is another one of this server, and ends with that.
const relay = `graph: v1
about: Relays cam.
params:
  url: {type: uri, example: "rtsp://example.org/cam"}
  name: {type: string, default: $url}
route:
  - rest.start
nodes:
  in: stream.in name=cam
  out: stream.out name=$name
links:
  - in -> out
`

// relayServer stands for the graphs that exchange streams with servers of WCS.
const relayServer = `graph: v1
about: Relays cam.
params:
  url: {type: uri, example: "ws://example.org"}
  name: {type: string, default: cam}
  there: {type: string, default: $url}
  session: {type: string, default: ""}
route:
  - rest.start
nodes:
  in: stream.in name=cam
  out: stream.out name=$name
  all: stream.out name=$(there)-$(session)
links:
  - in -> out
  - in -> all
`

// house is a server's agents.
type house struct {
	*clienttest.Server
	*wcstest.Caller
	clock *enginetest.Clock
	all   *pull.Agents
}

// forbidden is the address that the check of plans refuses.
const forbidden = "rtsp://192.0.2.1/cam"

func open(t *testing.T) *house {
	t.Helper()
	h := &house{
		Server: clienttest.Open(t, clienttest.Options{Graphs: map[string]string{
			"wcs/rtsp": relay, "wcs/rtmp": relay, "wcs/server_pull": relayServer, "wcs/server_push": strings.NewReplacer("name=$name", "name=$there", "$(there)", "$(name)").Replace(relayServer),
		}}),
		clock: enginetest.NewClock(),
	}
	const most = 3
	h.all = pull.New(pull.Options{Engine: h.Engine, Clock: h.clock, Pipelines: most, Check: func(p *plan.Plan) error {
		for _, n := range p.Nodes {
			for _, s := range n.Settings {
				if s.Text == forbidden {
					return fault.New(fault.Forbidden, "", "not there")
				}
			}
		}
		return nil
	}})
	t.Cleanup(h.all.Close)
	h.Caller = wcstest.New(t, pull.Routes(h.all))
	return h
}

// is waits until an agent has a status.
func (h *house) is(path, uri, status string) J {
	h.Helper()
	const patience = 30 * time.Second
	ctx, cancel := context.WithTimeout(h.Context(), patience)
	defer cancel()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		if found := h.List("/rest-api"+path+"/find", J{"uri": uri, "status": status}); len(found) == 1 {
			return found[0]
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			h.Fatalf("%s is not %s: %v", uri, status, h.List("/rest-api"+path+"/find_all", nil))
		}
	}
}

func TestStreamsAreFetched(t *testing.T) {
	h := open(t)
	cam := h.Publish("cam", media.Opus, media.VP8)
	const uri = "rtsp://example.org/cam"
	h.Good("/rest-api/rtsp/startup", J{"uri": uri})
	got := h.is("/rtsp", uri, "PROCESSED_REMOTE")
	if got["localStreamName"] != uri || got["hasVideo"] != true || got["hasAudio"] != true || got["createDate"] != float64(h.clock.Now().UnixMilli()) {
		t.Errorf("%v", got)
	}
	if !h.Engine.Streams().Has(uri) {
		t.Error("its stream is not called as its address")
	}
	h.Refused("/rest-api/rtsp/startup", J{"uri": uri}, http.StatusConflict, "fetched already")
	h.Refused("/rest-api/rtsp/startup", J{"uri": uri + "2", "localStreamName": "cam"}, http.StatusConflict, "somebody publishes")
	h.Refused("/rest-api/pull/rtmp/terminate", J{"uri": uri}, http.StatusNotFound, "nothing is fetched")
	if list := h.List("/rest-api/pull/rtmp/find_all", nil); list != nil {
		t.Errorf("of the other kind: %v", list)
	}
	h.Good("/rest-api/rtsp/terminate", J{"uri": uri})
	h.is("/rtsp", uri, "STOPPED")
	if h.Engine.Streams().Has(uri) {
		t.Error("its stream goes on")
	}
	h.Refused("/rest-api/rtsp/terminate", J{"uri": uri}, http.StatusNotFound, "nothing is fetched")

	// It may begin again, and what has ended is forgotten.
	h.Good("/rest-api/rtsp/startup", J{"uri": uri, "localStreamName": "copy"})
	h.is("/rtsp", uri, "PROCESSED_REMOTE")
	cam.Close(nil)
	h.is("/rtsp", uri, "STOPPED")
	h.clock.Advance(2 * time.Minute)
	if list := h.List("/rest-api/rtsp/find_all", nil); list != nil {
		t.Errorf("two minutes later: %v", list)
	}
}

// TestFetchedStreams: others who list streams know those of agents by their sessions, and can end them.
func TestFetchedStreams(t *testing.T) {
	h := open(t)
	h.Publish("cam", media.Opus)
	for path, uri := range map[string]string{"/rtsp/startup": "rtsp://example.org/cam", "/pull/rtmp/pull": "rtmp://example.org/live/cam"} {
		h.Good("/rest-api"+path, J{"uri": uri})
	}
	all := h.all.Fetched()
	if len(all) != 2 || all[0].Provider != "RTSP" || all[1].Provider != "RTMP" || all[1].Name != "rtmp://example.org/live/cam" {
		t.Fatalf("%v", all)
	}
	if got := h.List("/rest-api/rtsp/find", J{"localMediaSessionId": all[0].Session}); len(got) != 1 || got[0]["localStreamName"] != all[0].Name {
		t.Errorf("%v", got)
	}
	if err := all[0].End(t.Context()); err != nil {
		t.Error(err)
	}
	if left := h.all.Fetched(); len(left) != 1 || left[0].Session != all[1].Session {
		t.Errorf("%v", left)
	}
	h.is("/rtsp", "rtsp://example.org/cam", "STOPPED")
}

func TestWhatCannotBeFetched(t *testing.T) {
	h := open(t)
	for _, name := range []string{"uri", "status", "localStreamName", "localMediaSessionId"} {
		h.Refused("/rest-api/rtsp/find", J{name: []int{1}}, http.StatusBadRequest, "not text") // although there is none
	}
	for uri, words := range map[string]string{"": "missing", "cam": "no address", "rtmp://example.org/x": "no address", "rtsp:///cam": "no address"} {
		h.Refused("/rest-api/rtsp/startup", J{"uri": uri}, http.StatusBadRequest, words)
	}
	h.Refused("/rest-api/rtsp/startup", J{"uri": "rtsp://example.org/x", "localStreamName": "a/../b"}, http.StatusBadRequest, "segment")
	h.Refused("/rest-api/rtsp/startup", J{"uri": forbidden}, http.StatusForbidden, "not there")
	if list := h.List("/rest-api/rtsp/find_all", nil); list != nil {
		t.Errorf("what was refused is listed: %v", list)
	}
	const gone = "rtmp://example.org/live/x" // nobody publishes cam
	h.Good("/rest-api/pull/rtmp/pull", J{"uri": gone, "localStreamName": "copy"})
	if got := h.is("/pull/rtmp", gone, "FAILED"); got["info"] == nil {
		t.Errorf("%v", got)
	}
	h.Refused("/rest-api/pull/pull", J{"uri": "ws://example.org:8080"}, http.StatusBadRequest, "localStreamName")
	h.Refused("/rest-api/pull/pull", J{"uri": "http://example.org:8080", "localStreamName": "a"}, http.StatusBadRequest, "no address")
	h.Refused("/rest-api/pull/push", J{"localStreamName": "a"}, http.StatusBadRequest, "missing")
	h.Refused("/rest-api/pull/push", J{"uri": "ws://example.org:8080", "localStreamName": "a"}, http.StatusNotFound, "nobody publishes")
	h.Refused("/rest-api/pull/find_all", J{}, http.StatusNotFound, "no such stream")
	h.Refused("/rest-api/pull/terminate", J{}, http.StatusBadRequest, "missing")
	h.Refused("/rest-api/pull/terminate", J{"localStreamName": "a"}, http.StatusNotFound, "no such stream")
}

// TestServersExchange: streams of other servers of WCS are played, and ours published there.
func TestServersExchange(t *testing.T) {
	h := open(t)
	h.Publish("cam", media.Opus, media.VP8)
	const uri, whole = "ws://example.org:8080", "ws://example.org:8080/websocket"
	h.Good("/rest-api/pull/pull", J{"uri": uri, "localStreamName": "copy", "remoteStreamName": "theirs"})
	got := h.is("/pull", uri, "PROCESSED_REMOTE")
	if got["localStreamName"] != "copy" || got["remoteStreamName"] != "theirs" || got["uri"] != whole || got["hasVideo"] != true ||
		got["remoteMediaSessionId"] == nil || got["localMediaSessionId"] == got["remoteMediaSessionId"] {
		t.Errorf("%v", got)
	}
	if all := h.all.Fetched(); len(all) != 1 || all[0].Provider != "WebRTC" {
		t.Errorf("%v", all)
	}
	h.Refused("/rest-api/pull/pull", J{"uri": whole, "localStreamName": "other", "remoteStreamName": "theirs"}, http.StatusConflict, "fetched already")
	h.Refused("/rest-api/pull/pull", J{"uri": uri, "remoteStreamName": "cam"}, http.StatusConflict, "somebody publishes")
	h.Good("/rest-api/pull/push", J{"uri": uri, "localStreamName": "copy", "remoteStreamName": "ours"})
	h.is("/pull", uri, "PROCESSED_LOCAL")
	h.Refused("/rest-api/pull/push", J{"uri": uri, "localStreamName": "cam", "remoteStreamName": "ours"}, http.StatusConflict, "published there already")
	if list := h.List("/rest-api/pull/find_all", nil); len(list) != 2 {
		t.Errorf("%v", list)
	}
	h.Good("/rest-api/pull/terminate", J{"localStreamName": "copy", "remoteStreamName": "ours"})
	h.is("/pull", uri, "STOPPED")
	if !h.Engine.Streams().Has("copy") {
		t.Error("the stream that was pulled has ended with the push")
	}
	h.Good("/rest-api/pull/terminate", J{"uri": uri})
	if h.Engine.Streams().Has("copy") {
		t.Error("its stream goes on")
	}
}

// TestNoMoreThanMayBe: callers cannot have the server run any number of pipelines.
func TestNoMoreThanMayBe(t *testing.T) {
	h := open(t)
	h.Publish("cam", media.Opus)
	for _, name := range []string{"a", "b", "c"} {
		h.Good("/rest-api/rtsp/startup", J{"uri": "rtsp://example.org/" + name, "localStreamName": name})
		h.is("/rtsp", "rtsp://example.org/"+name, "PROCESSED_REMOTE")
	}
	h.Refused("/rest-api/rtsp/startup", J{"uri": "rtsp://example.org/d"}, http.StatusServiceUnavailable, "pipelines")
}
