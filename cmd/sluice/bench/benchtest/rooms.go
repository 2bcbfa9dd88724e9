package benchtest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// JSON is an object of it.
type JSON = map[string]any

// Rooms is `sluice serve` with the doors that rooms need, whose REST API may change things. Its methods are not for several goroutines.
type Rooms struct {
	Cmd                       *exec.Cmd
	REST, RTSP, RTMP, Metrics string // host:port, on loopback

	b    testing.TB
	http *http.Client
}

// ServeRooms starts one in a folder, which ends with the benchmark.
func ServeRooms(b testing.TB, folder string) *Rooms {
	b.Helper()
	path := Program(b)
	transport := &http.Transport{ResponseHeaderTimeout: Patience}
	s := &Rooms{REST: Free(b), RTSP: Free(b), RTMP: Free(b), Metrics: Free(b), b: b, http: &http.Client{Transport: transport}}
	b.Cleanup(s.http.CloseIdleConnections)
	s.Cmd = Serve(b, path, folder, Free(b), "SLUICE_REST_LISTEN="+s.REST, "SLUICE_REST_TLS_LISTEN=", "SLUICE_REST_WRITE=true",
		"SLUICE_METRICS_LISTEN="+s.Metrics, "SLUICE_HLS_LISTEN=", "SLUICE_HLS_TLS_LISTEN=", "SLUICE_SRT_LISTEN=",
		"SLUICE_WEBRTC_UDP=127.0.0.1:0", "SLUICE_WEBRTC_TCP=127.0.0.1:0", "SLUICE_RTMP_LISTEN="+s.RTMP, "SLUICE_RTMP_TLS_LISTEN=",
		"SLUICE_RTSP_LISTEN="+s.RTSP, "SLUICE_RTSP_TLS_LISTEN=", "SLUICE_RTSP_UDP=off", "SLUICE_CPUS=64")
	return s
}

// Call makes a request of the REST API, "PUT /v1/…", and gives what the answer holds.
func (s *Rooms) Call(what string, with JSON) (status int, answer JSON) {
	s.b.Helper()
	method, path, _ := strings.Cut(what, " ")
	data := []byte{}
	if with != nil {
		data, _ = json.Marshal(with)
	}
	req, err := http.NewRequestWithContext(s.b.Context(), method, "http://"+s.REST+path, bytes.NewReader(data))
	if err != nil {
		s.b.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := s.http.Do(req)
	if err != nil {
		s.b.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	answer = JSON{}
	_ = json.NewDecoder(res.Body).Decode(&answer) // none is none
	return res.StatusCode, answer
}

// Do makes a request that is to succeed.
func (s *Rooms) Do(what string, with JSON) JSON {
	s.b.Helper()
	status, answer := s.Call(what, with)
	if status/100 != 2 {
		s.b.Fatalf("%s: %d %v", what, status, answer)
	}
	return answer
}

// Sum adds a metric up, over its labels.
func (s *Rooms) Sum(metric string) float64 {
	s.b.Helper()
	req, err := http.NewRequestWithContext(s.b.Context(), http.MethodGet, "http://"+s.Metrics+"/metrics", http.NoBody)
	if err != nil {
		s.b.Fatal(err)
	}
	res, err := s.http.Do(req)
	if err != nil {
		s.b.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.b.Fatal(err)
	}
	total := 0.0
	for _, m := range regexp.MustCompile(`(?m)^`+metric+`(?:\{[^}]*\})? (\S+)$`).FindAllSubmatch(text, -1) {
		v, err := strconv.ParseFloat(string(m[1]), 64)
		if err != nil {
			s.b.Fatal(err)
		}
		total += v
	}
	return total
}
