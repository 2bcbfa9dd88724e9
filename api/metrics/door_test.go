package metrics

import (
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"sluice/api/auth"
	"sluice/api/calls"
	"sluice/elements/webrtc"
	"sluice/engine/enginetest"
	"sluice/engine/event"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/stat"
	"sluice/engine/worker"
)

// busy is a stage on which everything that is counted happens.
func busy(t testing.TB) *stage {
	t.Helper()
	var took stat.Durations
	took.Observe(80 * time.Millisecond)
	requests := NewRequests()
	s := newStage(t, func(o *Options) {
		o.Streams = 2
		o.Peers = func() webrtc.Totals {
			side := webrtc.Side{Connected: 1, Connect: took.Snapshot(), First: took.Snapshot()}
			return webrtc.Totals{Publishing: side, Playing: side}
		}
		o.Workers = func() (worker.Counts, worker.Past, bool) {
			return worker.Counts{Workers: 4, Spare: 1, Shared: 1, Instances: 3}, worker.Past{Starts: took.Snapshot()}, true
		}
		o.Sessions = func() []Sessions { return []Sessions{{Protocol: "whip", Direction: Publish, Count: 1}} }
		o.Sockets = func() Sockets { return Sockets{Open: 1} }
		o.Connections = func() map[string]int { return map[string]int{"web": 1} }
		o.Reloads = func() Reloads { return Reloads{Done: 1, Last: time.Unix(1, 0)} }
		o.Decisions = func() map[auth.Tally]uint64 {
			return map[auth.Tally]uint64{{Allowed: true, Rule: auth.ByJWT, Reason: auth.Granted}: 2, {Rule: auth.ByKey, Reason: auth.WrongKey}: 1}
		}
		o.Films = func() Films { return Films{Refused: 6, Missing: 7} }
		o.Phones = func() Phones {
			return Phones{
				Lines: map[calls.RegistrationState]int{calls.Registered: 2}, Refused: map[string]uint64{"forbidden": 9}, PacketsIn: 50, LostOut: 3,
				In: PhoneCalls{Begun: 4, Ends: map[calls.Cause]uint64{calls.NoMedia: 1}}, Out: PhoneCalls{Now: map[calls.State]int{calls.OnHold: 1}},
			}
		}
		o.Hooks = func() []Hooked { return []Hooked{{App: "shop", Done: 5, Late: 1, Dropped: 2, Waiting: 3, Calling: 4}} }
		o.Requests = requests
	})
	w := httptest.NewRecorder()
	requests.Count("whip", http.NotFoundHandler()).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody))
	_, p := s.publish("cam")
	_, v := s.play("cam")
	s.write(p, 0)
	enginetest.Await(t, "what comes", v.came)
	if _, err := p.AddAlternative(media.NewTrack(media.H264), hub.AlternativeOptions{
		For: hub.Conversion{Stream: "cam", Kind: media.Video, Codec: media.H264},
	}); err != nil {
		t.Fatal(err)
	}
	for _, e := range []event.Event{
		{Name: event.InstanceChanged, Body: event.Instance{ID: "x", Graph: "publish", To: "failed", Cause: &event.Cause{Code: fault.Stalled}}},
		{Name: event.BranchChanged, Body: event.Branch{State: event.BranchGone, Cause: &event.Cause{Code: fault.Stalled}}},
	} {
		if _, err := s.Bus().Raise(e); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// TestPrometheusHasNoComplaints holds everything against the rules of `promtool check metrics`.
func TestPrometheusHasNoComplaints(t *testing.T) {
	problems, err := promlint.New(strings.NewReader(busy(t).text())).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

// TestFamiliesAreWhatIsTold compares the table with what comes when everything that is counted has happened.
func TestFamiliesAreWhatIsTold(t *testing.T) {
	told := parsed(t, busy(t).text())
	for _, f := range Families() {
		got := told[f.Name]
		if got == nil {
			t.Errorf("%s is not told", f.Name)
			continue
		}
		if kind := strings.ToLower(got.GetType().String()); kind != string(f.Kind) || got.GetHelp() != f.Help {
			t.Errorf("%s is a %s: %s", f.Name, kind, got.GetHelp())
		}
		delete(told, f.Name)
	}
	for name := range told {
		if !strings.HasPrefix(name, "go_") && !strings.HasPrefix(name, "process_") {
			t.Errorf("%s is not in the table", name)
		}
	}
}

// TestLabelsAreThoseThatTellApart: nothing that comes and goes with clients may be a label.
func TestLabelsAreThoseThatTellApart(t *testing.T) {
	bounded := strings.Fields("kind codec form origin state code reason rule from to direction result graph event protocol server door app version go") // app: of the configuration
	for _, f := range Families() {
		for _, l := range f.Labels {
			if !slices.Contains(bounded, l) && (l != "stream" || !strings.Contains(f.Help, "only with metrics.streams")) {
				t.Errorf("%s has the label %s", f.Name, l)
			}
		}
	}
}

func TestFormats(t *testing.T) {
	s := newStage(t, nil)
	for accept, want := range map[string]string{
		"":           "text/plain; version=0.0.4",
		"text/plain": "text/plain; version=0.0.4",
		"application/openmetrics-text;version=1.0.0,text/plain;q=0.5": "application/openmetrics-text; version=1.0.0",
	} {
		r := s.get("Accept", accept)
		defer r.Body.Close()
		b, err := io.ReadAll(r.Body)
		if got := r.Header.Get("Content-Type"); err != nil || r.StatusCode != http.StatusOK || !strings.HasPrefix(got, want) {
			t.Errorf("%q gets %s, %v", accept, got, err)
		}
		if open := strings.HasSuffix(string(b), "# EOF\n"); open != strings.Contains(want, "openmetrics") {
			t.Errorf("%q: %q", accept, b[max(0, len(b)-80):])
		}
	}
	r := s.get("Accept-Encoding", "gzip")
	defer r.Body.Close()
	z, err := gzip.NewReader(r.Body)
	if err != nil || r.Header.Get("Content-Encoding") != "gzip" {
		t.Fatal(err, r.Header)
	}
	if b, err := io.ReadAll(z); err != nil || !strings.Contains(string(b), "sluice_build_info{") {
		t.Error(err, len(b))
	}
}

func TestWhoMayNotIsToldSo(t *testing.T) {
	var answer error
	s := newStage(t, func(o *Options) { o.Admit = func(*http.Request) (string, error) { return "", answer } })
	for code, want := range map[fault.Code]int{
		fault.Unauthorized: http.StatusUnauthorized, fault.Forbidden: http.StatusForbidden, fault.Overloaded: http.StatusTooManyRequests,
	} {
		answer = fault.New(code, "", "no")
		r := s.get()
		defer r.Body.Close()
		b, _ := io.ReadAll(r.Body)
		if r.StatusCode != want || strings.Contains(string(b), "sluice_") {
			t.Errorf("%s: %s", code, r.Status)
		}
		if (r.Header.Get("WWW-Authenticate") != "") != (want == http.StatusUnauthorized) {
			t.Errorf("%s: %v", code, r.Header)
		}
	}
}

func TestOnlyGetAndOnlyMetrics(t *testing.T) {
	s := newStage(t, nil)
	for target, want := range map[string]int{
		"POST /metrics": http.StatusMethodNotAllowed, "GET /": http.StatusNotFound, "HEAD /metrics": http.StatusOK, "GET /metrics/x": http.StatusNotFound,
	} {
		method, path, _ := strings.Cut(target, " ")
		w := httptest.NewRecorder()
		s.door.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, path, http.NoBody))
		if w.Code != want {
			t.Errorf("%s: %d", target, w.Code)
		}
	}
}

func TestTheDoorOpensAndCloses(t *testing.T) {
	s := newStage(t, nil)
	if s.door.Name() != "metrics" || s.door.Listen(t.Context()) != nil {
		t.Error("it does not open")
	}
	done := make(chan error, 1)
	go func() { done <- s.door.Serve(context.Background()) }()
	if err := s.door.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if err := enginetest.Await(t, "the end of it", done); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.door.Serve(ctx); err != nil {
		t.Error(err)
	}
}

func TestADoorNeedsAnEngine(t *testing.T) {
	if _, err := New(Options{}); fault.CodeOf(err) != fault.Internal {
		t.Error(err)
	}
}

func TestHooksAreTold(t *testing.T) {
	text := busy(t).text()
	for _, want := range []string{
		`sluice_hook_calls_total{app="shop",result="ok"} 5`, `sluice_hook_calls_total{app="shop",result="timeout"} 1`,
		`sluice_hook_calls_total{app="shop",result="refused"} 0`, `sluice_hook_dropped_events_total{app="shop"} 2`,
		`sluice_films_refused_total{reason="refused"} 6`, `sluice_films_refused_total{reason="missing"} 7`,
		`sluice_sip_lines{state="registered"} 2`, `sluice_sip_lines{state="failed"} 0`, `sluice_sip_refused_total{reason="forbidden"} 9`,
		`sluice_sip_packets_total{direction="in"} 50`, `sluice_sip_lost_packets_total{direction="out"} 3`,
		`sluice_sip_call_starts_total{direction="in"} 4`, `sluice_sip_call_ends_total{direction="in",reason="no_media"} 1`,
		`sluice_sip_call_ends_total{direction="out",reason="no_media"} 0`, `sluice_sip_calls{direction="out",state="hold"} 1`,
		`sluice_sip_calls{direction="in",state="ring_media"} 0`,
		`sluice_hook_waiting{app="shop"} 3`, `sluice_hook_calling{app="shop"} 4`,
	} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("without %s", want)
		}
	}
}

func TestDecisionsAreTold(t *testing.T) {
	text := busy(t).text()
	for _, want := range []string{
		`sluice_auth_decisions_total{reason="granted",result="allowed",rule="jwt"} 2`,
		`sluice_auth_decisions_total{reason="wrong_key",result="refused",rule="key"} 1`,
	} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("%s is not told", want)
		}
	}
}
