//go:build cgo && !nogst

package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"sluice/engine/enginetest"
	"sluice/engine/enginetest/program"
)

// encoder is ffmpeg, which publishes pictures of one colour, and a tone, as H.264 and AAC until it is killed.
func encoder(t *testing.T, colour, url string, more ...string) (kill func()) {
	t.Helper()
	args := strings.Fields("-hide_banner -loglevel error -re -f lavfi -i color=" + colour + ":size=320x180:rate=25 " +
		"-f lavfi -i sine=frequency=440:sample_rate=44100 -c:v libx264 -preset ultrafast -tune zerolatency -pix_fmt yuv420p -g 25 -c:a aac -ac 1")
	return program.Start(t, "ffmpeg", append(append(args, more...), url)...).Kill
}

// watcher is ffmpeg, which plays and tells the colour of each picture.
type watcher struct {
	name  string
	mu    sync.Mutex
	seen  map[string]int
	ended bool
	more  chan struct{}
}

func watch(t *testing.T, name string, input ...string) *watcher {
	t.Helper()
	w := &watcher{name: name, seen: map[string]int{}, more: make(chan struct{}, 1)}
	pictures(t, 1, 1, w.take, input...)
	return w
}

// take takes pictures of one field each.
func (w *watcher) take(picture []byte) {
	w.mu.Lock()
	w.ended = picture == nil
	if picture != nil {
		w.seen[colourOf(picture)]++
	}
	w.mu.Unlock()
	select {
	case w.more <- struct{}{}:
	default:
	}
}

// colourOf names what is plainly of one colour; the slate is not.
func colourOf(p []byte) string {
	for i, name := range []string{"red", "green", "blue"} {
		others := max(int(p[(i+1)%3]), int(p[(i+2)%3]))
		if int(p[i]) > 100 && others < 60 {
			return name
		}
	}
	return "slate"
}

// sees waits until so many pictures more of a colour have been shown.
func (w *watcher) sees(t *testing.T, colour string, many int) {
	t.Helper()
	late := time.After(patience)
	w.mu.Lock()
	want := w.seen[colour] + many
	w.mu.Unlock()
	for {
		w.mu.Lock()
		seen, ended := w.seen[colour], w.ended
		w.mu.Unlock()
		switch {
		case seen >= want:
			return
		case ended:
			t.Fatalf("%s was thrown off; it saw %v", w.name, w.seen)
		}
		select {
		case <-w.more:
		case <-late:
			t.Fatalf("%s: %d pictures of %d are %s; it saw %v", w.name, seen-want+many, many, colour, w.seen)
		}
	}
}

// serveOld starts a server of which RTMP and RTSP are known, too, where they are.
func serveOld(t *testing.T, env ...string) (s *restServer, rtmp, rtsp string) {
	t.Helper()
	rtmp, rtsp = enginetest.FreeAddress(t), enginetest.FreeAddress(t)
	env = append([]string{
		"SLUICE_RTMP_LISTEN=" + rtmp, "SLUICE_RTSP_LISTEN=" + rtsp, "SLUICE_REST_HOSTS=127.0.0.1", "SLUICE_REST_ELEMENTS=rtmp2src,rtmp2sink",
		"SLUICE_HLS_LISTEN=127.0.0.1:0", "SLUICE_HLS_TLS_LISTEN=", // the usual ports may be taken
	}, env...)
	return serveREST(t, t.TempDir(), env...), rtmp, rtsp
}

// TestSteady kills a publisher under viewers of every kind. They see a slate, and the publisher again when he is back, each on the
// connection that he has had all the time.
func TestSteady(t *testing.T) {
	t.Parallel()
	program.Need(t, "ffmpeg")
	s, rtmpAt, rtspAt := serveOld(t)
	rtmp, rtsp := "rtmp://"+rtmpAt+"/steady/cam", "rtsp://"+rtspAt+"/steady/cam"
	for _, publisher := range []struct {
		name, url string
		form      []string
	}{{"RTMP", rtmp, []string{"-f", "flv"}}, {"RTSP", rtsp, []string{"-rtsp_transport", "tcp", "-f", "rtsp"}}} {
		t.Run(publisher.name, func(t *testing.T) {
			s := *s
			s.t = t
			kill := encoder(t, "red", publisher.url, publisher.form...)
			s.until("the stream is there", func() bool {
				return s.Call(t, "GET /v1/streams/steady%2Fcam", nil).StatusCode == http.StatusOK
			})
			page := s.view("steady/cam")
			viewers := []*watcher{
				watch(t, "RTMP", "-i", rtmp), watch(t, "RTSP over TCP", "-rtsp_transport", "tcp", "-i", rtsp),
			}
			all := func(colour string, many int) {
				t.Helper()
				for _, w := range viewers {
					w.sees(t, colour, many)
				}
				page.flows(t, 100)
			}
			all("red", 25)
			before := fmt.Sprint(s.Call(t, "GET /v1/pipelines", nil).Text)
			kill()
			all("slate", 50)
			kill = encoder(t, "blue", publisher.url, publisher.form...)
			all("blue", 50)
			kill()
			all("slate", 25)
			if n := page.lost.Load(); n > 0 {
				t.Errorf("the page misses %d of %d packets; before: %s", n, page.came.Load(), before)
			}
		})
	}
}

// TestSteadyPages does the same with pages: their slate is coded as they are, and who comes while they are away, but were there lately,
// has to wait for nothing.
func TestSteadyPages(t *testing.T) {
	t.Parallel()
	s, rtmp, rtsp := serveOld(t)
	publishing := func(then func(t *testing.T)) {
		t.Helper()
		t.Run("publish", func(t *testing.T) {
			publisher := *s
			publisher.t = t
			publisher.publish("steady/studio")
			s.until("the publisher has the name", func() bool {
				return strings.Contains(s.Call(t, "GET /v1/pipelines", nil).Text, "live/steady_whip")
			})
			then(t)
		})
	}
	gone := func(stream string) {
		t.Helper()
		s.until("the stream is gone", func() bool {
			return s.Call(t, "GET /v1/streams/steady%2F"+stream, nil).StatusCode == http.StatusNotFound
		})
	}
	publishing(func(*testing.T) {})
	gone("studio")
	page := s.view("steady/studio")
	page.flows(t, 200)
	for range 2 {
		publishing(func(t *testing.T) { page.flows(t, 200) })
		page.flows(t, 200) // of the slate: the publisher's connection was closed
	}
	if n := page.lost.Load(); n > 0 {
		t.Errorf("the page misses %d of %d packets", n, page.came.Load())
	}
	kill := encoder(t, "red", "rtmp://"+rtmp+"/steady/early", "-f", "flv")
	s.until("the stream is there", func() bool {
		return s.Call(t, "GET /v1/streams/steady%2Fearly", nil).StatusCode == http.StatusOK
	})
	kill()
	gone("early")
	early := watch(t, "who came early", "-rtsp_transport", "tcp", "-i", "rtsp://"+rtsp+"/steady/early")
	also := watch(t, "who came early, too", "-i", "rtmp://"+rtmp+"/steady/early")
	early.sees(t, "slate", 25)
	also.sees(t, "slate", 25)
	encoder(t, "blue", "rtmp://"+rtmp+"/steady/early", "-f", "flv")
	also.sees(t, "blue", 25)
	early.sees(t, "blue", 25)
}
