package rtsp_test

import (
	"strings"
	"testing"

	"sluice/engine/enginetest/program"
)

// Packets that fit no datagram come over TCP, and players over UDP and SRTP get the stream all the same.
func TestLargePackets(t *testing.T) {
	for _, row := range []struct{ name, video, audio string }{
		{"H.264", "libx264 -preset ultrafast -tune zerolatency -b:v 3M", "aac"},
		{"VP8", "libvpx -deadline realtime -cpu-used 8 -b:v 3M", "libopus"},
		{"MJPEG", "mjpeg -pix_fmt yuvj420p -huffman default -b:v 3M", "pcm_alaw -ar 8000 -ac 1"},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			program.Need(t, "gst-launch-1.0")
			s := serve(t, secured(t))
			published := s.await("stream.published", "cam")
			args := []string{
				"-hide_banner", "-loglevel", "warning", "-re", "-f", "lavfi", "-i", "testsrc2=size=640x368:rate=10",
				"-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-pix_fmt", "yuv420p", "-g", "10", "-c:v",
			}
			args = append(append(append(args, strings.Fields(row.video)...), "-c:a"), strings.Fields(row.audio)...)
			program.Start(t, "ffmpeg", append(args, "-f", "rtsp", "-rtsp_transport", "tcp", "-pkt_size", "8000", "rtsp://"+s.addr+"/cam")...)
			published()
			for _, transport := range []string{"udp", "http"} {
				if got := s.probe(transport, "cam"); !strings.Contains(got, "width=640|height=368") {
					t.Errorf("over %s: %s", transport, got)
				}
			}
			if row.name != "H.264" {
				return
			}
			if n := s.watch("udp", "rtsps://"+s.secure+"/cam", h264, 20)(); n < 19 {
				t.Errorf("over SRTP: %d pictures", n)
			}
		})
	}
}

// AAC that comes in LATM is played as mpeg4-generic, and sounds as it should.
func TestLATM(t *testing.T) {
	s := serve(t)
	published := s.await("stream.published", "cam")
	program.Start(t, "ffmpeg", "-hide_banner", "-loglevel", "warning", "-re", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-c:a", "aac",
		"-ac", "2", "-f", "rtsp", "-rtpflags", "latm", "-rtsp_transport", "tcp", "rtsp://"+s.addr+"/cam")
	published()
	got := program.Start(t, "ffmpeg", "-hide_banner", "-rtsp_transport", "tcp", "-i", "rtsp://"+s.addr+"/cam", "-t", "1", "-af", "volumedetect",
		"-f", "null", "-").Wait()
	for _, want := range []string{"Audio: aac (LC), 48000 Hz, stereo", "mean_volume: -2"} { // the sine's level is -21 dB
		if !strings.Contains(got, want) {
			t.Errorf("got\n%s\nwithout %s", got, want)
		}
	}
}
