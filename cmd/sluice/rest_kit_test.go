package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sluice/api/rest/problem"
	"sluice/api/rest/resttest"
)

// patience is how long is waited for what should come at once.
const patience = 30 * time.Second

// J is JSON.
type J = map[string]any

// restServer is `sluice serve` in a process of its own, seen through its REST API.
type restServer struct {
	*server
	resttest.Client
	t      *testing.T
	page   string // "http://localhost:8080"
	folder string // where it was started, with its graphs below
}

// serveREST starts a server in a folder, which holds its graphs. Callers may write these, and files below "media", where pictures are, too.
func serveREST(t *testing.T, folder string, env ...string) *restServer {
	t.Helper()
	for _, name := range []string{"graphs", "media"} {
		if err := os.MkdirAll(filepath.Join(folder, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	own := []string{
		"SLUICE_REST_WRITE=true", "SLUICE_REST_FOLDERS=media", "SLUICE_MEDIA_FOLDER=media", "SLUICE_WEBRTC_LOOPBACK=true", "SLUICE_CPUS=64", "SLUICE_DRAIN=0s",
	}
	s := &restServer{server: startServer(t, folder, append(own, env...)), t: t, folder: folder}
	s.page = s.out.await(t, `page +(http://localhost:\d+)/`)[1]
	s.Base = s.out.await(t, `REST +(http://localhost:\d+)/v1/server`)[1]
	s.HTTP = &http.Client{Transport: &http.Transport{ResponseHeaderTimeout: 2 * patience}} // which does not end events
	t.Cleanup(s.HTTP.CloseIdleConnections)
	return s
}

// want makes a request that is to succeed, and gives what the answer holds.
func (s *restServer) want(status int, what string, body any, head ...string) J {
	s.t.Helper()
	a := s.Call(s.t, what, body, head...)
	out := J{}
	if a.Text != "" {
		if err := json.Unmarshal([]byte(a.Text), &out); err != nil {
			s.t.Fatalf("%s: %v in %s", what, err, a.Text)
		}
	}
	if a.StatusCode != status {
		s.t.Fatalf("%s: %s %s", what, a.Status, a.Text)
	}
	return out
}

// refused makes a request that is to be refused.
func (s *restServer) refused(status int, code, what string, body any, head ...string) problem.Problem {
	s.t.Helper()
	a := s.Call(s.t, what, body, head...)
	var p problem.Problem
	if err := json.Unmarshal([]byte(a.Text), &p); err != nil {
		s.t.Errorf("%s: %v in %q", what, err, a.Text)
	}
	if a.StatusCode != status || p.Status != status || p.Code != code || a.Header.Get("Content-Type") != problem.ContentType {
		s.t.Errorf("%s: %s %s, want %d %s", what, a.Status, a.Text, status, code)
	}
	return p
}

// graph writes a graph into the server's folder as people do: beside it, and then in its place.
func (s *restServer) graph(name, text string) {
	s.t.Helper()
	path := filepath.Join(s.folder, "graphs", filepath.FromSlash(name)+".yaml")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		s.t.Fatal(err)
	}
}

// routes are those of the server, as it tells them.
func (s *restServer) routes() string {
	s.t.Helper()
	a := s.Call(s.t, "GET /v1/routes", nil)
	if a.StatusCode != http.StatusOK {
		s.t.Fatal(a.Status, a.Text)
	}
	return a.Text
}

// until asks again and again whether something is as it should be.
func (s *restServer) until(what string, good func() bool) {
	s.t.Helper()
	s.asks(5*time.Millisecond, what, good)
}

func (s *restServer) asks(every time.Duration, what string, good func() bool) {
	s.t.Helper()
	late := time.NewTimer(2 * patience)
	defer late.Stop()
	tick := time.NewTicker(every)
	defer tick.Stop()
	for !good() {
		select {
		case <-tick.C:
		case <-late.C:
			s.t.Fatalf("%s: not in time\n%s", what, s.errs.all())
		}
	}
}

// running are the pipelines that run.
func (s *restServer) running() int {
	s.t.Helper()
	n, _ := s.want(http.StatusOK, "GET /v1/server", nil)["pipelines"].(float64)
	return int(n)
}

// relaying is a graph without GStreamer that somebody starts by its name.
const relayingGraph = `graph: v1
about: Publishes a stream under another name, too.
params:
  from: string
  to: string
route:
  - rest.start
nodes:
  in: stream.in name=$from
  out: stream.out name=$to
links:
  - in -> out
policy:
  end: never
`

// edited is a text in which something is another.
func edited(t *testing.T, text, old, with string) string {
	t.Helper()
	out := strings.ReplaceAll(text, old, with)
	if out == text {
		t.Fatalf("%q is not in it", old)
	}
	return out
}
