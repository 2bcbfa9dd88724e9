package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// fetching is a graph that reads an address and writes a file.
const fetching = `graph: v1
about: Fetches.
params:
  from: string
  to: file
route:
  - rest.start
nodes:
  in: souphttpsrc location=$from
  out: filesink location=$to
links:
  - in -> out
`

// TestRESTRefuses asks for what no caller may have; the server answers with problems and keeps nothing.
func TestRESTRefuses(t *testing.T) {
	folder := t.TempDir()
	s := serveREST(t, folder, "SLUICE_REST_HOSTS=cam.example.org")
	s.want(http.StatusCreated, "PUT /v1/graphs/fetch", fetching)
	s.want(http.StatusCreated, "PUT /v1/graphs/relay", relayingGraph)
	links := map[string]string{"out": "/etc", "self": folder, "dangling": filepath.Join(folder, "not", "there")}
	for name, to := range links {
		if err := os.Symlink(to, filepath.Join(folder, "media", name)); err != nil {
			t.Fatal(err)
		}
	}
	start := func(graph string, params J) J { return J{"graph": graph, "params": params} }
	const starts = "POST /v1/pipelines"
	media := filepath.Join(folder, "media")
	for _, row := range []struct {
		what, code string
		status     int
		request    string
		body       any
		says       string
	}{
		{"a number for a name", "invalid_params", 422, starts, `{"graph":7}`, "expected string"},
		{"types", "invalid_params", 422, starts, start("jobs/pattern", J{"fps": "fast", "length": true, "no": 1}), "3 things are wrong"},
		{"a key of its own", "invalid_params", 422, starts, `{"graph":"relay","more":1}`, "unexpected property"},
		{"no JSON", "invalid_request", 400, starts, `{"graph":`, ""},
		{"deep JSON", "invalid_request", 400, starts, strings.Repeat("[", 50_000), ""},
		{"a graph that is not there", "graph_not_found", 404, starts, start("jobs/patern", nil), `no graph "jobs/patern"`},
		{"a graph of events", "no_route", 404, starts, start("web/whip", nil), "not started by hand"},
		{"a graph of a folder above", "graph_not_found", 404, starts, start("../etc/passwd", nil), ""},
		{"too long", "invalid_request", 413, starts, `{"graph":"` + strings.Repeat("x", 300_000) + `"}`, "too large"},
		{"too long a graph", "invalid_request", 413, "PUT /v1/graphs/long", strings.Repeat("#", 1<<21), "too large"},
		{"a file of the system", "forbidden", 403, starts, start("jobs/pattern", J{"target": "/etc/a.mp4"}), "not in a folder"},
		{"a file above", "forbidden", 403, starts, start("jobs/pattern", J{"target": media + "/../a.mp4"}), "not in a folder"},
		{"a file as an address", "forbidden", 403, starts, start("jobs/pattern", J{"target": "file:///etc/a.mp4"}), "not in a folder"},
		{"a link out", "forbidden", 403, starts, start("jobs/pattern", J{"target": media + "/out/a.mp4"}), "not in a folder"},
		{"a link up", "forbidden", 403, starts, start("jobs/pattern", J{"target": media + "/self/a.mp4"}), "not in a folder"},
		{"a link to nothing", "forbidden", 403, starts, start("fetch", J{"from": "http://cam.example.org/", "to": media + "/dangling"}), "not in a folder"},
		{"the machine's metadata", "forbidden", 403, starts, start("fetch", J{"from": "http://169.254.169.254/", "to": media + "/a"}), "host"},
		{"the machine itself", "forbidden", 403, starts, start("fetch", J{"from": "http://localhost/", "to": media + "/a"}), "host"},
		{"itself, as a number", "forbidden", 403, starts, start("fetch", J{"from": "http://2130706433/", "to": media + "/a"}), "host"},
		{"a host that begins well", "forbidden", 403, starts, start("fetch", J{"from": "http://cam.example.org.evil/", "to": media + "/a"}), "host"},
		{"a user that looks like a host", "forbidden", 403, starts, start("fetch", J{"from": "http://cam.example.org@10.0.0.1/", "to": media + "/a"}), "host"},
		{"a file to read", "forbidden", 403, starts, start("fetch", J{"from": "file:///etc/passwd", "to": media + "/a"}), "not in a folder"},
		{
			"a graph that fetches for others", "forbidden", 403, "PUT /v1/graphs/later",
			edited(t, edited(t, fetching, "rest.start", "whep.play /f/{from}"), "params:\n  from: string\n  to: file\n", "params: {to: {type: file, default: x}}\n"), "",
		},
		{"a graph above the folder", "invalid_params", 422, "PUT /v1/graphs/..%2Fx", relayingGraph, "cannot name a graph"},
		{"a graph at the root", "invalid_params", 422, "PUT /v1/graphs/%2Fx", relayingGraph, "cannot name a graph"},
		{"a graph with an end", "invalid_params", 422, "PUT /v1/graphs/x%00", relayingGraph, "cannot name a graph"},
		{"a change without a version", "stale_version", 428, "PUT /v1/graphs/relay", relayingGraph, ""},
		{"what came with sluice", "forbidden", 403, "DELETE /v1/graphs/jobs%2Fpattern", nil, "came with sluice"},
	} {
		t.Run(row.what, func(t *testing.T) {
			s.t = t
			if p := s.refused(row.status, row.code, row.request, row.body); !strings.Contains(p.Detail, row.says) {
				t.Errorf("it says %q", p.Detail)
			}
		})
	}
	s.t = t
	if n := s.running(); n > 0 {
		t.Errorf("%d pipelines run", n)
	}
	if left, err := os.ReadDir(media); err != nil || len(left) != len(links) {
		t.Errorf("files were made: %v %v", left, err)
	}
}

// TestRESTKeepsOthersOut: nobody but this machine gets in as long as there are no administrators, also not by a browser of its, and
// once there are, nobody else.
func TestRESTKeepsOthersOut(t *testing.T) {
	s := serveREST(t, t.TempDir())
	for _, head := range []string{
		"Origin: http://evil.example", "Sec-Fetch-Site: cross-site", "X-Forwarded-For: 192.0.2.1", "Authorization: Bearer guess",
	} {
		s.refused(http.StatusForbidden, "forbidden", "POST /v1/pipelines", J{"graph": "checks/tone"}, head)
	}
	if status, _ := s.raw("GET /v1/server HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"); status != http.StatusForbidden {
		t.Errorf("a name of somebody else's gets %d", status)
	}
	s = serveREST(t, t.TempDir(), `SLUICE_AUTH_TOKENS=[{"name":"ops","token":"open sesame","admin":true}]`)
	s.refused(http.StatusUnauthorized, "unauthorized", "GET /v1/server", nil)
	s.refused(http.StatusUnauthorized, "unauthorized", "GET /v1/server", nil, "Authorization: Bearer guess")
	s.want(http.StatusOK, "GET /v1/server", nil, "Authorization: Bearer open sesame")
	s.want(http.StatusOK, "GET /openapi.json", nil)
	if a := s.Call(t, "GET /healthz", nil); a.StatusCode != http.StatusOK || a.Text != "ok\n" {
		t.Errorf("%s %q", a.Status, a.Text)
	}
	answers(t, s.HTTP, http.MethodGet, s.Base+"/readyz", http.StatusOK, `"ready":true`)
}

// raw writes a request as it is, and gives the status of the answer and how many bytes came.
func (s *restServer) raw(text string) (status int, bytes int64) {
	s.t.Helper()
	c, err := net.Dial("tcp", strings.Replace(strings.TrimPrefix(s.Base, "http://"), "localhost", "127.0.0.1", 1))
	if err != nil {
		s.t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, text); err != nil {
		s.t.Fatal(err)
	}
	var version string
	if _, err := fmt.Fscan(c, &version, &status); err != nil {
		s.t.Fatal(err)
	}
	bytes, _ = io.Copy(io.Discard, c)
	return status, bytes
}

// TestRESTManyStarts: of thousands of starts at once those that are too many are told to come again, and what was started is all
// that is there, until it is ended.
func TestRESTManyStarts(t *testing.T) {
	const most, asks, callers = 200, 3000, 64
	s := serveREST(t, t.TempDir(), fmt.Sprint("SLUICE_REST_PIPELINES=", most))
	s.want(http.StatusCreated, "PUT /v1/graphs/relay", relayingGraph)
	s.publish("cam")
	viewer := s.view("cam")
	others := s.running() // who publishes and who plays
	before := s.want(http.StatusOK, "GET /v1/server", nil)
	var begun, refused atomic.Int64
	var ids sync.Map
	var work sync.WaitGroup
	next := make(chan int)
	for range callers {
		work.Go(func() {
			for n := range next {
				to := fmt.Sprint("copy", n)
				a := s.Call(t, "POST /v1/pipelines?wait=10s", J{"graph": "relay", "id": to, "params": J{"from": "cam", "to": to}})
				switch {
				case a.StatusCode == http.StatusCreated:
					begun.Add(1)
					ids.Store(to, true)
				case a.StatusCode == http.StatusServiceUnavailable && a.Header.Get("Retry-After") != "" && strings.Contains(a.Text, `"code":"overloaded"`):
					refused.Add(1)
				default:
					t.Errorf("%s %s", a.Status, a.Text)
				}
			}
		})
	}
	for n := range asks {
		next <- n
	}
	close(next)
	work.Wait()
	if got := begun.Load(); got != int64(most-others) || begun.Load()+refused.Load() != asks {
		t.Errorf("%d were started, beside %d, and %d refused", got, others, refused.Load())
	}
	if n := s.running(); n != most {
		t.Errorf("%d run", n)
	}
	viewer.flows(t, 20)
	ids.Range(func(id, _ any) bool {
		s.want(http.StatusAccepted, "DELETE /v1/pipelines/"+url.PathEscape(id.(string))+"?drain=0s", nil)
		return true
	})
	s.until("they have ended", func() bool { return s.running() == others })
	s.HTTP.CloseIdleConnections()
	s.until("nothing is left of them", func() bool {
		now := s.want(http.StatusOK, "GET /v1/server", nil)
		return now["goroutines"].(float64) <= before["goroutines"].(float64)+5 && now["streams"] == before["streams"]
	})
	if viewer.lost.Load() > 0 {
		t.Errorf("a viewer has %d gaps", viewer.lost.Load())
	}
}
