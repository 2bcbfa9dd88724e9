package rtsp_test

import (
	"bufio"
	"context"
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"sluice/api/auth"
	"sluice/api/rtsp"
	"sluice/engine/enginetest"
	"sluice/engine/enginetest/program"
)

// publish has ffmpeg publish H.264 with AAC for as long as the test lasts.
func (s *server) publish(transport, name string, more ...string) *program.Program {
	s.t.Helper()
	args := []string{
		"-hide_banner", "-loglevel", "warning", "-re", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25",
		"-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000",
		"-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "25", "-pix_fmt", "yuv420p", "-c:a", "aac", "-ac", "2",
	}
	args = append(args, more...)
	return program.Start(s.t, "ffmpeg", append(args, "-f", "rtsp", "-rtsp_transport", transport, "rtsp://"+s.addr+"/"+name)...)
}

// probe has ffprobe tell what a stream is made of.
func (s *server) probe(transport, name string) string {
	s.t.Helper()
	return program.Start(s.t, "ffprobe", "-hide_banner", "-loglevel", "warning", "-rtsp_transport", transport, "-show_entries",
		"stream=codec_name,width,height,sample_rate,channels", "-of", "compact", "rtsp://"+s.addr+"/"+name).Wait()
}

// ffmpeg publishes and plays, over each transport, under any application.
func TestPublishAndPlay(t *testing.T) {
	for _, publish := range []string{"tcp", "udp"} {
		for _, play := range []string{"tcp", "udp", "http"} {
			t.Run(publish+" to "+play, func(t *testing.T) {
				t.Parallel()
				s := serve(t)
				published := s.await("stream.published", "cam")
				s.publish(publish, "live/cam")
				published()
				for _, name := range []string{"cam", "live/cam", "other/app/cam?token=x"} {
					got := s.probe(play, name)
					for _, want := range []string{
						"codec_name=h264|width=320|height=180", "codec_name=aac|sample_rate=48000|channels=2",
					} {
						if !strings.Contains(got, want) {
							t.Errorf("%s: got\n%s\nwithout %s", name, got, want)
						}
					}
				}
			})
		}
	}
}

// Who plays a name that is an address gets that camera, called once for all.
func TestPull(t *testing.T) {
	s := serve(t)
	published := s.await("stream.published", "cam")
	s.publish("tcp", "cam")
	published()
	name := "rtsp://" + s.addr + "/cam"
	ended := s.await("stream.ended", name)
	for _, transport := range []string{"tcp", "udp"} {
		if got := s.probe(transport, name); !strings.Contains(got, "codec_name=h264|width=320|height=180") {
			t.Errorf("got %s", got)
		}
	}
	if n := len(s.engine.Readers("cam")); n != 1 {
		t.Errorf("the camera is called %d times", n)
	}
	ended() // some time after the last viewer has gone
}

// What is asked for over a socket is answered with the status for what is wrong with it.
func TestRefused(t *testing.T) {
	s := serve(t)
	for _, row := range []struct{ request, want string }{
		{"DESCRIBE rtsp://h/nobody RTSP/1.0\r\nCSeq: 1\r\n\r\n", "RTSP/1.0 404 nobody publishes"},
		{"DESCRIBE rtsp://h/rtsp://refused.example/x RTSP/1.0\r\nCSeq: 1\r\n\r\n", "RTSP/1.0 403 nothing is played from there"},
		{"DESCRIBE rtsp://h/rtsp://127.0.0.1:1/x RTSP/1.0\r\nCSeq: 1\r\n\r\n", "RTSP/1.0 502 127.0.0.1:1 cannot be reached"},
		{"DESCRIBE rtsp://h/a/../b RTSP/1.0\r\nCSeq: 1\r\n\r\n", "RTSP/1.0 400 "},
		{"DESCRIBE rtsp://h/ RTSP/1.0\r\nCSeq: 1\r\n\r\n", "RTSP/1.0 400 the address has no name"},
		{"DESCRIBE rtsp://h/x?%zz RTSP/1.0\r\nCSeq: 1\r\n\r\n", "RTSP/1.0 400 "},
		{"DESCRIBE rtsp://h/nobody RTSP/1.0\r\n\r\n", "RTSP/1.0 400 "},
		{"OPTIONS * RTSP/1.0\r\nCSeq: 7\r\n\r\n", "RTSP/1.0 200 OK"},
		{"PLAY rtsp://h/x RTSP/1.0\r\nCSeq: 1\r\nSession: 5\r\n\r\n", "RTSP/1.0 454 "},
		{"RECORD rtsp://h/x RTSP/1.0\r\nCSeq: 1\r\n\r\n", "RTSP/1.0 501 "},
		{"SETUP rtsp://h/nobody/trackID=0 RTSP/1.0\r\nCSeq: 1\r\nTransport: RTP/AVP/TCP;interleaved=0-1\r\n\r\n", "RTSP/1.0 404 "},
		{"SETUP rtsp://h/x/trackID=0 RTSP/1.0\r\nCSeq: 1\r\nTransport: nonsense\r\n\r\n", "RTSP/1.0 400 "},
		{"ANNOUNCE rtsp://h/x RTSP/1.0\r\nCSeq: 1\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n", "RTSP/1.0 400 "},
		{announce("m=video 0 RTP/AVP 96\r\na=rtpmap:96 MP4V-ES/90000\r\n"), "RTSP/1.0 415 nothing of what is offered is known: MP4V-ES/90000"},
		{announce("m=video 0 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n"), "RTSP/1.0 200 OK"},
		{"ANNOUNCE rtsp://h/x RTSP/1.0\r\nCSeq: 1\r\nContent-Length: 99999999\r\n\r\n", ""}, // cut off
		{"GET / HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 400 "},
		{"GET / HTTP/1.1\r\nX: " + strings.Repeat("x", 20_000), ""},
		{"DESCRIBE rtsp://h/x RTSP/1.0\r\n" + strings.Repeat("A: b\r\n", 300) + "\r\n", ""},
		{"DESCRIBE rtsp://h/x RTSP/9.9\r\nCSeq: 1\r\n\r\n", "RTSP/1.0 505 RTSP Version Not Supported"},
		{"$\x00\x00\x04abcd", ""}, // a frame before anything was agreed on
		{"RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n", ""},
	} {
		if got := s.say(row.request); !strings.HasPrefix(got, row.want) || row.want == "" && got != "" {
			t.Errorf("%.60q is answered %.120q, not %q", row.request, got, row.want)
		}
	}
}

func announce(lines string) string {
	body := "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n" + lines
	return "ANNOUNCE rtsp://h/x RTSP/1.0\r\nCSeq: 1\r\nContent-Type: application/sdp\r\nContent-Length: " + strconv.Itoa(len(body)) +
		"\r\n\r\n" + body
}

// say sends a request on a connection of its own, and gives what comes before that is closed from this side.
func (s *server) say(request string) string {
	s.t.Helper()
	conn, err := new(net.Dialer).DialContext(s.t.Context(), "tcp", s.addr)
	if err != nil {
		s.t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, request); err != nil {
		return ""
	}
	if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		s.t.Fatal(err)
	}
	head, err := bufio.NewReader(conn).ReadString('\n')
	if errors.Is(err, os.ErrDeadlineExceeded) {
		s.t.Errorf("%.60q: no answer", request)
	}
	return head
}

// What gortsplib hangs up on without a word is answered before.
func TestWhatCannotBeUnderstood(t *testing.T) {
	s := serve(t)
	for said, want := range map[string]string{
		"FOO rtsp://h/x RTSP/1.0\r\nCSeq: 1\r\n\r\n":                                      "501",
		"DESCRIBE rtsp://h/" + strings.Repeat("x", 2500) + " RTSP/1.0\r\nCSeq: 1\r\n\r\n": "414",
		"OPTIONS rtsp://h/x RTSP/1.7\r\nCSeq: 1\r\n\r\n":                                  "505",
		"hello rtsp://h/x RTSP/1.0\r\nCSeq: 1\r\n\r\n":                                    "400",
	} {
		if got := s.say(said); !strings.HasPrefix(got, "RTSP/1.0 "+want+" ") {
			t.Errorf("%.40q: %q, not %s", said, got, want)
		}
	}
}

// Where a graph's route names what stands before the name, the right that is asked for is that to all of it.
func TestRightToTheWholeName(t *testing.T) {
	rules, err := auth.New(auth.Config{Anonymous: &auth.AnonymousConfig{Publish: []string{"cam", "steady/mine"}}})
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, func(o *rtsp.Options) {
		o.Auth = rules
		o.Claims = func(event, path string, vars map[string]any) bool {
			return event == "rtsp.announce" && strings.HasPrefix(path, "/steady/") && vars["app"] == "steady"
		}
	})
	const body = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 0 RTP/AVP 0\r\na=control:0\r\n"
	for path, want := range map[string]string{"steady/cam": "403", "steady/mine": "200", "live/cam": "200", "mine": "403"} {
		head := "ANNOUNCE rtsp://h/" + path + " RTSP/1.0\r\nCSeq: 1\r\nContent-Type: application/sdp\r\n"
		got := s.say(head + "Content-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body)
		if !strings.HasPrefix(got, "RTSP/1.0 "+want+" ") {
			t.Errorf("%s: %q, not %s", path, got, want)
		}
	}
}

// Where a graph's route names what stands before the name, that graph serves whoever plays there, with the settings that it has, though the
// stream by itself is published, too; and the right that is asked for is that to the whole name.
func TestGraphBelowAnApplication(t *testing.T) {
	rules, err := auth.New(auth.Config{Anonymous: &auth.AnonymousConfig{Publish: []string{"**"}, Play: []string{"cam", "sound/cam"}}})
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, func(o *rtsp.Options) { o.Auth = rules })
	published := s.await("stream.published", "cam")
	s.publish("tcp", "live/cam")
	published()
	for path, want := range map[string]string{"cam": "h264 aac", "live/cam": "h264 aac", "sound/cam": "aac"} {
		got := s.probe("tcp", path)
		if strings.Contains(got, "h264") != strings.Contains(want, "h264") || !strings.Contains(got, "aac") {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
	}
	if got := s.say("DESCRIBE rtsp://h/sound/other RTSP/1.0\r\nCSeq: 1\r\n\r\n"); !strings.HasPrefix(got, "RTSP/1.0 403 ") {
		t.Errorf("another stream below: %q", got)
	}
}

// Who may publish and play is asked, by password, by Digest, and by a token in the address.
func TestAuth(t *testing.T) {
	sum := md5.Sum([]byte("cam:sluice:pa:ss"))
	rules, err := auth.New(auth.Config{
		Users: []auth.UserConfig{
			{Name: "cam", Password: auth.Hash("pa:ss"), Digest: hex.EncodeToString(sum[:]), Publish: []string{"cam"}, Play: []string{"cam"}},
		},
		Tokens: []auth.TokenConfig{{Name: "viewer", Token: "0123456789abcdef", Play: []string{"cam"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, func(o *rtsp.Options) { o.Auth = rules })
	published := s.await("stream.published", "cam")
	plain := s.addr
	s.addr = "cam:pa%3Ass@" + plain // ffmpeg does Digest
	s.publish("tcp", "cam")
	published()
	if got := s.probe("tcp", "cam"); !strings.Contains(got, "h264") {
		t.Errorf("got %s", got)
	}
	s.addr = plain
	if got := s.probe("tcp", "cam?token=0123456789abcdef"); !strings.Contains(got, "h264") {
		t.Errorf("got %s", got)
	}
	basic := func(login string) string {
		return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(login)) + "\r\n"
	}
	for _, row := range []struct{ path, headers, want string }{
		{"cam", "", "RTSP/1.0 401 "},
		{"cam", basic("cam:pa:ss"), "RTSP/1.0 200 "},
		{"cam", basic("cam:wrong"), "RTSP/1.0 401 "},
		{"other", basic("cam:pa:ss"), "RTSP/1.0 403 "},
		{"cam", "Authorization: Bearer 0123456789abcdef\r\n", "RTSP/1.0 200 "},
		{"cam", `Authorization: Digest username="cam", realm="sluice", nonce="0-0", uri="rtsp://h/cam", response="` + strings.Repeat("0", 32) + "\"\r\n", "RTSP/1.0 401 "},
		{"cam", "Authorization: Digest =\r\n", "RTSP/1.0 401 "},
		{"cam", "Authorization: Basic !!\r\n", "RTSP/1.0 401 "},
		{"cam?password=x", "", "RTSP/1.0 401 "},
	} {
		if got := s.say("DESCRIBE rtsp://h/" + row.path + " RTSP/1.0\r\nCSeq: 1\r\n" + row.headers + "\r\n"); !strings.HasPrefix(got, row.want) {
			t.Errorf("%s %s: %q, not %q", row.path, row.headers, got, row.want)
		}
	}
}

// Every codec that RTP has a way for is passed on as it is.
func TestCodecs(t *testing.T) {
	for _, row := range []struct{ video, audio, want string }{
		{"libx265", "libopus", "hevc opus"},
		{"libvpx", "pcm_alaw -ar 8000 -ac 1", "vp8 pcm_alaw"},
		{"libvpx-vp9 -deadline realtime -cpu-used 8 -strict experimental", "pcm_mulaw -ar 8000 -ac 1", "vp9 pcm_mulaw"},
		{"mjpeg -pix_fmt yuvj420p -huffman default", "g722 -ar 16000 -ac 1", "mjpeg adpcm_g722"},
		{"libx264 -preset ultrafast -bf 2", "libmp3lame", "h264 mp3"},
		{"libx264 -preset ultrafast", "g726le -ar 8000 -ac 1", "h264 adpcm_g726"},
	} {
		t.Run(row.want, func(t *testing.T) {
			t.Parallel()
			s := serve(t)
			published := s.await("stream.published", "cam")
			args := []string{
				"-hide_banner", "-loglevel", "warning", "-re", "-f", "lavfi", "-i", "testsrc2=size=320x176:rate=10",
				"-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-pix_fmt", "yuv420p", "-g", "10", "-c:v",
			}
			args = append(append(append(args, strings.Fields(row.video)...), "-c:a"), strings.Fields(row.audio)...)
			program.Start(t, "ffmpeg", append(args, "-f", "rtsp", "-rtsp_transport", "tcp", "rtsp://"+s.addr+"/cam")...)
			published()
			if n := s.door.Counts(); n.Publishing != 1 || n.Playing != 0 {
				t.Errorf("%+v", n)
			}
			got := s.probe("tcp", "cam")
			for _, codec := range strings.Fields(row.want) {
				if !strings.Contains(got, "codec_name="+codec) {
					t.Errorf("got\n%s\nwithout %s", got, codec)
				}
			}
		})
	}
}

// A name is one publisher's, and free again when he has gone.
func TestNameInUse(t *testing.T) {
	s := serve(t)
	published, ended := s.await("stream.published", "cam"), s.await("stream.ended", "cam")
	first := s.publish("tcp", "cam")
	published()
	second := s.publish("udp", "live/cam")
	if second.Ended() == nil || !strings.Contains(second.Said(), "455") {
		t.Errorf("the second one is told %s", second.Said())
	}
	first.End()
	ended()
	again := s.await("stream.published", "cam")
	s.publish("udp", "live/cam")
	again()
}

// Whoever is inside may end by himself when the door closes, and nobody comes in any more.
func TestClose(t *testing.T) {
	s := serve(t)
	published := s.await("stream.published", "cam")
	camera := s.publish("tcp", "cam")
	published()
	closed := make(chan error, 1)
	go func() { closed <- s.door.Close(context.WithoutCancel(t.Context())) }()
	asking, enough := context.WithTimeout(t.Context(), patience)
	defer enough()
	for { // the door closes while this asks
		conn, err := new(net.Dialer).DialContext(asking, "tcp", s.addr)
		if err != nil {
			break
		}
		_ = conn.Close()
	}
	if asking.Err() != nil {
		t.Error("people still come in")
	}
	select {
	case <-closed:
		t.Error("the publisher was not waited for")
	default:
	}
	camera.End()
	if err := enginetest.Await(t, "the door's end", closed); err != nil {
		t.Error(err)
	}
}
