package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
)

// scrape reads a server's metrics.
func scrape(t *testing.T, url string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil || got.StatusCode != http.StatusOK {
		t.Fatalf("%s %v: %s", got.Status, err, text)
	}
	return string(text)
}

// tells checks that metrics have a line that begins so.
func tells(t *testing.T, text, begin string) {
	t.Helper()
	if !strings.Contains("\n"+text, "\n"+begin) {
		name, _, _ := strings.Cut(begin, "{")
		t.Errorf("no line begins with %q:\n%s", begin, strings.Join(regexp.MustCompile(`(?m)^`+name+`.*$`).FindAllString(text, -1), "\n"))
	}
}

// seriesOf are the series of sluice's own, but for instances that are just ending: these are there or not.
func seriesOf(text string) map[string]bool {
	all := map[string]bool{}
	for _, id := range regexp.MustCompile(`(?m)^sluice_\S*`).FindAllString(text, -1) {
		if !strings.HasPrefix(id, "sluice_instances{") {
			all[id] = true
		}
	}
	return all
}

// TestMetricsOfAServer has clients of pion's publish and play through a server, and reads what it tells of them.
func TestMetricsOfAServer(t *testing.T) {
	t.Parallel()
	s := serveREST(t, t.TempDir())
	url := s.out.await(t, `metrics +(http://localhost:\d+/metrics)`)[1]
	session := func(name string) {
		s.publish(name)
		s.view(name).flows(t, 20)
	}
	session("live/stays")
	text := scrape(t, url)
	for _, begin := range []string{
		`sluice_streams{state="published"} 1`, `sluice_sessions{direction="publish",protocol="whip"} 1`,
		`sluice_sessions{direction="play",protocol="whep"} 1`, `sluice_webrtc_peers{direction="publish",state="connected"} 1`,
		`sluice_webrtc_connections_total{direction="play",result="connected"} 1`,
		`sluice_webrtc_first_packet_seconds_count{direction="play"} 1`, `sluice_webrtc_first_packet_seconds_count{direction="publish"} 1`,
		`sluice_events_total{code="ok",event="whip.publish"} 1`, `sluice_events_total{code="ok",event="whep.play"} 1`,
		`sluice_tracks{codec="vp8",form="packets",kind="video",origin="published"} 1`, `sluice_readers{form="packets"} 1`,
		`sluice_http_requests_total{code="201",door="whip"} 2`, `sluice_instance_starts_total 2`,
	} {
		tells(t, text, begin)
	}
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	if err != nil || len(problems) > 0 {
		t.Errorf("%v %+v", err, problems)
	}
	// The first session that ends adds the series of its end, which are there from then on.
	const sessions = 12
	one(s, t, 1)
	before := seriesOf(scrape(t, url))
	one(s, t, sessions)
	text = scrape(t, url)
	for id := range seriesOf(text) {
		if !before[id] {
			t.Errorf("%d sessions made %s", sessions, id)
		}
	}
	tells(t, text, fmt.Sprintf(`sluice_webrtc_connections_total{direction="publish",result="connected"} %d`, sessions+2))
}

// one has sessions come and go, one after the other.
func one(s *restServer, t *testing.T, many int) {
	t.Helper()
	for i := range many {
		t.Run(fmt.Sprint("session ", i), func(t *testing.T) {
			mine := *s
			mine.t = t
			name := fmt.Sprint("live/goes-", i)
			mine.publish(name)
			mine.view(name).flows(t, 5)
		})
	}
	s.until("all but one have gone", func() bool {
		streams := s.Call(s.t, "GET /v1/streams", nil).Text
		return !strings.Contains(streams, "live/goes-")
	})
}

// TestMetricsNeedCredentialsWhereThereAreAny: who may read them may do nothing else.
func TestMetricsNeedCredentialsWhereThereAreAny(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "sluice.yaml")
	text := "auth:\n  tokens:\n    - {name: prometheus, token: s3cret, metrics: true}\n    - {name: viewer, token: pl4y, play: ['**']}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s := startServer(t, folder, nil, "--config", file)
	metrics := s.out.await(t, `metrics +(http://localhost:\d+/metrics)`)[1]
	rest := s.out.await(t, `REST +(http://localhost:\d+/v1/server)`)[1]
	for _, c := range []struct {
		url, token string
		status     int
	}{
		{metrics, "", http.StatusUnauthorized}, {metrics, "pl4y", http.StatusForbidden}, {metrics, "s3cret", http.StatusOK},
		{rest, "s3cret", http.StatusForbidden},
	} {
		url := c.url
		if c.token != "" {
			url += "?token=" + c.token
		}
		answers(t, http.DefaultClient, http.MethodGet, url, c.status, "")
	}
}
