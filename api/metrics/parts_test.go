package metrics

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"sluice/engine/event"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
)

// written are the series that something writes.
func written(t *testing.T, write func(sheet)) map[string]float64 {
	t.Helper()
	reg := prometheus.NewRegistry()
	reg.MustRegister(scribe{write})
	w := httptest.NewRecorder()
	scrapes(reg, slog.New(slog.DiscardHandler)).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, Path, http.NoBody))
	if w.Code != http.StatusOK {
		t.Fatal(w.Body.String())
	}
	values, _ := series(t, w.Body.String())
	return values
}

// scribe is a collector of one function.
type scribe struct{ write func(sheet) }

func (scribe) Describe(chan<- *prometheus.Desc) {}

func (s scribe) Collect(to chan<- prometheus.Metric) { s.write(sheet{describeAll(), to}) }

// TestNamedStreams has streams come, go and come back where two have places.
func TestNamedStreams(t *testing.T) {
	n := newNamed(2)
	total := uint64(0)
	steps := []struct {
		about   string
		more    uint64 // written in all since the last step
		streams []hub.StreamFlow
		want    map[string]float64 // bytes by stream
	}{
		{"two come", 10, []hub.StreamFlow{{Name: "a", Publication: 1, Bytes: 4}, {Name: "b", Publication: 2, Bytes: 6}}, map[string]float64{"a": 0, "b": 0, "": 10}},
		{"they publish", 10, []hub.StreamFlow{{Name: "a", Publication: 1, Bytes: 9}, {Name: "b", Publication: 2, Bytes: 11}}, map[string]float64{"a": 5, "b": 5, "": 10}},
		{
			"a third has no place", 7,
			[]hub.StreamFlow{{Name: "a", Publication: 1, Bytes: 9}, {Name: "aa", Publication: 3, Bytes: 7}, {Name: "b", Publication: 2, Bytes: 11}},
			map[string]float64{"a": 5, "b": 5, "": 17},
		},
		{"one ends, with a little more", 3, []hub.StreamFlow{{Name: "b", Publication: 2, Bytes: 12}}, map[string]float64{"a": 5, "b": 6, "": 19}},
		{"it comes back", 4, []hub.StreamFlow{{Name: "a", Publication: 9, Bytes: 4}, {Name: "b", Publication: 2, Bytes: 12}}, map[string]float64{"a": 9, "b": 6, "": 19}},
		{"the other ends", 0, []hub.StreamFlow{{Name: "a", Publication: 9, Bytes: 4}}, map[string]float64{"a": 9, "b": 6, "": 19}},
		{
			"a new one gets its place", 8, []hub.StreamFlow{{Name: "0", Publication: 11, Bytes: 8}, {Name: "a", Publication: 9, Bytes: 4}},
			map[string]float64{"0": 0, "a": 9, "": 27},
		},
	}
	for _, step := range steps {
		total += step.more
		census := hub.Census{Streams: step.streams, Written: map[hub.Sort]hub.Flow{
			{Kind: media.Video, Codec: media.VP8, How: hub.Exact}:        {Bytes: total},
			{Kind: media.Video, Codec: media.H264, How: hub.Conversions}: {Bytes: 1000}, // nobody published that
		}}
		got := written(t, func(s sheet) { n.write(s, census) })
		if len(got) != 2*len(step.want) {
			t.Errorf("%s: %v", step.about, got)
		}
		for name, want := range step.want {
			if v := got[fmt.Sprintf("sluice_stream_bytes_total stream=%q", name)]; v != want {
				t.Errorf("%s: %q has %v bytes, not %v", step.about, name, v, want)
			}
		}
	}
}

// A stream whose name is an address with a login is one of the rest.
func TestLoginsAreNoLabels(t *testing.T) {
	n := newNamed(10)
	for name, own := range map[string]bool{
		"rtsp://me:secret@cam.example/main": false, "rtsp://me@cam.example": false,
		"rtsp://cam.example/main@2x": true, "rtsp://cam.example?at=a@b": true, "me@home": true,
	} {
		got := written(t, func(s sheet) {
			n.write(s, hub.Census{Streams: []hub.StreamFlow{{Name: name, Publication: 1, Readers: 3}}})
		})
		if _, found := got[fmt.Sprintf("sluice_stream_readers stream=%q", name)]; found != own {
			t.Errorf("%q has a series: %t", name, found)
		}
		if others := got[`sluice_stream_readers stream=""`]; (others == 3) == own {
			t.Errorf("%q: the rest has %v readers", name, others)
		}
	}
}

// TestObserver raises what happens to instances.
func TestObserver(t *testing.T) {
	o := newObserver()
	began := time.Unix(100, 0)
	change := func(id, graph, to string, after time.Duration, code fault.Code) {
		b := event.Instance{ID: id, Graph: graph, To: to, Since: began.Add(after)}
		if code != "" {
			b.Cause = &event.Cause{Code: code}
		}
		o.see(event.Event{Name: event.InstanceChanged, Body: b})
	}
	change("a", "g", "starting", 0, "")
	change("b", "g", "starting", 0, "")
	change("a", "g", "live", 90*time.Millisecond, "")
	change("b", "g", "failed", time.Second, fault.StartTimeout)
	change("b", "g", "planned", 2*time.Second, "")
	change("a", "g", "degraded", 2*time.Second, "")
	change("a", "g", "live", 3*time.Second, "")
	o.see(event.Event{Name: event.BranchChanged, Body: event.Branch{State: event.BranchBack}})
	o.see(event.Event{Name: event.NodeSaid, Body: event.Said{}})
	got := written(t, o.write)
	for id, want := range map[string]float64{
		"sluice_instance_starts_total":                                  2,
		"sluice_instance_restarts_total":                                1,
		"sluice_instance_start_seconds_count":                           1,
		"sluice_instance_start_seconds_sum":                             0.09,
		"sluice_instance_start_seconds_bucket le=0.1":                   1,
		"sluice_instance_start_seconds_bucket le=0.05":                  0,
		`sluice_instance_failures_total code="start_timeout" graph="g"`: 1,
		`sluice_branch_failures_total code="gst_element"`:               0,
	} {
		if v, there := got[id]; v != want || !there {
			t.Errorf("%s is %v, not %v", id, v, want)
		}
	}
	if len(o.starting) != 0 {
		t.Errorf("%v are remembered", o.starting)
	}
}

func TestFailuresOfManyGraphsAreBounded(t *testing.T) {
	o := newObserver()
	for i := range 2 * mostGraphs {
		o.see(event.Event{Name: event.InstanceChanged, Body: event.Instance{Graph: fmt.Sprint(i), To: "failed"}})
	}
	got := written(t, o.write)
	if v := got[`sluice_instance_failures_total code="ok" graph=""`]; v != mostGraphs {
		t.Errorf("%v graphs are the rest", v)
	}
	if len(o.failed) != mostGraphs+1 {
		t.Errorf("%d series", len(o.failed))
	}
}

func TestRequests(t *testing.T) {
	r := NewRequests()
	serve := func(h http.HandlerFunc) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		r.Count("door", h).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody))
		return w
	}
	serve(func(http.ResponseWriter, *http.Request) {})
	serve(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") })
	serve(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusEarlyHints)
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, "hello")
	})
	copied := serve(func(w http.ResponseWriter, _ *http.Request) {
		if n, err := w.(io.ReaderFrom).ReadFrom(bytes.NewReader([]byte("hello"))); n != 5 || err != nil {
			t.Errorf("%d bytes were copied, %v", n, err)
		}
	})
	if copied.Body.String() != "hello" {
		t.Errorf("%q was copied", copied.Body)
	}
	flushed := serve(func(w http.ResponseWriter, _ *http.Request) {
		w.(http.Flusher).Flush()
		if err := http.NewResponseController(w).SetWriteDeadline(time.Now()); err == nil {
			t.Error("a recorder has a deadline")
		}
	})
	got := written(t, r.write)
	for id, want := range map[string]float64{
		`sluice_http_requests_total code="200" door="door"`: 4, `sluice_http_requests_total code="418" door="door"`: 1,
		`sluice_http_request_seconds_count door="door"`: 5,
	} {
		if got[id] != want {
			t.Errorf("%s is %v, not %v", id, got[id], want)
		}
	}
	if !flushed.Flushed {
		t.Error("nothing was flushed")
	}
	if r.Count("door", http.NotFoundHandler()); len(r.doors) != 1 {
		t.Error("a door is there twice")
	}
}
