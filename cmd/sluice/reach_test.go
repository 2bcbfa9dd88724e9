package main

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"
)

// pullingGraph fetches what its caller says.
const pullingGraph = `graph: v1
about: Fetches.
params:
  from: uri
route:
  - rest.start
nodes:
  in: %s url=$from
  out: stream.out name=fetched
links:
  - in -> out
`

// inside is a name that leads to an address inside, and does not look so: that of this machine, if it has one that does.
func inside(t *testing.T) (name string, ok bool) {
	t.Helper()
	name, err := os.Hostname()
	if err != nil || strings.EqualFold(name, "localhost") {
		return "", false
	}
	found, err := net.DefaultResolver.LookupHost(t.Context(), name)
	for _, text := range found {
		if a, wrong := netip.ParseAddr(text); wrong != nil || !a.IsLoopback() && !a.IsPrivate() {
			return "", false
		}
	}
	return name, err == nil && len(found) > 0
}

// TestNamesThatLeadInside: a name that is allowed, as all are, leads nobody to what only the server reaches.
func TestNamesThatLeadInside(t *testing.T) {
	name, ok := inside(t)
	if !ok {
		// Each part of it has a test that needs no name: of guard, engine, and what dials.
		t.Log("the name of this machine leads nowhere, or not inside")
		return
	}
	l, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	s := serveREST(t, t.TempDir(), "SLUICE_REST_HOSTS=*", "SLUICE_HUB_HOSTS=*", "SLUICE_HLS_LISTEN=127.0.0.1:0", "SLUICE_HLS_TLS_LISTEN=")
	hls := s.out.await(t, `HLS +(http://localhost:\d+)`)[1]
	at := net.JoinHostPort(name, port)
	const says = "an address inside"
	for i, scheme := range []string{"rtsp", "rtmp", "srt"} {
		graph := fmt.Sprintf("fetch%d", i)
		s.want(http.StatusCreated, "PUT /v1/graphs/"+graph, fmt.Sprintf(pullingGraph, scheme+".pull"))
		address := scheme + "://" + at + "/live/cam"
		p := s.refused(http.StatusForbidden, "forbidden", "POST /v1/pipelines", J{"graph": graph, "params": J{"from": address}})
		if !strings.Contains(p.Detail, says) {
			t.Errorf("%s: %+v", scheme, p)
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, hls+"/"+url.PathEscape(address)+"/index.m3u8", nil)
		if err != nil {
			t.Fatal(err)
		}
		a, err := s.HTTP.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if _ = a.Body.Close(); a.StatusCode != http.StatusForbidden {
			t.Errorf("%s: a viewer: %s", scheme, a.Status)
		}
	}
	for path, scheme := range map[string]string{"/rtsp/startup": "rtsp", "/pull/rtmp/pull": "rtmp"} {
		s.Call(t, "POST /rest-api"+path, J{"uri": scheme + "://" + at + "/live/cam"})
	}
	for _, path := range []string{"/rtsp/find_all", "/pull/rtmp/find_all"} {
		deadline := time.Now().Add(30 * time.Second)
		for {
			a := s.Call(t, "POST /rest-api"+path, J{})
			var list []struct{ Status, Info string }
			if err := json.Unmarshal([]byte(a.Text), &list); err == nil && len(list) == 1 && list[0].Status == "FAILED" {
				if !strings.Contains(list[0].Info, says) {
					t.Errorf("%s: %s", path, a.Text)
				}
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("%s: %s", path, a.Text)
			}
		}
	}
	if tcp, ok := l.(*net.TCPListener); ok {
		_ = tcp.SetDeadline(time.Now())
	}
	if c, err := l.Accept(); err == nil {
		_ = c.Close()
		t.Error("something connected")
	}
}
