package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"sluice/graphs"
)

// TestRESTSurvivesRestart: what was written through the API is there when the server has ended and begins again, and so it is when
// the server is killed.
func TestRESTSurvivesRestart(t *testing.T) {
	folder := t.TempDir()
	s := serveREST(t, folder)
	written := s.Call(t, "PUT /v1/graphs/studio%2Frelay", relayingGraph)
	version := written.Header.Get("ETag")
	s.want(http.StatusCreated, "PUT /v1/graphs/gone", relayingGraph)
	s.want(http.StatusNoContent, "DELETE /v1/graphs/gone", nil, "If-Match: *")
	s.signal(t, syscall.SIGTERM)
	if code := s.exit(t); code != exitOK {
		t.Fatalf("exit %d", code)
	}
	s = serveREST(t, folder)
	again := s.Call(t, "GET /v1/graphs/studio%2Frelay", nil)
	if again.StatusCode != http.StatusOK || again.Header.Get("ETag") != version || version == "" {
		t.Errorf("%s, %s instead of %s", again.Status, again.Header.Get("ETag"), version)
	}
	s.refused(http.StatusNotFound, "graph_not_found", "GET /v1/graphs/gone", nil)
	s.publish("cam")
	s.want(http.StatusCreated, "POST /v1/pipelines?wait=10s", J{"graph": "studio/relay", "params": J{"from": "cam", "to": "copy"}})

	changed := edited(t, relayingGraph, "about: Publishes", "about: Always publishes")
	s.refused(http.StatusPreconditionFailed, "stale_version", "PUT /v1/graphs/studio%2Frelay", changed, `If-Match: "0"`)
	s.want(http.StatusOK, "PUT /v1/graphs/studio%2Frelay", changed, "If-Match: "+version)
	s.signal(t, syscall.SIGKILL)
	s.exit(t)
	s = serveREST(t, folder)
	if got := s.want(http.StatusOK, "GET /v1/graphs/studio%2Frelay", nil)["text"]; got != changed {
		t.Errorf("after a kill it is %q", got)
	}
	left, err := filepath.Glob(filepath.Join(folder, "graphs", "*", "*"))
	if err != nil || len(left) != 1 {
		t.Errorf("in the folder: %v %v", left, err)
	}
}

// answering is a graph that answers an event.
const answering = `graph: v1
about: Plays.
route:
  - %s
nodes:
  in: stream.in name=$stream wait=5s
  out: webrtc.out
links:
  - in -> out
`

// TestGraphFilesWhileStreamsRun drops files into the folder of graphs, changes and removes them, also those that the streams that run
// were started by: routes change at once, and no viewer misses a packet.
func TestGraphFilesWhileStreamsRun(t *testing.T) {
	t.Parallel()
	s := serveREST(t, t.TempDir())
	s.publish("cam")
	direct := s.view("cam")
	s.graph("relay", relayingGraph)
	s.until("the graph is there", func() bool { return s.Call(t, "GET /v1/graphs/relay", nil).StatusCode == http.StatusOK })
	s.want(http.StatusCreated, "POST /v1/pipelines?wait=10s", J{"graph": "relay", "id": "relayed", "params": J{"from": "cam", "to": "copy"}})
	through := s.view("copy")
	both := func() {
		t.Helper()
		direct.flows(t, 10)
		through.flows(t, 10)
	}
	both()
	before := s.want(http.StatusOK, "GET /v1/pipelines/relayed", nil)

	shipped, err := graphs.FS.ReadFile("web/whip.yaml")
	if err != nil {
		t.Fatal(err)
	}
	path := func(name string) string { return filepath.Join(s.folder, "graphs", name+".yaml") }
	for round := range 3 {
		route := fmt.Sprintf("whep.play /only/here%d/{stream}", round)
		s.graph("own", fmt.Sprintf(answering, route))
		s.until("its route", func() bool { return strings.Contains(s.routes(), route) })
		s.view(fmt.Sprintf("only/here%d/cam", round)).flows(t, 10) // nothing else answers there
		both()
		// The graphs that what runs was started by.
		s.graph("web/whip", edited(t, string(shipped), "wait=5s", fmt.Sprintf("wait=%dms", 100+round)))
		s.graph("relay", edited(t, relayingGraph, "about: Publishes", fmt.Sprintf("about: %d times publishes", round)))
		s.until("the change", func() bool {
			return strings.Contains(s.Call(t, "GET /v1/graphs/relay", nil).Text, fmt.Sprintf("%d times publishes", round))
		})
		both()
		s.graph("broken", "graph: v1\nnodes: [")
		s.until("it is held", func() bool { return strings.Contains(s.Call(t, "GET /v1/graphs", nil).Text, "broken.yaml") })
		for _, name := range []string{"own", "web/whip", "relay", "broken"} {
			if err := os.Remove(path(name)); err != nil {
				t.Fatal(err)
			}
		}
		s.until("they are gone", func() bool {
			return !strings.Contains(s.routes(), route) && s.Call(t, "GET /v1/graphs/relay", nil).StatusCode == http.StatusNotFound
		})
		both()
	}
	after := s.want(http.StatusOK, "GET /v1/pipelines/relayed", nil)
	if after["since"] != before["since"] || after["plan"] != before["plan"] || after["state"] != "live" {
		t.Errorf("what ran was touched: %v, then %v", before, after)
	}
	if direct.lost.Load()+through.lost.Load() > 0 {
		t.Errorf("%d and %d gaps", direct.lost.Load(), through.lost.Load())
	}
	t.Logf("%d and %d packets came", direct.came.Load(), through.came.Load())
}
