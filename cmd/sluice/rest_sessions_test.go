package main

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bluenviron/gortmplib"
	"github.com/bluenviron/gortmplib/pkg/message"
	"github.com/bluenviron/gortsplib/v5"
	"github.com/bluenviron/gortsplib/v5/pkg/base"

	"sluice/engine/enginetest"
)

// playRTSP has somebody play a stream. What it gives is closed when that has ended.
func playRTSP(t *testing.T, address string) <-chan struct{} {
	t.Helper()
	u, err := base.ParseURL(address)
	if err != nil {
		t.Fatal(err)
	}
	over := gortsplib.ProtocolTCP
	c := &gortsplib.Client{Scheme: u.Scheme, Host: u.Host, Protocol: &over, ReadTimeout: patience}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	gone := make(chan struct{})
	t.Cleanup(func() { c.Close(); <-gone })
	go func() { defer close(gone); _ = c.Wait() }()
	d, _, err := c.Describe(u)
	if err == nil {
		err = c.SetupAll(d.BaseURL, d.Medias)
	}
	if err == nil {
		_, err = c.Play(nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return gone
}

// playRTMP has somebody play a stream. What it gives is closed when the client hears that it has ended.
func playRTMP(t *testing.T, address string) <-chan struct{} {
	t.Helper()
	conn := rtmpClient(t, address, false)
	r := &gortmplib.Reader{Conn: conn}
	if err := r.Initialize(); err != nil {
		t.Fatal(err)
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		for {
			m, err := conn.Read()
			if c, ok := m.(*message.CommandAMF0); err != nil || ok && strings.Contains(fmt.Sprint(c.Arguments), "NetStream.Play.Stop") {
				return
			}
		}
	}()
	t.Cleanup(func() { conn.Close(); <-gone })
	return gone
}

// seen is what the server tells of a session.
type seen struct{ protocol, direction, stream string }

// sessions are those that the server lists, with their ids.
func (s *restServer) sessions() map[seen]string {
	s.t.Helper()
	out := map[seen]string{}
	list, _ := s.want(http.StatusOK, "GET /v1/sessions", nil)["items"].([]any)
	for _, one := range list {
		one, _ := one.(J)
		text := func(key string) string {
			v, _ := one[key].(string)
			return v
		}
		since, err := time.Parse(time.RFC3339, text("since"))
		if host, port, _ := net.SplitHostPort(text("remote")); err != nil || time.Since(since) > patience || !slices.Contains([]string{"127.0.0.1", "::1"}, host) || port == "" {
			s.t.Errorf("%v", one)
		}
		if text("pipeline") == "" || text("graph") == "" || text("state") != "live" {
			s.t.Errorf("%v", one)
		}
		out[seen{text("protocol"), text("direction"), text("stream")}] = text("id")
	}
	return out
}

// TestSessionsCanBeEnded has clients of several doors publish and play, and ends them one by one, players first.
func TestSessionsCanBeEnded(t *testing.T) {
	t.Parallel()
	rtmp, rtsp := enginetest.FreeAddress(t), enginetest.FreeAddress(t)
	s := serveREST(t, t.TempDir(), "SLUICE_RTMP_LISTEN="+rtmp, "SLUICE_RTSP_LISTEN="+rtsp)
	s.publish("cam")
	s.view("cam")
	sound(t, "rtmp://"+rtmp+"/live/voice")
	s.until("the voice is there", func() bool { return s.Call(t, "GET /v1/streams/voice", nil).StatusCode == http.StatusOK })
	gone := map[seen]<-chan struct{}{
		{"rtmp", "play", "voice"}: playRTMP(t, "rtmp://"+rtmp+"/live/voice"),
		{"rtsp", "play", "voice"}: playRTSP(t, "rtsp://"+rtsp+"/voice"),
	}
	order := []seen{
		{"whep", "play", "cam"}, {"rtsp", "play", "voice"}, {"rtmp", "play", "voice"}, {"whip", "publish", "cam"}, {"rtmp", "publish", "voice"},
	}
	there := s.sessions()
	if len(there) != len(order) {
		t.Fatalf("%v", there)
	}
	for _, one := range order {
		id := there[one]
		s.want(http.StatusAccepted, "DELETE /v1/sessions/"+id, nil)
		s.until(strings.Join([]string{one.protocol, one.direction}, " ")+" ends", func() bool {
			return s.Call(t, "GET /v1/sessions/"+id, nil).StatusCode == http.StatusNotFound
		})
		if end := gone[one]; end != nil {
			select {
			case <-end:
			case <-time.After(patience):
				t.Errorf("%v: the client does not hear of it", one)
			}
		}
		if one.direction == "publish" {
			s.refused(http.StatusNotFound, "stream_not_found", "GET /v1/streams/"+one.stream, nil)
		}
	}
	s.until("nothing runs", func() bool { return s.running() == 0 })
}
