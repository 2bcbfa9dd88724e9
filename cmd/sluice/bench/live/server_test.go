package live

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"sluice/cmd/sluice/bench/benchtest"
)

// patience is longer than anything here takes; nothing is expected to take it.
const patience = 30 * time.Second

// server is `sluice serve` on loopback.
type server struct {
	web    string // host:port
	rest   string // the same of the REST API
	media  uint16 // UDP port
	rtmp   string
	rtsp   string
	srt    string
	cmd    *exec.Cmd
	folder string
}

// serve starts a server, which ends with the benchmark.
func serve(b *testing.B) *server {
	b.Helper()
	path := benchtest.Pure(b)
	s := &server{web: benchtest.Free(b), rest: benchtest.Free(b), media: benchtest.FreeUDP(b), rtmp: benchtest.Free(b), rtsp: benchtest.Free(b)}
	s.srt = "127.0.0.1:" + strconv.Itoa(int(benchtest.FreeUDP(b)))
	s.folder = b.TempDir()
	if err := os.Mkdir(s.graphs(), 0o700); err != nil {
		b.Fatal(err)
	}
	s.cmd = benchtest.Serve(b, path, s.folder, s.web,
		"SLUICE_REST_LISTEN="+s.rest, "SLUICE_REST_TLS_LISTEN=", "SLUICE_METRICS_LISTEN=",
		"SLUICE_WEBRTC_UDP=127.0.0.1:"+strconv.Itoa(int(s.media)), "SLUICE_WEBRTC_TCP=127.0.0.1:0",
		"SLUICE_HLS_LISTEN=", "SLUICE_HLS_TLS_LISTEN=", "SLUICE_SRT_LISTEN="+s.srt,
		"SLUICE_RTMP_LISTEN="+s.rtmp, "SLUICE_RTMP_TLS_LISTEN=", "SLUICE_RTSP_LISTEN="+s.rtsp, "SLUICE_RTSP_TLS_LISTEN=", "SLUICE_RTSP_UDP=off",
	)
	return s
}

// graphs is the folder of the server's graphs.
func (s *server) graphs() string { return filepath.Join(s.folder, "graphs") }

// ran is the processor time that the server has used so far.
func (s *server) ran(b *testing.B) time.Duration {
	b.Helper()
	return benchtest.Ran(b, s.cmd.Process.Pid)
}

// memory is what would be free if the server ended, in kilobytes.
func (s *server) memory(b *testing.B) float64 {
	b.Helper()
	return benchtest.Memory(b, s.cmd.Process.Pid)
}
