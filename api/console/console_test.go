package console

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"strings"
	"testing"
	"time"

	"sluice/api/auth"
	"sluice/engine/enginetest"
	"sluice/engine/fault"
	"sluice/engine/hub"
	"sluice/engine/media"
	"sluice/engine/stat"
)

// live is a fake of the hub.
type live []hub.StreamInfo

func (l live) Streams() []hub.StreamInfo { return l }

// guard is a fake of package auth.
type guard func(q auth.Request) error

func (g guard) Authorise(_ context.Context, q auth.Request) (string, error) { return "", g(q) }

func opened(t *testing.T, o Options) *Door {
	t.Helper()
	if o.Streams == nil {
		o.Streams = live{}
	}
	d, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func get(d *Door, method, at string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, at, nil)
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	// As the doors' web server has it.
	mux := http.NewServeMux()
	for _, p := range d.Paths() {
		mux.Handle(p, d.Handler())
	}
	mux.ServeHTTP(w, r)
	return w
}

func TestFiles(t *testing.T) {
	d := opened(t, Options{})
	for at, kind := range map[string]string{
		"/":                    "text/html; charset=utf-8",
		"/?stream=a":           "text/html; charset=utf-8",
		"/console/page.js":     "text/javascript; charset=utf-8",
		"/console/session.js":  "text/javascript; charset=utf-8",
		"/console/page.css":    "text/css; charset=utf-8",
		"/console/favicon.svg": "image/svg+xml",
		"/favicon.ico":         "image/x-icon",
	} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			w := get(d, method, at)
			h := w.Header()
			if w.Code != http.StatusOK || h.Get("Content-Type") != kind || w.Body.Len() == 0 {
				t.Errorf("%s %s: %d %q, %d bytes", method, at, w.Code, h.Get("Content-Type"), w.Body.Len())
			}
			if csp := h.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
				t.Errorf("%s: the policy is %q", at, csp)
			}
			if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" {
				t.Errorf("%s: got %v", at, h)
			}
			if w := get(d, method, at, "If-None-Match: "+h.Get("ETag")); w.Code != http.StatusNotModified || w.Body.Len() > 0 {
				t.Errorf("%s: again: %d", at, w.Code)
			}
		}
	}
}

func TestNothingElse(t *testing.T) {
	d := opened(t, Options{})
	for _, q := range []struct {
		method, at string
		status     int
	}{
		{"GET", "/console/", 404}, {"GET", "/console/index.html", 404}, {"GET", "/console/../console.go", 404}, {"GET", "/x", 404},
		{"POST", "/", 405}, {"DELETE", "/streams.json", 405},
	} {
		r := httptest.NewRequest(q.method, "/", nil)
		r.URL.Path = q.at
		w := httptest.NewRecorder()
		d.Handler().ServeHTTP(w, r)
		if w.Code != q.status || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s %s: %d %q", q.method, q.at, w.Code, w.Header().Get("Content-Type"))
		}
	}
}

// The page has to work without a network, under its own policy, and every element that its scripts ask for has to be there.
func TestPageIsWhole(t *testing.T) {
	ids := map[string]bool{}
	html, err := fs.ReadFile(page, "page/index.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`id="([^"]+)"`).FindAllStringSubmatch(string(html), -1) {
		if ids[m[1]] {
			t.Errorf("two elements have the id %q", m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`(?:aria-labelledby|for)="([^"]+)"`).FindAllStringSubmatch(string(html), -1) {
		if !ids[m[1]] {
			t.Errorf("a label is by %q, which is not there", m[1])
		}
	}
	if regexp.MustCompile(`(?i)<script>|\son\w+=|style=|<style`).Match(html) {
		t.Error("the page has scripts or styles of its own, which its policy forbids")
	}
	files, err := fs.Glob(page, "page/*")
	if err != nil {
		t.Fatal(err)
	}
	comment := regexp.MustCompile(`(?m)^\s*//.*$`)
	for _, name := range files {
		text, err := fs.ReadFile(page, name)
		if err != nil {
			t.Fatal(err)
		}
		code := comment.ReplaceAllString(string(text), "")
		for _, m := range regexp.MustCompile(`\$\('([^']+)'\)`).FindAllStringSubmatch(code, -1) {
			if !ids[m[1]] {
				t.Errorf("%s asks for %q, which is not there", name, m[1])
			}
		}
		for _, m := range regexp.MustCompile(`from '\./([^']+)'|(?:href|src)="console/([^"]+)"`).FindAllStringSubmatch(code, -1) {
			if _, err := fs.Stat(page, path.Join("page", m[1]+m[2])); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if m := regexp.MustCompile(`(?:src|href|url|import|fetch)\s*[=(]\s*['"]?(?:https?:)?//`).FindString(code); m != "" {
			t.Errorf("%s loads from elsewhere: %s", name, m)
		}
	}
	for _, what := range []string{"codec", "resolution", "frames", "bitrate", "audio", "connection", "state", "start", "stop", "video"} {
		for _, panel := range []string{"publish", "play"} {
			if !ids[panel+"-"+what] {
				t.Errorf("the panel %q has no %q", panel, what)
			}
		}
	}
}

func TestStreams(t *testing.T) {
	since := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	video, audio := media.NewTrack(media.VP8), media.NewTrack(media.Opus)
	video.Width, video.Height = 640, 360
	all := live{
		{Name: "cam", Since: since, Readers: 2, Muted: []media.Kind{media.Audio}, Tracks: []hub.TrackInfo{
			{Track: video, Stats: stat.Snapshot{Bytes: 7}}, {Track: audio, Alternative: true},
		}},
		{Name: "secret/cam", Since: since},
		{Name: "rtsp://me:mypassword@camera.example/1", Since: since}, // of which nobody is told
	}
	const cam = `{"name":"cam","since":"2026-01-02T03:04:05Z","readers":2,"muted":["audio"],"tracks":[` +
		`{"kind":"video","codec":"vp8","width":640,"height":360,"bytes":7},{"kind":"audio","codec":"opus","bytes":0,"alternative":true}]}`
	const hidden = `{"name":"secret/cam","since":"2026-01-02T03:04:05Z","readers":0,"tracks":[]}`
	for _, q := range []struct {
		name   string
		guard  Authoriser
		header string
		status int
		want   string
	}{
		{"everybody", nil, "", 200, `{"streams":[` + cam + `,` + hidden + `]}`},
		{"who may not play all", guard(onlyCam(fault.Forbidden)), "Authorization: Bearer x", 200, `{"streams":[` + cam + `]}`},
		{"who is nobody", guard(onlyCam(fault.Unauthorized)), "", 200, `{"streams":[` + cam + `]}`},
		{"a wrong token", guard(refuseAll(fault.Unauthorized)), "Authorization: Bearer x", 401, `"code":"unauthorized"`},
		{"a wrong password", guard(refuseAll(fault.Unauthorized)), "Authorization: Basic Ym9iOng=", 401, `"code":"unauthorized"`},
		{"one who guesses", guard(refuseAll(fault.Overloaded)), "Authorization: Bearer x", 503, `"code":"overloaded"`},
		{"something unknown", guard(func(auth.Request) error { return errors.New("open /etc/shadow") }), "", 500, `"code":"internal"`},
	} {
		w := get(opened(t, Options{Streams: all, Auth: q.guard}), http.MethodGet, "/streams.json", q.header)
		got := strings.TrimSpace(w.Body.String())
		if w.Code != q.status || !strings.Contains(got, q.want) || strings.Contains(got, "shadow") {
			t.Errorf("%s: %d\n got %s\nwant %s", q.name, w.Code, got, q.want)
		}
		if q.status == http.StatusOK && got != q.want {
			t.Errorf("%s:\n got %s\nwant %s", q.name, got, q.want)
		}
		if (w.Header().Get("WWW-Authenticate") != "") != (q.status == http.StatusUnauthorized) {
			t.Errorf("%s: got %v", q.name, w.Header())
		}
	}
	var none map[string][]any
	if err := json.Unmarshal(get(opened(t, Options{}), http.MethodGet, "/streams.json").Body.Bytes(), &none); err != nil || none["streams"] == nil {
		t.Errorf("without streams: %v, %v", none, err)
	}
}

// onlyCam lets the stream "cam" be played, by who asks as the page does.
func onlyCam(code fault.Code) func(auth.Request) error {
	return func(q auth.Request) error {
		if q.Action == auth.Play && q.Stream == "cam" && q.Protocol == "console" {
			return nil
		}
		return fault.New(code, "", "no")
	}
}

func refuseAll(code fault.Code) func(auth.Request) error {
	return func(auth.Request) error { return fault.New(code, "", "no") }
}

func TestDoor(t *testing.T) {
	d := opened(t, Options{})
	if d.Name() != "console" || d.Listen(t.Context()) != nil {
		t.Errorf("it is called %q", d.Name())
	}
	served := make(chan error, 2)
	go func() { served <- d.Serve(t.Context()) }()
	for range 2 {
		if err := d.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	go func() { served <- opened(t, Options{}).Serve(ctx) }()
	for range 2 {
		if err := enginetest.Await(t, "the end of Serve", served); err != nil {
			t.Error(err)
		}
	}
	if _, err := New(Options{}); err == nil {
		t.Error("a console without streams")
	}
}
