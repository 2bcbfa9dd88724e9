//go:build cgo && !nogst

package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"sluice/api/hls/playlist/conform"
	"sluice/api/hls/playlist/conform/walk"
	"sluice/graphs"
)

// madeUp publishes made-up pictures and sound in codecs of its choice, and offers them over HLS as they are.
const madeUp = `graph: v1
about: A film of a test.
params:
  name: string
  video: string
  audio: string
route:
  - rest.start
nodes:
  film: {element: test.in, set: {video: $video, audio: $audio, pattern: moving, size: 320x180, fps: 10/1, length: 0s, live: true}}
  out: stream.out name=$name
links:
  - film -> out
`

// kept is HLS that leaves Opus as it is.
const kept = `graph: v1
about: HLS with Opus.
route:
  - {event: hls.play, path: "/{stream...}", where: {profile: kept}, share: $stream}
nodes:
  in: stream.in name=$stream wait=5s
  hls: {element: hls.out, set: {path: $at, segment: 1s, opus: true}, lazy: 10s}
links:
  - in -> hls
`

// hlsServer is a server of which HLS is known, too, where it is.
type hlsServer struct {
	*restServer
	at, rtsp string
}

func serveHLS(t *testing.T, env ...string) *hlsServer {
	t.Helper()
	own := []string{"SLUICE_HLS_LISTEN=127.0.0.1:0", "SLUICE_HLS_TLS_LISTEN=127.0.0.1:0", "SLUICE_SRT_LISTEN=127.0.0.1:0"}
	s := serveREST(t, t.TempDir(), append(own, env...)...)
	return &hlsServer{s, s.out.await(t, `HLS +(http://localhost:\d+)/`)[1], s.out.await(t, `RTSP +(rtsp://localhost:\d+)/`)[1]}
}

// of is the server for a part of the test.
func (s *hlsServer) of(t *testing.T) *hlsServer {
	own := *s.restServer
	own.t = t
	return &hlsServer{&own, s.at, s.rtsp}
}

// get is what an address gives, which may take as long as what is asked for.
func (s *hlsServer) get(address string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	answer, err := s.HTTP.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s %s", address, answer.Status, body)
	}
	return body, err
}

// lengths is the section that says how long parts are. What is live on a busy machine leaves pictures out, and the part with the hole
// is too short or too long.
const lengths = "4.4.4.9"

// walks has all that a multivariant playlist names checked, once there are three segments, and gives the renditions.
func (s *hlsServer) walks(address string) []conform.Member {
	s.t.Helper()
	var master []byte
	s.until("the stream is offered", func() (ok bool) {
		var err error
		master, err = s.get(address)
		return err == nil
	})
	lines := strings.Split(strings.TrimSpace(string(master)), "\n")
	media := address[:strings.LastIndex(address, "/")+1] + lines[len(lines)-1]
	s.until("there are three segments", func() bool { // each request is held for a while
		_, err := s.get(media + "&_HLS_msn=2")
		return err == nil
	})
	members, found, err := walk.Walk(s.get, address)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, f := range found {
		if f.Should || f.Section == lengths {
			s.t.Log(f)
			continue
		}
		for _, m := range members {
			s.t.Logf("%s:\n%s", m.URI, m.Body)
		}
		s.t.Fatal(f)
	}
	return members
}

// plays has real players play an address: ffprobe tells the codecs, and GStreamer's hlsdemux2 decodes some pictures.
func (s *hlsServer) plays(address, codecs, size string) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	probe := exec.CommandContext(ctx, "ffprobe", "-v", "error", "-show_entries", "stream=codec_name,width,height", "-of", "csv=p=0", address)
	if out, err := probe.CombinedOutput(); err != nil || !strings.Contains(string(out), codecs+","+size) {
		s.t.Errorf("ffprobe: %v, %s", err, out)
	}
	args := strings.Fields("-q uridecodebin3 uri=" + address + " caps=video/x-raw name=d d. ! videoconvert ! videoscale ! " +
		"video/x-raw,format=GRAY8,width=16,height=16 ! fdsink sync=false")
	player := exec.CommandContext(ctx, "gst-launch-1.0", args...)
	player.Stderr = s.t.Output()
	shown, err := player.StdoutPipe()
	if err == nil {
		err = player.Start()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	const picture = 16 * 16
	if n, err := io.CopyN(io.Discard, shown, 10*picture); err != nil {
		s.t.Errorf("gst-launch-1.0 shows %d pictures: %v", n/picture, err)
	}
	cancel() // a live stream has no end
	_ = player.Wait()
}

// smallLadder routes the shipped ladder with smaller pictures: STREAM-HLS-SMALL-STREAM.
func (s *hlsServer) smallLadder() {
	s.t.Helper()
	text, err := graphs.FS.ReadFile("live/ladder.yaml")
	if err != nil {
		s.t.Fatal(err)
	}
	small := string(text)
	for old, with := range map[string]string{
		"1280, height: 720": "192, height: 108", "854, height: 480": "160, height: 90", "426, height: 240": "128, height: 72",
		"profile: abr": "profile: small", "-HLS-ABR-STREAM": "-HLS-SMALL-STREAM",
	} {
		small = edited(s.t, small, old, with)
	}
	small, _, _ = strings.Cut(small, "\ntests:")
	s.graph("small", small)
	s.until("the ladder is routed", func() bool { return strings.Contains(s.routes(), `"small"`) })
}

// TestLadders has ladders of H.264 and H.265 checked, all renditions with their media, and played. They have the shipped ladder's
// graph, and smaller pictures.
func TestLadders(t *testing.T) {
	t.Parallel()
	s := serveHLS(t)
	s.smallLadder()
	for name, codec := range map[string]string{"h264": "libx264 -tune zerolatency", "h265": "libx265 -tune zerolatency -x265-params log-level=error"} {
		t.Run(name, func(t *testing.T) {
			s := s.of(t)
			encoder(t, "green", s.rtsp+"/"+name, strings.Fields("-c:v "+codec+" -rtsp_transport tcp -f rtsp")...)
			s.there(name)
			address := s.at + "/" + name + "-HLS-SMALL-STREAM/index.m3u8"
			members := s.walks(address)
			var codecs []string
			for _, m := range members {
				codecs = append(codecs, m.Codecs...)
			}
			slices.Sort(codecs)
			if got := strings.Join(codecs, " "); got != "avc1 avc1 avc1 mp4a" {
				t.Errorf("it is %s", got)
			}
			s.plays(address, "h264", "192,108")
		})
	}
}

// TestNewCodecsOverHLS has AV1 and Opus pass through HLS as they are, with low latency, checked and played.
func TestNewCodecsOverHLS(t *testing.T) {
	t.Parallel()
	s := serveHLS(t)
	s.graph("film", madeUp)
	s.graph("kept", kept)
	s.until("both graphs are routed", func() bool {
		routes := s.routes()
		return strings.Contains(routes, `"film"`) && strings.Contains(routes, `"kept"`)
	})
	s.want(http.StatusCreated, "POST /v1/pipelines?wait=10s", J{"graph": "film", "params": J{"name": "new", "video": "av1", "audio": "opus"}})
	s.there("new")
	address := s.at + "/new-HLS-KEPT-STREAM/index.m3u8"
	if m := s.walks(address)[0]; !slices.Equal(slices.Sorted(slices.Values(m.Codecs)), []string{"Opus", "av01"}) {
		t.Errorf("it is %s", m.Codecs)
	}
	s.plays(address, "av1", "320,180")
}
