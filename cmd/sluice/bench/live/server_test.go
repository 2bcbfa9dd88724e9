package live

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is longer than anything here takes; nothing is expected to take it.
const patience = 30 * time.Second

// program builds sluice without GStreamer, which nothing here needs, once for all benchmarks.
var program = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "sluice-live-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, "sluice")
	cmd := exec.Command("go", "build", "-tags", "nogst", "-o", path, "sluice/cmd/sluice")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return path, nil
})

// server is `sluice serve` on loopback.
type server struct {
	web   string // host:port
	rest  string // the same of the REST API
	media uint16 // UDP port
	rtmp  string
	rtsp  string
	cmd   *exec.Cmd
}

// serve starts a server, which ends with the benchmark.
func serve(b *testing.B) *server {
	b.Helper()
	path, err := program()
	if err != nil {
		b.Fatal(err)
	}
	s := &server{web: free(b), rest: free(b), media: freeUDP(b), rtmp: free(b), rtsp: free(b)}
	s.cmd = exec.Command(path, "serve")
	s.cmd.Dir = b.TempDir()
	if err := os.Mkdir(s.graphs(), 0o700); err != nil {
		b.Fatal(err)
	}
	s.cmd.Env = []string{
		"HOME=" + s.cmd.Dir, "PATH=" + os.Getenv("PATH"), "SLUICE_WEB_LISTEN=" + s.web, "SLUICE_WEB_TLS_LISTEN=" + free(b),
		"SLUICE_WEB_SELF_SIGNED=true", "SLUICE_REST_LISTEN=" + s.rest, "SLUICE_REST_TLS_LISTEN=", "SLUICE_METRICS_LISTEN=",
		"SLUICE_WEBRTC_UDP=127.0.0.1:" + strconv.Itoa(int(s.media)), "SLUICE_WEBRTC_TCP=127.0.0.1:0",
		"SLUICE_WEBRTC_LOOPBACK=true", "SLUICE_LOG_LEVEL=error", "SLUICE_DRAIN=0s",
		"SLUICE_RTMP_LISTEN=" + s.rtmp, "SLUICE_RTMP_TLS_LISTEN=", "SLUICE_RTSP_LISTEN=" + s.rtsp, "SLUICE_RTSP_TLS_LISTEN=",
		"SLUICE_RTSP_UDP=off",
	}
	s.cmd.Stderr = os.Stderr
	if err := s.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = s.cmd.Process.Signal(syscall.SIGTERM)
		late := time.AfterFunc(patience, func() { _ = s.cmd.Process.Kill() })
		defer late.Stop()
		if err := s.cmd.Wait(); err != nil {
			b.Errorf("the server was told to end: %v", err)
		}
	})
	ctx, cancel := context.WithTimeout(b.Context(), patience)
	defer cancel()
	for !s.ready(ctx) {
		if ctx.Err() != nil {
			b.Fatal("the server is not ready")
		}
	}
	return s
}

// graphs is the folder of the server's graphs.
func (s *server) graphs() string { return filepath.Join(s.cmd.Dir, "graphs") }

// ready asks once, and waits a little if the answer is no.
func (s *server) ready(ctx context.Context) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.web+"/readyz", nil)
	if err != nil {
		return false
	}
	if res, err := http.DefaultClient.Do(req); err == nil {
		_ = res.Body.Close()
		if res.StatusCode == http.StatusOK {
			return true
		}
	}
	select {
	case <-ctx.Done():
	case <-time.After(20 * time.Millisecond):
	}
	return false
}

// ran is the processor time that the server has used so far.
func (s *server) ran(b *testing.B) time.Duration {
	b.Helper()
	tasks := fmt.Sprintf("/proc/%d/task", s.cmd.Process.Pid)
	list, err := os.ReadDir(tasks)
	if err != nil {
		b.Fatal(err)
	}
	sum := time.Duration(0)
	for _, task := range list {
		data, err := os.ReadFile(filepath.Join(tasks, task.Name(), "schedstat"))
		if err != nil {
			continue // the thread has just ended
		}
		text, _, _ := strings.Cut(string(data), " ")
		ns, _ := strconv.ParseInt(text, 10, 64)
		sum += time.Duration(ns)
	}
	return sum
}

// memory is what would be free if the server ended, in kilobytes.
func (s *server) memory(b *testing.B) float64 {
	b.Helper()
	f, err := os.Open(fmt.Sprintf("/proc/%d/smaps_rollup", s.cmd.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	sum := 0.0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) == 3 && (fields[0] == "Private_Clean:" || fields[0] == "Private_Dirty:") {
			kb, _ := strconv.ParseFloat(fields[1], 64)
			sum += kb
		}
	}
	return sum
}

// free is an address on loopback that nobody listens on now.
func free(b *testing.B) string {
	b.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// freeUDP is a UDP port that nobody has now.
func freeUDP(b *testing.B) uint16 {
	b.Helper()
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	return c.LocalAddr().(*net.UDPAddr).AddrPort().Port()
}
