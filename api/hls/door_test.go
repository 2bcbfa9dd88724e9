package hls_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sluice/api/hls"
)

// within runs a test in a bubble, with a server in which "cam" is being published and has been heard for a while.
func within(t *testing.T, test func(t *testing.T, s *server, cam *speaker), change ...func(*hls.Options)) {
	t.Helper()
	withQuery(t, "", test, change...)
}

// withQuery is within, for who has to show something.
func withQuery(t *testing.T, query string, test func(t *testing.T, s *server, cam *speaker), change ...func(*hls.Options)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, nil, change...)
		cam := s.speaks("cam")
		heard := make(chan struct{})
		go func() {
			defer close(heard)
			cam.say(t, 5*time.Second)
		}()
		s.open("cam", query)
		<-heard
		test(t, s, cam)
	})
}

func TestPlays(t *testing.T) {
	within(t, func(t *testing.T, s *server, _ *speaker) {
		for _, address := range []string{"/cam/cam.m3u8", "/cam/index.m3u8", "/cam/master.m3u8"} {
			w := s.ask("GET", address)
			const want = "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-STREAM-INF:BANDWIDTH="
			if w.Code != http.StatusOK || !strings.HasPrefix(w.Body.String(), want) || !strings.Contains(w.Body.String(), `CODECS="mp4a.40.2"`) {
				t.Errorf("%s: %d\n%s", address, w.Code, w.Body)
			}
			if h := w.Header(); h.Get("Content-Type") != "application/vnd.apple.mpegurl" || h.Get("Cache-Control") != "no-cache, no-store" ||
				h.Get("Access-Control-Allow-Origin") != "*" {
				t.Errorf("%s: %v", address, h)
			}
		}
		media := s.open("cam", "")
		w := s.ask("GET", media)
		text := w.Body.String()
		if h := w.Header(); h.Get("Cache-Control") != "max-age=1" || h.Get("Vary") != "Accept-Encoding" {
			t.Errorf("playlist: %v", h)
		}
		if h := s.ask("GET", media+"&_HLS_msn=0").Header(); h.Get("Cache-Control") != "max-age=0, s-maxage=6" {
			t.Errorf("playlist that was waited for: %v", h)
		}
		for _, want := range []string{"#EXT-X-MAP:URI=", "#EXT-X-PART:DURATION=0.1", "#EXT-X-PRELOAD-HINT:TYPE=PART", "#EXT-X-PROGRAM-DATE-TIME:2000-01-01T00:00:"} {
			if !strings.Contains(text, want) {
				t.Errorf("no %s in\n%s", want, text)
			}
		}
		segment := "/cam/" + addresses(text)[0]
		w = s.ask("GET", segment)
		if h := w.Header(); h.Get("Content-Type") != "video/mp4" || !strings.Contains(h.Get("Cache-Control"), "immutable") || w.Body.Len() < 20_000 {
			t.Errorf("segment of %d bytes: %v", w.Body.Len(), h)
		}
		if part := s.ask("GET", segment, "Range: bytes=4-7"); part.Code != http.StatusPartialContent || part.Body.String() != "moof" {
			t.Errorf("a range of it: %d %q", part.Code, part.Body)
		}
		if head := s.ask("HEAD", segment); head.Code != http.StatusOK || head.Body.Len() != 0 || head.Header().Get("Content-Length") == "0" {
			t.Errorf("its head: %d %v", head.Code, head.Header())
		}
		packed := s.ask("GET", media, "Accept-Encoding: br, gzip;q=0.8")
		z, err := gzip.NewReader(bytes.NewReader(packed.Body.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(z); err != nil || string(got) != text || packed.Header().Get("Content-Encoding") != "gzip" {
			t.Errorf("packed: %v\n%s", err, got)
		}
	})
}

// TestBlockingReload: who asks for what comes next gets it when it is there.
func TestBlockingReload(t *testing.T) {
	within(t, func(t *testing.T, s *server, cam *speaker) {
		media := s.open("cam", "")
		answered := make(chan string, 1)
		go func() { answered <- s.get(media + "&_HLS_msn=3&_HLS_part=0") }()
		synctest.Wait()
		select {
		case <-answered:
			t.Fatal("it was not waited for")
		default:
		}
		if n := s.door.Counts().Held; n != 1 {
			t.Errorf("%d requests are held", n)
		}
		cam.say(t, 4*time.Second)
		if text := <-answered; len(addresses(text)) != 3 {
			t.Errorf("it has\n%s", text)
		}
		if n := s.door.Counts().Held; n != 0 {
			t.Errorf("%d requests are held", n)
		}
	})
}

func TestRefuses(t *testing.T) {
	within(t, func(t *testing.T, s *server, _ *speaker) {
		media := s.open("cam", "")
		before := time.Now()
		for target, want := range map[string]int{
			"/nobody/index.m3u8":                          http.StatusNotFound,
			"/cam/other.m3u8":                             http.StatusNotFound,
			"/cam/other-s1.m4s":                           http.StatusNotFound,
			"/cam/noise":                                  http.StatusNotFound,
			"/":                                           http.StatusNotFound,
			"/index.m3u8":                                 http.StatusNotFound,
			"/..%2f..%2fetc/passwd":                       http.StatusBadRequest,
			"/cam/..%2f..%2fpasswd":                       http.StatusNotFound,
			media + "&_HLS_msn=99":                        http.StatusBadRequest,
			media + "&_HLS_msn=-1":                        http.StatusBadRequest,
			media + "&_HLS_msn=1e9":                       http.StatusBadRequest,
			media + "&_HLS_part=1":                        http.StatusBadRequest,
			media + "&start=yesterday":                    http.StatusBadRequest,
			"/cam/index.m3u8?profile=a%20b":               http.StatusNotFound,
			"/cam/index.m3u8?start=yesterday":             http.StatusBadRequest,
			media + "&%zz":                                http.StatusBadRequest,
			media + "&x=" + strings.Repeat("y", 5000):     http.StatusBadRequest,
			strings.Replace(media, "/cam/", "/other/", 1): http.StatusNotFound,
			strings.Replace(strings.Split(media, ".")[0], "/cam/", "/cam/", 1) + "-s99.m4s": http.StatusNotFound,
		} {
			w := s.ask("GET", target)
			if text := w.Body.String(); w.Code != want || !strings.HasSuffix(text, "\n") || strings.Count(text, "\n") != 1 {
				t.Errorf("%.100s: %d %q, want %d", target, w.Code, text, want)
			}
			if h := w.Header(); h.Get("Access-Control-Allow-Origin") != "*" || h.Get("Cache-Control") != "no-store" {
				t.Errorf("%.100s: %v", target, h)
			}
		}
		if took := time.Since(before); took > time.Second {
			t.Errorf("that took %s", took)
		}
	})
}

func TestMethods(t *testing.T) {
	within(t, func(t *testing.T, s *server, _ *speaker) {
		w := s.ask("OPTIONS", "/any/where", "Origin: https://example.org", "Access-Control-Request-Method: GET")
		h := w.Header()
		if w.Code != http.StatusNoContent || h.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(h.Get("Access-Control-Allow-Headers"), "Authorization") {
			t.Errorf("OPTIONS: %d %v", w.Code, h)
		}
		if w := s.ask("POST", "/cam/index.m3u8"); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD, OPTIONS" {
			t.Errorf("POST: %d %v", w.Code, w.Header())
		}
	})
}

// TestManyAtOnce: however many ask first, one graph is started.
func TestManyAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, nil)
		cam := s.speaks("cam")
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() { s.open("cam", "") })
		}
		synctest.Wait()
		cam.say(t, 3*time.Second)
		all.Wait()
		if n := s.raised.Load(); n != 1 {
			t.Errorf("%d graphs were started", n)
		}
	})
}

// TestProfile: WCS's way to ask for a ladder raises the event with a profile, and what answers offers it under that address.
func TestProfile(t *testing.T) {
	const small = `graph: v1
about: A ladder of one.
route:
  - {event: hls.play, path: "/{stream...}", where: {profile: abr}}
nodes:
  in: stream.in name=$stream
  out: {element: hls.out, set: {path: /$(stream)-HLS-ABR-STREAM, rung: low}, lazy: 10s}
links:
  - in -> out
`
	synctest.Test(t, func(t *testing.T) {
		s := serve(t, map[string]string{"small": small})
		cam := s.speaks("live/cam")
		heard := make(chan struct{})
		go func() {
			defer close(heard)
			cam.say(t, 4*time.Second)
		}()
		defer func() { <-heard }()
		for _, address := range []string{"/live/cam-HLS-ABR-STREAM/cam-HLS-ABR-STREAM.m3u8", "/live/cam/index.m3u8?profile=abr"} {
			list := addresses(s.get(address))
			if len(list) != 1 || !strings.HasPrefix(list[0], "low_") {
				t.Fatalf("%s: %q", address, list)
			}
			s.get(address[:strings.LastIndex(address, "/")+1] + list[0])
		}
		if s.running("small") != 1 || s.running("hls") != 0 {
			t.Error("another graph answered")
		}
	})
}
