//go:build cgo && !nogst

package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// encoder is ffmpeg, which publishes pictures of one colour, and a tone, as H.264 and AAC until it is killed.
func encoder(t *testing.T, colour, url string, more ...string) (kill func()) {
	t.Helper()
	args := strings.Fields("-hide_banner -loglevel error -re -f lavfi -i color=" + colour + ":size=320x180:rate=25 " +
		"-f lavfi -i sine=frequency=440:sample_rate=44100 -c:v libx264 -preset ultrafast -tune zerolatency -pix_fmt yuv420p -g 25 -c:a aac -ac 1")
	c := exec.Command("ffmpeg", append(append(args, more...), url)...)
	said := &strings.Builder{}
	c.Stderr = said
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	var once sync.Once
	kill = func() {
		once.Do(func() {
			_ = c.Process.Kill()
			_ = c.Wait()
			if said.Len() > 0 {
				t.Logf("the encoder of %s: %s", colour, said)
			}
		})
	}
	t.Cleanup(kill)
	return kill
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
	args := append(append([]string{"-hide_banner", "-loglevel", "error"}, input...),
		"-map", "0:v", "-vf", "scale=1:1", "-pix_fmt", "rgb24", "-fps_mode", "passthrough", "-flush_packets", "1", "-f", "rawvideo", "pipe:1")
	c := exec.Command("ffmpeg", args...)
	said := &strings.Builder{}
	c.Stderr = said
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.read(out)
	}()
	t.Cleanup(func() {
		_ = c.Process.Kill()
		<-done
		_ = c.Wait()
		t.Logf("%s saw %v; it said: %.600s", name, w.seen, said)
	})
	return w
}

// read takes pictures of one pixel each.
func (w *watcher) read(from io.Reader) {
	in := bufio.NewReader(from)
	for pixel := make([]byte, 3); ; {
		_, err := io.ReadFull(in, pixel)
		w.mu.Lock()
		w.ended = err != nil
		if err == nil {
			w.seen[colourOf(pixel)]++
		}
		w.mu.Unlock()
		select {
		case w.more <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
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
func serveOld(t *testing.T) (s *restServer, rtmp, rtsp string) {
	t.Helper()
	at := make([]string, 2)
	for i := range at {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		at[i] = l.Addr().String()
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return serveREST(t, t.TempDir(), "SLUICE_RTMP_LISTEN="+at[0], "SLUICE_RTSP_LISTEN="+at[1], "SLUICE_REST_HOSTS=127.0.0.1",
		"SLUICE_REST_ELEMENTS=rtmp2src,rtmp2sink"), at[0], at[1]
}

// TestSteady kills a publisher under viewers of every kind. They see a slate, and the publisher again when he is back, each on the
// connection that he has had all the time; so does who came before there was a publisher.
func TestSteady(t *testing.T) {
	for _, tool := range []string{"ffmpeg"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(tool + " is missing")
		}
	}
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

// TestSteadyPages does the same with pages: their slate is coded as they are, and who comes before them has to wait for nothing.
func TestSteadyPages(t *testing.T) {
	s, rtmp, rtsp := serveOld(t)
	page := s.view("steady/studio")
	page.flows(t, 200)
	for range 2 {
		t.Run("publish", func(t *testing.T) {
			publisher := *s
			publisher.t = t
			publisher.publish("steady/studio")
			s.until("the publisher has the name", func() bool {
				return strings.Contains(s.Call(t, "GET /v1/pipelines", nil).Text, "live/steady_whip")
			})
			page.flows(t, 200)
		})
		page.flows(t, 200) // of the slate: the publisher's connection was closed
	}
	if n := page.lost.Load(); n > 0 {
		t.Errorf("the page misses %d of %d packets", n, page.came.Load())
	}
	early := watch(t, "who came early", "-rtsp_transport", "tcp", "-i", "rtsp://"+rtsp+"/steady/early")
	also := watch(t, "who came early, too", "-i", "rtmp://"+rtmp+"/steady/early")
	early.sees(t, "slate", 25)
	also.sees(t, "slate", 25)
	encoder(t, "blue", "rtmp://"+rtmp+"/steady/early", "-f", "flv")
	also.sees(t, "blue", 25)
	early.sees(t, "blue", 25)
}
