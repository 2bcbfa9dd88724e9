package matrix

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"sluice/cmd/sluice/browser/drive"
	"sluice/engine/enginetest"
)

// patience is longer than anything here takes on a machine that has much to do.
const patience = 60 * time.Second

// server is `sluice serve` on loopback.
type server struct {
	web, rest, rtmp, rtsp, srt, hls string // host:port
	browser                         *drive.Driver
}

// built is the program with GStreamer that `make build` makes.
func built(t *testing.T) string {
	t.Helper()
	path := os.Getenv("SLUICE_MATRIX_PROGRAM")
	if path == "" {
		path = filepath.Join("..", "..", "..", "bin", "sluice")
	}
	path, err := filepath.Abs(path)
	if err == nil {
		_, err = os.Stat(path)
	}
	if err != nil {
		lacking(t, "there is no program to test; `make build` makes it: %v", err)
	}
	return path
}

// serve starts a server, which ends with the test.
func serve(t *testing.T) *server {
	t.Helper()
	s := &server{
		web: enginetest.FreeAddress(t), rest: enginetest.FreeAddress(t), rtmp: enginetest.FreeAddress(t),
		rtsp: enginetest.FreeAddress(t), srt: enginetest.FreeAddress(t), hls: enginetest.FreeAddress(t),
	}
	cmd := exec.Command(built(t), "serve")
	cmd.Dir = t.TempDir()
	udp, rtcp := pair(t)
	_, _ = udp.Close(), rtcp.Close()
	cmd.Env = []string{
		"HOME=" + cmd.Dir, "PATH=" + os.Getenv("PATH"), "SLUICE_WEB_LISTEN=" + s.web, "SLUICE_WEB_TLS_LISTEN=",
		"SLUICE_REST_LISTEN=" + s.rest, "SLUICE_REST_TLS_LISTEN=", "SLUICE_METRICS_LISTEN=",
		"SLUICE_WEBRTC_UDP=127.0.0.1:0", "SLUICE_WEBRTC_TCP=127.0.0.1:0", "SLUICE_WEBRTC_LOOPBACK=true",
		"SLUICE_RTMP_LISTEN=" + s.rtmp, "SLUICE_RTMP_TLS_LISTEN=", "SLUICE_RTSP_LISTEN=" + s.rtsp, "SLUICE_RTSP_TLS_LISTEN=",
		"SLUICE_SRT_LISTEN=" + s.srt, "SLUICE_HLS_LISTEN=" + s.hls, "SLUICE_HLS_TLS_LISTEN=",
		"SLUICE_RTSP_UDP=" + udp.LocalAddr().String(), "SLUICE_LOG_LEVEL=warn", "SLUICE_DRAIN=0s",
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		late := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
		defer late.Stop()
		if err := cmd.Wait(); err != nil {
			t.Errorf("the server was told to end: %v", err)
		}
	})
	s.answers(t, "http://"+s.web+"/readyz")
	return s
}

// answers waits until there is something at an address.
func (s *server) answers(t *testing.T, address string) {
	t.Helper()
	client := http.Client{Timeout: patience}
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	late := time.After(patience)
	for {
		if res, err := client.Get(address); err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("waited in vain for %s", address)
		}
	}
}
