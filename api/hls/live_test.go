package hls_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"sluice/api/doortest"
	"sluice/api/hls"
	"sluice/api/hls/outlet"
	"sluice/api/rtsp"
	"sluice/engine"
	"sluice/engine/enginetest"
	"sluice/engine/enginetest/program"
)

// transport makes other forms of HLS, for who asks for them by a profile.
const transport = `graph: v1
name: ts
about: HLS for old players.
route:
  - {event: hls.play, path: "/{stream...}", where: {profile: ts}}
nodes:
  in: stream.in name=$stream wait=5s
  hls: {element: hls.out, set: {path: /$(stream)-HLS-TS-STREAM, segments: ts, segment: 1s}, lazy: 10s}
links:
  - in -> hls
---
graph: v1
name: opus
about: HLS with Opus.
route:
  - {event: hls.play, path: "/{stream...}", where: {profile: opus}}
nodes:
  in: stream.in name=$stream wait=5s
  hls: {element: hls.out, set: {path: /$(stream)-HLS-OPUS-STREAM, segment: 1s}, lazy: 10s}
links:
  - in -> hls
`

// recording lets a test publish over RTSP.
const recording = `graph: v1
about: A test publishes.
route:
  - rtsp.announce /{stream...}
nodes:
  in: rtsp.in
  out: stream.out name=$stream
links:
  - in -> out
`

// live is a server with real ports, to which ffmpeg publishes over RTSP.
type live struct {
	t         *testing.T
	engine    *engine.Engine
	http, rec string // "http://127.0.0.1:8082", "rtsp://127.0.0.1:554"
}

// hlsEngine is the engine as HLS sees it.
type hlsEngine struct{ *engine.Engine }

func (e hlsEngine) Raise(ctx context.Context, ev engine.Event) error {
	_, err := e.Engine.Raise(ctx, ev)
	return err
}

func (e hlsEngine) Has(name string) bool { return e.Streams().Has(name) }

func serveLive(t *testing.T) *live {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	own := outlet.Elements()
	e := doortest.Engine(t, log, doortest.Parts{
		Elements: append(own, rtsp.Elements()...), Triggers: slices.Concat(hls.Triggers(), rtsp.Triggers()),
		Graphs: fstest.MapFS{
			"hls.yaml": {Data: []byte(shipped(t, "live/hls"))}, "ts.yaml": {Data: []byte(transport)}, "rtsp.yaml": {Data: []byte(recording)},
		},
	})
	in, err := rtsp.New(rtsp.Options{Engine: rtsp.UseEngine(e), Listen: []string{"127.0.0.1:0"}, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	doortest.Serve(t, e, in)
	door, err := hls.New(hls.Options{Engine: hlsEngine{e}, Catalog: own[0].(outlet.Out).Catalog(), Log: log})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(door.Handler())
	t.Cleanup(func() {
		if err := door.Close(context.Background()); err != nil {
			t.Error(err)
		}
		web.Close()
	})
	return &live{t: t, engine: e, http: web.URL, rec: "rtsp://" + in.Addresses()[0].String()}
}

// publish has ffmpeg publish a film with some codecs until the test is over. It is encoded before: an encoder that cannot keep up, as on a
// machine with much else to do, would have the stream stop and go.
func (l *live) publish(t *testing.T, stream, codecs string) {
	t.Helper()
	film := filepath.Join(t.TempDir(), "film.mp4")
	program.Start(t, "ffmpeg", strings.Fields("-v error -f lavfi -i testsrc2=size=320x180:rate=25 -f lavfi -i sine=frequency=440:sample_rate=48000 "+
		"-t 20 -g 25 -pix_fmt yuv420p -ac 2 "+codecs+" "+film)...).Wait()
	published := doortest.Await(t, l.engine, "stream.published", stream)
	program.Start(t, "ffmpeg", strings.Fields("-v error -re -stream_loop -1 -i "+film+" -c copy -f rtsp -rtsp_transport tcp "+l.rec+"/"+stream)...)
	published()
}

// TestPlayers has real players play every form: ffmpeg, and both of GStreamer's.
func TestPlayers(t *testing.T) {
	program.Need(t, "ffmpeg", "ffprobe", "gst-launch-1.0")
	l := serveLive(t)
	const quick = "-c:v libx264 -preset ultrafast -tune zerolatency "
	for _, c := range []struct{ name, codecs, address, want string }{
		{"parts", quick + "-c:a aac", "/parts/parts.m3u8", "h264 aac"},
		{"old", quick + "-c:a aac", "/old-HLS-TS-STREAM/index.m3u8", "h264 aac"},
		{"opus", quick + "-c:a libopus", "/opus-HLS-OPUS-STREAM/master.m3u8", "h264 opus"},
		{"newer", "-c:v libx265 -preset ultrafast -x265-params log-level=error -c:a aac", "/newer/newer.m3u8", "hevc aac"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel() // which waits for the most part: a film takes its time
			l.publish(t, c.name, c.codecs)
			l.record(t, c.address, c.want)
			l.decode(t, "hlsdemux2", "uridecodebin3", "uri="+l.http+c.address, "caps=video/x-raw", "name=d")
			l.decode(t, "hlsdemux", "souphttpsrc", "location="+l.http+c.address, "!", "hlsdemux", "!", "decodebin", "name=d")
		})
	}
}

// record has ffmpeg copy three seconds, and looks at what it got.
func (l *live) record(t *testing.T, address, want string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "recorded.mkv")
	out, err := program.Try(t, "ffmpeg", "-v", "error", "-i", l.http+address, "-t", "3", "-c", "copy", file)
	if err != nil || out != "" {
		t.Errorf("ffmpeg: %v\n%s", err, out)
	}
	text := program.Output(t, "ffprobe", "-v", "error", "-count_packets", "-show_streams", "-of", "json", file)
	var found struct {
		Streams []struct {
			Codec   string `json:"codec_name"`
			Begins  string `json:"start_time"`
			Packets int    `json:"nb_read_packets,string"`
		}
	}
	if err := json.Unmarshal([]byte(text), &found); err != nil {
		t.Fatal(err)
	}
	var codecs []string
	for _, s := range found.Streams {
		codecs = append(codecs, s.Codec)
		if s.Packets < 60 { // of 75 pictures, and of 140 pieces of sound
			t.Errorf("%s: %d packets; there are %+v", s.Codec, s.Packets, found.Streams)
		}
	}
	if got := strings.Join(codecs, " "); got != want {
		t.Errorf("it is %q, not %q", got, want)
	}
}

// decode has GStreamer show fifty pictures, and ends it then: hlsdemux tells nobody downstream of a live stream that it is at its end.
func (l *live) decode(t *testing.T, player string, source ...string) {
	t.Helper()
	args := append(append([]string{"-q"}, source...), "d.", "!", "videoconvert", "!", "video/x-raw,format=I420", "!", "fdsink", "sync=false")
	cmd := program.Command(t, "gst-launch-1.0", args...)
	from, to := io.Pipe()
	cmd.Stdout = to
	p := program.Run(t, cmd)
	enough := make(chan error, 1)
	const picture = 320 * 180 * 3 / 2
	go func() {
		n, err := io.CopyN(io.Discard, from, 50*picture)
		if err != nil {
			err = fmt.Errorf("%s: %d pictures, %w", player, n/picture, err)
		}
		enough <- err
	}()
	select {
	case err := <-enough:
		if err != nil {
			t.Error(err)
		}
	case <-p.Done():
		t.Errorf("%s ended: %s", player, p.Said())
	case <-time.After(2 * enginetest.Patience):
		t.Errorf("%s: fifty pictures do not come", player)
	}
	_, _ = from.Close(), to.Close() // nothing more is looked at
	p.Kill()
}
