package hls

import (
	"os"
	"os/exec"
	"testing"
	"time"

	"sluice/cmd/sluice/bench/benchtest"
)

// server is what viewers fetch from, in a process of its own.
type server struct {
	address string // host:port of HLS
	rtmp    string
	cmd     *exec.Cmd
}

// serve starts `sluice serve`, which ends with the benchmark.
func serve(b *testing.B) *server {
	b.Helper()
	s := &server{address: benchtest.Free(b), rtmp: benchtest.Free(b)}
	s.cmd = benchtest.Serve(b, benchtest.Pure(b), b.TempDir(), benchtest.Free(b),
		"SLUICE_REST_LISTEN=", "SLUICE_REST_TLS_LISTEN=", "SLUICE_METRICS_LISTEN=", "SLUICE_WEBRTC_UDP=127.0.0.1:0", "SLUICE_WEBRTC_TCP=127.0.0.1:0",
		"SLUICE_RTMP_LISTEN="+s.rtmp, "SLUICE_RTMP_TLS_LISTEN=", "SLUICE_RTSP_LISTEN=", "SLUICE_RTSP_TLS_LISTEN=", "SLUICE_SRT_LISTEN=",
		"SLUICE_HLS_LISTEN="+s.address, "SLUICE_HLS_TLS_LISTEN=",
		"SLUICE_WEB_CONNECTIONS_PER_ADDRESS=20000", // all viewers are on this machine
	)
	return s
}

// publish has the stream published, and made for HLS: that begins with the first viewer. What it gives ends its pictures.
func (s *server) publish(b *testing.B) (end func()) {
	b.Helper()
	end = benchtest.PublishRTMP(b, s.rtmp, stream)
	c, err := dial(s.address, 4<<10)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	benchtest.Until(b, "the stream", 50*time.Millisecond, func() bool {
		_, err := c.open(stream)
		return err == nil
	})
	return end
}

func (s *server) ran(b *testing.B) time.Duration {
	b.Helper()
	return benchtest.Ran(b, s.cmd.Process.Pid)
}

func (s *server) memory(b *testing.B) float64 {
	b.Helper()
	return benchtest.Memory(b, s.cmd.Process.Pid)
}

// child runs this program as something else.
func child(b *testing.B, role string, env ...string) *exec.Cmd {
	b.Helper()
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.CommandContext(b.Context(), self)
	cmd.Env = append(append(os.Environ(), play+"="+role), env...)
	cmd.Stderr = os.Stderr
	return cmd
}
