package statistics_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"sluice/api"
	"sluice/api/rest/client/clienttest"
	"sluice/api/rest/wcs/statistics"
	"sluice/api/rest/wcs/wcstest"
	"sluice/api/websocket/wire"
	"sluice/engine/enginetest"
	"sluice/engine/media"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// machine is one whose process is busy half the time of one processor.
type machine struct {
	clock *enginetest.Clock
	begun time.Time
}

func (machine) Memory() (total, free int) { return 4000, 1000 }
func (machine) Load() float64             { return 0.5 }
func (m machine) Busy() time.Duration     { return m.clock.Now().Sub(m.begun) / 2 }
func (machine) Files() int                { return 12 }

// house is a server's statistics.
type house struct {
	*clienttest.Server
	*wcstest.Caller
	clock *enginetest.Clock
	pages []wire.Listed
}

func open(t *testing.T) *house {
	t.Helper()
	h := &house{Server: clienttest.Open(t, clienttest.Options{}), clock: enginetest.NewClock()}
	some := func(n int) func() int { return func() int { return n } }
	h.Caller = wcstest.New(t, statistics.Routes(statistics.New(statistics.Sources{
		Engine: h.Engine, Present: h.Present, Pages: func() []wire.Listed { return h.pages },
		Sockets: some(3), Peers: some(4), MaxPeers: 10, Requests: some(1), MaxRequests: 100, Workers: some(2),
		Calls: func() statistics.Calls {
			return statistics.Calls{In: 1, Out: 2, Established: 2, InTotal: 8, OutTotal: 9, Lines: 5, Registered: 4}
		},
		Machine: machine{h.clock, h.clock.Now()}, Now: h.clock.Now,
	})))
	return h
}

// get asks for statistics.
func (h *house) get(query string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.Handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/?action=stat"+query, nil))
	return w
}

// poll reads a text as the SDK does (rest-module.js of 2.0.276): lines that begin with "-" are headers, whose first word counts.
func poll(t *testing.T, text string) map[string]map[string]string {
	t.Helper()
	out := map[string]map[string]string{}
	section := "unknown"
	for line := range strings.SplitSeq(text, "\n") {
		if strings.HasPrefix(line, "-") {
			section, _, _ = strings.Cut(strings.TrimLeft(line, "-"), " ")
			section = strings.ToLower(section)
			out[section] = map[string]string{}
			continue
		}
		key, v, ok := strings.Cut(line, "=")
		if out[section] == nil || !ok || strings.Contains(v, "=") {
			t.Fatalf("the SDK throws at %q", line)
		}
		out[section][key] = v
	}
	return out
}

// busy has somebody of each kind there.
func (h *house) busy() {
	h.Publish("live/cam", media.VP8, media.Opus)
	h.Publish("odd=;%name", media.Opus)
	for _, one := range []struct {
		name, provider string
		status         wire.Status
	}{
		{"live/cam", "WebRTC", wire.Publishing}, {"live/cam", "WebRTC", wire.Playing}, {"live/cam", "MSE", wire.Playing},
		{"live/cam", "WSPlayer", wire.Playing}, {"live/cam", "Flash", wire.Playing}, {"coming", "WebRTC", wire.Pending},
	} {
		h.pages = append(h.pages, wire.Listed{
			StreamStatus: wire.StreamStatus{Name: one.name, MediaProvider: one.provider, Status: one.status},
		})
	}
	for _, one := range []struct {
		protocol, stream string
		direction        api.Direction
	}{
		{"rtmp", "a", api.Publishes}, {"rtmp", "odd=;%name", api.Plays}, {"rtsp", "b", api.Publishes}, {"rtsp", "a", api.Plays},
		{"srt", "c", api.Publishes}, {"whip", "d", api.Publishes}, {"whep", "d", api.Plays}, {"hls", "a", api.Plays},
		{"rtsp", "rtsp://me:mypassword@camera.example/1", api.Plays}, // of whose name nobody is told
		{"websocket", "live/cam", api.Publishes},                     // which the list of pages has, too
	} {
		h.Present.Enter(api.Session{Protocol: one.protocol, Stream: one.stream, Direction: one.direction}, func() {})
	}
}

func TestText(t *testing.T) {
	h := open(t)
	h.busy()
	h.clock.Advance(10 * time.Second)
	a := h.get("&preventCache=Mon%20Nov")
	if !strings.HasPrefix(a.Body.String(), "-----Connection Stats-----\nconnections=") || !strings.HasPrefix(a.Header().Get("Content-Type"), "text/plain") ||
		a.Header().Get("Access-Control-Allow-Origin") != "*" {
		t.Fatal(a.Header(), a.Body)
	}
	got := poll(t, a.Body.String())
	for section, want := range map[string]map[string]string{
		"connection": {
			"connections": "12", "connections_rtmfp": "0", "connections_websocket": "3", "connections_hls": "1", "connections_rtmp": "2",
			"connections_rtsp": "3", "connections_srt": "1", "connections_whip": "1", "connections_whep": "1",
			"connections_sip": "5",
		},
		"call": {
			"calls_in": "1", "calls_out": "2", "calls_established": "2", "calls_in_total": "8", "calls_out_total": "9", "sip_lines_registered": "4",
		},
		"port": {"ports_media_free": "6", "ports_media_busy": "4", "ports_rest_api_leased": "1", "ports_rest_api_available": "99"},
		"stream": {
			"streams_rtmfp_in": "0", "streams_rtmfp_out": "0", "streams_rtmp_in": "1", "streams_rtmp_out": "2", "streams_rtsp_in": "1",
			"streams_rtsp_out": "2", "streams_webrtc_in": "2", "streams_webrtc_out": "2", "streams_websocket_out": "2", "streams_hls": "1",
			"streams_viewers": "a/2;d/1;live/cam/4;odd%3D%3B%25name/1", "streams_synchronization": "", "streams_published": "2",
		},
		"system": {"system_memory_total": "4000", "system_memory_free": "1000", "system_load_average": "0.5"},
		"core":   {"core_java_openFileDescriptorCount": "12", "core_java_uptime": "10000", "core_java_freePhysicalMemorySize": "1000"},
		"native": {"native_resources.workers": "2"}, "transcoding": {"transcoding_video": "0"},
	} {
		for key, v := range want {
			if has, ok := got[section][key]; !ok || has != v {
				t.Errorf("%s of %s is %q, want %q", key, section, has, v)
			}
		}
	}
	// The keys that the SDK's page "console" reads besides.
	for _, key := range []string{"core_threads", "core_java_threads", "core_java_threads_blocked", "core_java_committedMemory"} {
		if v := got["core"][key]; v == "" || key != "core_java_threads_blocked" && v == "0" {
			t.Errorf("%s is %q", key, v)
		}
	}
	if v := got["system"]["system_java_cpu_usage"]; v == "" || v == "0" || len(v) > 5 {
		t.Errorf("the processors' use is %q", v)
	}
}

func TestJSON(t *testing.T) {
	h := open(t)
	h.busy()
	read := func(query string) map[string]map[string]any {
		a := h.get(query)
		var out map[string]map[string]any
		if err := json.Unmarshal(a.Body.Bytes(), &out); err != nil || a.Code != http.StatusOK {
			t.Fatal(a.Code, a.Body, err)
		}
		return out
	}
	all := read("&format=json")
	want := []string{
		"call_stats", "connections_stats", "core_stats", "native_resources", "port_stats", "streams_stats", "system_stats", "transcoding_stats",
	}
	if got := slices.Sorted(maps.Keys(all)); !slices.Equal(got, want) {
		t.Error(got)
	}
	if all["connections_stats"]["connections_websocket"] != 3.0 {
		t.Error(all["connections_stats"])
	}
	some := read("&format=json&groups=transcoding_stats,port_stats")
	if len(some) != 2 || some["port_stats"]["ports_media_busy"] != 4.0 {
		t.Error(some)
	}
	// What the SDK's page "console" looks for.
	text, err := json.Marshal(some["transcoding_stats"]["transcoding_video_full_info"])
	if err != nil {
		t.Fatal(err)
	}
	var full map[string]struct {
		Distributors map[string]struct {
			Codec, Resolution    string
			QueueSize            *int
			VideoGroupsSendStats map[string]any
		}
	}
	if err := json.Unmarshal(text, &full); err != nil {
		t.Fatal(err)
	}
	d, there := full["live/cam"].Distributors["video-0"]
	if _, other := full["odd=;%name"]; !there || !other || d.Codec != "VP8" || d.Resolution != "0x0" || d.QueueSize == nil || d.VideoGroupsSendStats == nil {
		t.Errorf("%s", text)
	}
}

func TestPrometheus(t *testing.T) {
	h := open(t)
	h.busy()
	a := h.get("&format=prometheus")
	if kind := a.Header().Get("Content-Type"); !strings.HasPrefix(kind, "text/plain; version=0.0.4") {
		t.Error(kind)
	}
	text := a.Body.String()
	for _, line := range []string{
		`connections_stats{param="connections_websocket"} 3` + "\n", `streams_stats{param="streams_rtmp_in"} 1` + "\n", "# TYPE core_stats gauge\n",
	} {
		if !strings.Contains(text, line) {
			t.Errorf("without %q:\n%s", line, text)
		}
	}
	if strings.Contains(text, "streams_viewers") {
		t.Error("a text is no number")
	}
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	if err != nil || len(problems) > 0 {
		t.Error(problems, err)
	}
	if some := h.get("&format=prometheus&groups=port_stats").Body.String(); strings.Count(some, "# TYPE") != 1 {
		t.Error(some)
	}
}

func TestWhatIsAskedWrongly(t *testing.T) {
	h := open(t)
	for query, words := range map[string]string{"&format=xml": "no format", "&groups=port_stats,nothing": "no group"} {
		if a := h.get(query); a.Code != http.StatusBadRequest || !strings.Contains(a.Body.String(), words) {
			t.Error(query, a.Code, a.Body)
		}
	}
	for query, want := range map[string]bool{
		"action=stat": true, "action=stat&preventCache=1": true, "a=b&action=stat": true, "": false, "action=statx": false, "xaction=stat": false,
	} {
		if statistics.Wanted(query) != want {
			t.Error(query)
		}
	}
}

// TestUsage: how busy the process is, of the time since somebody asked last, not of all.
func TestUsage(t *testing.T) {
	h := open(t)
	ask := func() string {
		return poll(t, h.get("&groups=system_stats").Body.String())["system"]["system_java_cpu_usage"]
	}
	if v := ask(); v != "0" {
		t.Error(v, "before anything is known")
	}
	h.clock.Advance(2 * time.Second)
	first := ask()
	h.clock.Advance(time.Millisecond)
	if again := ask(); first == "0" || again != first {
		t.Error(first, again)
	}
}
