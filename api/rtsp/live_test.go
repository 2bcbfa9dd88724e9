package rtsp_test

import (
	"strings"
	"testing"
)

// publish has ffmpeg publish H.264 with AAC for as long as the test lasts.
func (s *server) publish(transport, name string, more ...string) *program {
	s.t.Helper()
	args := []string{
		"-hide_banner", "-loglevel", "warning", "-re", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=25",
		"-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000",
		"-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "25", "-pix_fmt", "yuv420p", "-c:a", "aac", "-ac", "2",
	}
	args = append(args, more...)
	return start(s.t, "ffmpeg", append(args, "-f", "rtsp", "-rtsp_transport", transport, "rtsp://"+s.addr+"/"+name)...)
}

// probe has ffprobe tell what a stream is made of.
func (s *server) probe(transport, name string) string {
	s.t.Helper()
	return start(s.t, "ffprobe", "-hide_banner", "-loglevel", "warning", "-rtsp_transport", transport, "-show_entries",
		"stream=codec_name,width,height,sample_rate,channels", "-of", "compact", "rtsp://"+s.addr+"/"+name).wait()
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
