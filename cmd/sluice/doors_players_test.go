package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"sluice/engine/enginetest/program"
)

// TestBackEndIsAskedAboutRealPlayers: who publishes by RTMP and who plays by RTSP and HLS is let in or not as the application's back end
// says: ffmpeg and ffprobe are the publishers and players.
func TestBackEndIsAskedAboutRealPlayers(t *testing.T) {
	t.Parallel()
	program.Need(t, "ffmpeg", "ffprobe")
	var mu sync.Mutex
	calls := map[string]int{} // "playHLS cam"
	back := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body struct{ Name string }
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		mu.Lock()
		calls[strings.TrimPrefix(r.URL.Path, "/")+" "+body.Name]++
		mu.Unlock()
		if strings.HasPrefix(body.Name, "closed") || strings.HasPrefix(r.URL.Path, "/none/") {
			w.WriteHeader(http.StatusForbidden)
		}
	}))
	defer back.Close()
	const all = "[publishStream, playRTSP, playHLS]"
	s := serveREST(t, t.TempDir(), fmt.Sprintf(
		`SLUICE_APPS_LIST=[{key: defaultApp, url: %q, methods: %s, fail: %s}, {key: none, url: %q, methods: %s, fail: %s}]`,
		back.URL, all, all, back.URL+"/none", all, all))
	at := func(scheme string) string {
		return s.out.await(t, strings.ToUpper(scheme)+` +(`+scheme+`://localhost:\d+)`)[1]
	}
	hls := s.out.await(t, `HLS +(http://localhost:\d+)/`)[1]
	const film = "-v error -re -f lavfi -i testsrc2=size=160x90:rate=10 -t 60 -pix_fmt yuv420p -c:v libx264 -preset ultrafast -g 10 -f flv "
	if said, err := program.Try(t, "ffmpeg", strings.Fields(film+at("rtmp")+"/live/closed")...); err == nil {
		t.Errorf("who may not publish does: %s", said)
	}
	feeds(t.Context(), t, "-c:v libx264 -preset ultrafast -c:a aac", "flv", at("rtmp")+"/live/cam")
	s.until("cam", func() bool { return s.Call(t, "GET /v1/streams/cam", nil).StatusCode == http.StatusOK })
	play := func(address string, options ...string) (string, error) {
		return program.Try(t, "ffprobe", append(append([]string{"-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0"}, options...), address)...)
	}
	for _, c := range []struct {
		address, call string
		options       []string
	}{
		{at("rtsp") + "/cam", "playRTSP cam", []string{"-rtsp_transport", "tcp"}}, {hls + "/cam/index.m3u8", "playHLS cam", nil},
	} {
		if said, err := play(c.address, c.options...); err != nil || !strings.Contains(said, "h264") || !strings.Contains(said, "aac") {
			t.Errorf("%s: %v %s", c.address, err, said)
		}
		if said, err := play(c.address+"?appKey=none", c.options...); err == nil || !strings.Contains(said, "403") {
			t.Errorf("%s, whom the back end refuses: %v %s", c.address, err, said)
		}
		mu.Lock()
		if calls[c.call] == 0 || calls["none/"+c.call] == 0 {
			t.Errorf("%s: it was asked %v", c.call, calls)
		}
		mu.Unlock()
	}
	mu.Lock()
	defer mu.Unlock()
	if calls["publishStream cam"] != 1 || calls["publishStream closed"] == 0 {
		t.Errorf("it was asked %v", calls)
	}
}
