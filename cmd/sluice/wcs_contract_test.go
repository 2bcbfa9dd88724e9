package main

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"sluice/api/rest/wcs/call"
)

// wcsCall is a path of the REST API of WCS, and what it answers in a server where there is nothing: to a request that says nothing, by
// GET and by POST, to one for what nobody knows, and to one whose members have types that they cannot have. 0 is a request that is
// not made. Void and lists answer 200.
type wcsCall struct {
	path    string
	empty   int
	about   J // what nobody knows
	unknown int
	odd     J // of the wrong types
	wrong   int
}

// wcsCalls are all paths of the reference (wcs-protocol.md 10), but those that are not served yet: a path that comes is added here.
func wcsCalls() []wcsCall {
	const (
		void, bad, none, absent = http.StatusOK, http.StatusBadRequest, http.StatusNotFound, http.StatusNotImplemented
		stream                  = "remoteStreamName"
	)
	page, session := J{"offset": "x"}, J{"sessionId": []int{1}}
	in := func(kind string, more ...any) J { // of a mixer or a transcoder that is not there
		out := J{"uri": kind + "://nobodys"}
		for i := 0; i < len(more); i += 2 {
			name, _ := more[i].(string)
			out[name] = more[i+1]
		}
		return out
	}
	uri, id := J{"uri": []int{1}}, J{"callId": J{}}
	return []wcsCall{
		{"/rest-api/stream/find", none, J{"name": "nobodys", "published": true, "display": []string{"metrics"}}, none, J{"published": "maybe"}, bad},
		{"/rest-api/stream/find_all", none, J{"offset": 0, "size": 10}, none, page, bad},
		{"/rest-api/stream/terminate", bad, J{"mediaSessionId": "nobodys"}, none, J{"mediaSessionId": J{}}, bad},
		{"/rest-api/stream/startRecording", bad, J{"mediaSessionId": "nobodys"}, none, J{"mediaSessionId": J{}}, bad},
		{"/rest-api/stream/stopRecording", bad, J{"mediaSessionId": "nobodys"}, none, J{"mediaSessionId": J{}}, bad},
		{"/rest-api/stream/snapshot", bad, J{"streamName": "nobodys"}, none, J{"streamName": J{}}, bad},
		{"/rest-api/stream/republish", bad, J{"streamName": "nobodys", "rtmpUrl": "rtmp://127.0.0.1:9/live"}, none, J{"streamName": J{}}, bad},
		{"/rest-api/connection/find", none, J{"clientVersion": "nobodys"}, none, J{"clientVersion": J{}}, bad},
		{"/rest-api/connection/find_all", none, J{"offset": 0, "size": 10}, none, page, bad},
		{"/rest-api/connection/terminate", bad, J{"sessionId": "nobodys"}, none, session, bad},
		{"/rest-api/connection/set_log_level", bad, J{"sessionId": "nobodys", "logLevel": "DEBUG"}, none, J{"sessionId": "x", "logLevel": 7}, bad},

		{"/rest-api/call/startup", bad, J{"callId": "1", "callee": "1000"}, bad, J{"callee": []int{1}}, bad},
		{"/rest-api/call/find", none, J{"callId": "nobodys"}, none, page, bad},
		{"/rest-api/call/find_all", none, J{"offset": 0, "size": 10}, none, page, bad},
		{"/rest-api/call/terminate", bad, J{"callId": "nobodys"}, none, id, bad},
		{"/rest-api/call/send_dtmf", bad, J{"callId": "nobodys", "dtmf": "1", "type": "RFC2833"}, none, id, bad},
		{"/rest-api/call/inject_sound", bad, J{"callId": "nobodys", "fileName": "a.wav"}, none, id, bad},
		{"/rest-api/call/inject_stream", bad, J{"callId": "nobodys", "streamName": "a"}, none, id, bad},
		{"/rest-api/call/inject_stream/startup", bad, J{"callId": "nobodys", "streamName": "a"}, none, id, bad},
		{"/rest-api/call/inject_stream/terminate", bad, J{"callId": "nobodys"}, none, id, bad},
		{"/RESTCall/call", bad, J{"callId": "1", "callee": "1000"}, bad, J{"callee": []int{1}}, bad},
		{"/RESTCall/getStatus", bad, J{"callId": "nobodys"}, none, id, bad},
		{"/RESTCall/sendDTMF", bad, J{"callId": "nobodys", "dtmf": "1"}, none, id, bad},
		{"/RESTCall/hangup", bad, J{"callId": "nobodys"}, none, id, bad},
		{"/RESTCall/getCalls", void, nil, 0, nil, 0},

		{"/rest-api/push/startup", bad, J{"streamName": "nobodys", "rtmpUrl": "rtmp://127.0.0.1:9/live"}, none, J{"streamName": J{}}, bad},
		{"/rest-api/push/find", none, J{"streamName": "nobodys", "rtmpUrl": "rtmp://127.0.0.1:9/live"}, none, page, bad},
		{"/rest-api/push/find_all", none, J{"offset": 0, "size": 10}, none, page, bad},
		{"/rest-api/push/terminate", bad, J{"mediaSessionId": "nobodys"}, none, J{"mediaSessionId": J{}}, bad},
		{"/rest-api/push/mute", bad, J{"mediaSessionId": "nobodys"}, none, J{"mediaSessionId": J{}}, bad},
		{"/rest-api/push/unmute", bad, J{"mediaSessionId": "nobodys"}, none, J{"mediaSessionId": J{}}, bad},
		{"/rest-api/push/sound_on", bad, J{"mediaSessionId": "nobodys", "soundFile": "nobodys.wav", "loop": false}, bad, J{"mediaSessionId": J{}}, bad},
		{"/rest-api/push/sound_off", bad, J{"mediaSessionId": "nobodys"}, none, J{"mediaSessionId": J{}}, bad},

		{"/rest-api/pull/pull", bad, J{"uri": "nobodys", "localStreamName": "a", "remoteStreamName": "b"}, bad, uri, bad},
		{"/rest-api/pull/push", bad, J{"uri": "ws://127.0.0.1:9", "localStreamName": "nobodys", "remoteStreamName": "b"}, none, uri, bad},
		{"/rest-api/pull/terminate", bad, J{"localStreamName": "nobodys", "remoteStreamName": "b"}, none, uri, bad},
		{"/rest-api/pull/find", none, J{"uri": "ws://nobodys", "status": "NEW"}, none, page, bad},
		{"/rest-api/pull/find_all", none, J{"offset": 0, "size": 10}, none, page, bad},
		{"/rest-api/pull/rtmp/pull", bad, J{"uri": "nobodys"}, bad, uri, bad},
		{"/rest-api/pull/rtmp/find", none, J{"uri": "rtmp://nobodys/live/x", "status": "NEW"}, none, page, bad},
		{"/rest-api/pull/rtmp/find_all", none, J{"offset": 0, "size": 10}, none, page, bad},
		{"/rest-api/pull/rtmp/terminate", bad, J{"uri": "rtmp://nobodys/live/x"}, none, uri, bad},
		{"/rest-api/rtsp/startup", bad, J{"uri": "nobodys"}, bad, uri, bad},
		{"/rest-api/rtsp/find", none, J{"uri": "rtsp://nobodys/x", "status": "NEW"}, none, page, bad},
		{"/rest-api/rtsp/find_all", none, J{"offset": 0, "size": 10}, none, page, bad},
		{"/rest-api/rtsp/terminate", bad, J{"uri": "rtsp://nobodys/x"}, none, uri, bad},

		{"/rest-api/hls/startup", bad, J{"name": "nobodys"}, none, J{"name": J{}}, bad},
		{"/rest-api/hls/find_all", none, J{"offset": 0, "size": 10}, none, page, bad},
		{"/rest-api/hls/terminate", bad, J{"name": "nobodys"}, none, J{"name": J{}}, bad},
		{"/rest-api/hls/profiles", bad, J{"hlsId": "nobodys", "profileName": "720p"}, none, J{"hlsId": J{}}, bad},

		{"/rest-api/mixer/startup", bad, J{"uri": "nobodys"}, bad, uri, bad},
		{"/rest-api/mixer/add", bad, in("mixer", stream, "a"), none, uri, bad},
		{"/rest-api/mixer/remove", bad, in("mixer", stream, "a"), none, uri, bad},
		{"/rest-api/mixer/find_all", none, J{"offset": 0, "size": 10}, none, page, bad},
		{"/rest-api/mixer/terminate", bad, in("mixer"), none, uri, bad},
		{"/rest-api/mixer/setAudioVideo", bad, in("mixer", "streams", "a", "audioLevel", 10), none, in("mixer", "streams", "a", "audioLevel", "loud"), bad},
		{"/rest-api/mixer/set_parameter", bad, in("mixer", "mixerLayoutClass", "grid"), none, uri, bad},
		{"/rest-api/mixer/set_body_watermark", bad, in("mixer", "watermark", ""), none, uri, bad},
		{"/rest-api/mixer/set_stream_watermark", bad, in("mixer", stream, "a", "watermark", ""), none, uri, bad},
		{"/rest-api/mixer/set_stream_label", bad, in("mixer", stream, "a", "streamLabel", "b"), none, uri, bad},
		{"/rest-api/mixer/set_stream_avatar", bad, in("mixer", stream, "a", "avatar", "nobodys.png"), bad, uri, bad},
		{"/rest-api/mixer/remove_stream_avatar", bad, in("mixer", stream, "a"), none, uri, bad},

		{"/rest-api/transcoder/startup", bad, in("transcoder", stream, "nobodys", "localStreamName", "b"), none, uri, bad},
		{"/rest-api/transcoder/find", none, in("transcoder"), none, page, bad},
		{"/rest-api/transcoder/find_all", none, J{"offset": 0, "size": 10}, none, page, bad},
		{"/rest-api/transcoder/terminate", bad, in("transcoder"), none, uri, bad},
		{"/rest-api/transcoder/set_watermark", bad, in("transcoder", "watermark", ""), none, uri, bad},
		{"/rest-api/transcoder2/startup", bad, in("transcoder2", stream, "nobodys", "localStreamName", "b"), none, uri, bad},

		{"/rest-api/data/send", bad, J{"sessionId": "nobodys", "operationId": "1", "payload": J{"a": 1}}, none, session, bad},
		{"/rest-api/api/create-session", bad, J{"urlServer": "ws://127.0.0.1:8080", "sipLogin": "1"}, bad, J{"sipLogin": []int{1}}, bad},
		{"/rest-api/api/find_all", none, J{"offset": 0, "size": 10}, none, page, bad},
		{"/rest-api/api/terminate", bad, J{"sipLogin": "nobodys"}, none, J{"sipLogin": J{}}, bad},
		{"/rest-api/api/call", bad, J{"wcsCallAgentId": "nobodys", "callee": "1"}, none, J{"wcsCallAgentId": J{}}, bad},
		{"/rest-api/api/hangup", bad, J{"wcsCallAgentId": "nobodys"}, none, J{"wcsCallAgentId": J{}}, bad},
		{"/rest-api/cdn/show_routes", absent, nil, 0, nil, 0},
		{"/rest-api/cdn/show_nodes", absent, nil, 0, nil, 0},
	}
}

// TestWCSContract asks a server that runs for all that WCS answers, and holds the answers against its reference: their status, the shape
// of errors, and what lets pages of other origins read them.
func TestWCSContract(t *testing.T) {
	s := serveREST(t, t.TempDir(), "SLUICE_RECORDS_FOLDER="+t.TempDir(), "SLUICE_HLS_LISTEN=127.0.0.1:0", "SLUICE_HLS_TLS_LISTEN=")
	for _, c := range wcsCalls() {
		s.wcs(http.MethodOptions, c.path, "", http.StatusNoContent)
		s.wcs(http.MethodGet, c.path, "", c.empty)
		s.wcs(http.MethodPost, c.path, "{}", c.empty)
		s.wcs(http.MethodPost, c.path, written(t, c.about), c.unknown)
		s.wcs(http.MethodPost, c.path, written(t, c.odd), c.wrong)
		for _, body := range []string{"[]", `"x"`, "{", "\xff"} {
			s.wcs(http.MethodPost, c.path, body, http.StatusBadRequest)
		}
		s.wcs(http.MethodDelete, c.path, "", http.StatusMethodNotAllowed)
	}
	s.wcs(http.MethodPost, "/rest-api/nothing/find_all", "{}", http.StatusNotFound)
}

func written(t *testing.T, body J) string {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// wcs makes a request as the SDK does, and looks at the answer's status and shape.
func (s *restServer) wcs(method, path, body string, want int) string {
	s.t.Helper()
	if want == 0 {
		return ""
	}
	q, err := http.NewRequestWithContext(s.t.Context(), method, s.Base+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	q.Header.Set("Content-Type", "application/json;charset=UTF-8")
	a, err := s.HTTP.Do(q)
	if err != nil {
		s.t.Fatal(err)
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	if a.StatusCode != want || a.Header.Get("Access-Control-Allow-Origin") != "*" {
		s.t.Errorf("%s %s %s: %d %s, want %d", method, path, body, a.StatusCode, text, want)
		return string(text)
	}
	switch {
	case want == http.StatusNoContent:
		if !strings.Contains(a.Header.Get("Access-Control-Allow-Headers"), "Content-Type") {
			s.t.Errorf("%s: browsers may not send JSON: %v", path, a.Header)
		}
	case want != http.StatusOK:
		d := json.NewDecoder(strings.NewReader(string(text)))
		d.DisallowUnknownFields()
		var p call.Problem
		if err := d.Decode(&p); err != nil || p.Status != want || p.Path != path || p.Exception == "" || p.Message == "" || p.Reason == "" ||
			p.Error != http.StatusText(want) || p.Timestamp == 0 {
			s.t.Errorf("%s %s %s: %v in %s", method, path, body, err, text)
		}
	}
	return string(text)
}

// TestWCSStreams: what is published and played over WHIP and WHEP is told of with all members that WCS has (3.5), and ended.
func TestWCSStreams(t *testing.T) {
	s := serveREST(t, t.TempDir())
	s.publish("cam")
	s.view("cam")
	var list []J
	if err := json.Unmarshal([]byte(s.wcs(http.MethodGet, "/rest-api/stream/find_all", "", http.StatusOK)), &list); err != nil || len(list) != 2 {
		t.Fatal(err, list)
	}
	want := strings.Fields(`appKey audioBitrate audioCodec audioState bitrate codecImpl createDate cvoExtension fps gop hasAudio hasVideo height history
		maxBitrate mediaProvider mediaSessionId mediaType minBitrate name nodeId published quality record sdp sessionId status transport
		videoCodec videoState width`)
	for _, one := range list {
		if got := slices.Sorted(maps.Keys(one)); !slices.Equal(got, want) {
			t.Errorf("members %v, want %v", got, want)
		}
		if one["name"] != "cam" || one["mediaProvider"] != "WebRTC" {
			t.Error(one)
		}
	}
	find := written(t, J{"name": "cam", "published": true, "display": []string{"metrics"}})
	if err := json.Unmarshal([]byte(s.wcs(http.MethodPost, "/rest-api/stream/find", find, http.StatusOK)), &list); err != nil || len(list) != 1 {
		t.Fatal(err, list)
	}
	if m, _ := list[0]["metrics"].(J); m["VIDEO_RATE"] == nil || m["VIDEO_FPS"] == nil {
		t.Error(list[0]["metrics"])
	}
	if text := s.wcs(http.MethodGet, "/?action=stat", "", http.StatusOK); !strings.Contains(text, "\nstreams_webrtc_in=1\nstreams_webrtc_out=1\n") {
		t.Error(text)
	}
	s.wcs(http.MethodPost, "/rest-api/stream/terminate", written(t, J{"mediaSessionId": list[0]["mediaSessionId"]}), http.StatusOK)
	s.until("the stream's end", func() bool {
		a := s.Call(t, "POST /rest-api/stream/find", find)
		return a.StatusCode == http.StatusNotFound
	})
}

// TestWCSStatisticsOfThePage: the port of pages has the statistics, too, and its own page still.
func TestWCSStatisticsOfThePage(t *testing.T) {
	s := serveREST(t, t.TempDir())
	s.Base = s.page
	if text := s.wcs(http.MethodGet, "/?action=stat&format=json&groups=port_stats", "", http.StatusOK); !strings.Contains(text, "ports_media_free") {
		t.Error(text)
	}
	if a := s.Call(t, "GET /", nil); !strings.Contains(a.Text, "<title>sluice</title>") {
		t.Error(a.Text)
	}
}
