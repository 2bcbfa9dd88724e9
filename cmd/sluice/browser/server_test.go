package browser

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long a server may take to be ready, or to end.
const patience = 30 * time.Second

// programs is where what is tested is built, once for all tests; removePrograms takes it away.
var programs = sync.OnceValues(func() (string, error) { return os.MkdirTemp("", "sluice-browser-") })

func removePrograms() {
	if folder, err := programs(); err == nil {
		_ = os.RemoveAll(folder)
	}
}

// program builds sluice without GStreamer, which most scenarios do not need.
var program = sync.OnceValues(func() (string, error) {
	return build("sluice", []string{"CGO_ENABLED=0"}, "-tags", "nogst")
})

// programWithGStreamer builds it whole.
var programWithGStreamer = sync.OnceValues(func() (string, error) {
	return build("sluice-gst", []string{"CGO_ENABLED=1"})
})

func build(name string, env []string, flags ...string) (string, error) {
	folder, err := programs()
	if err != nil {
		return "", err
	}
	path := filepath.Join(folder, name)
	cmd := exec.Command("go", append(append([]string{"build"}, flags...), "-o", path, "sluice/cmd/sluice")...)
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return path, nil
}

// addresses of a server, as scenarios get them.
type addresses struct {
	WS   string `json:"ws"`
	WSS  string `json:"wss"`
	HTTP string `json:"http"`
	More string `json:"more"` // what {tcp} stands for in its settings
}

// server is `sluice serve` on ports of its own, which it keeps over restarts.
type server struct {
	addresses
	udp    string // of its media
	path   string
	graphs string // the folder of its own graphs
	env    []string
	log    *os.File

	mu  sync.Mutex
	cmd *exec.Cmd
}

// startServer starts a server with settings ("KEY=value", in which {tcp} is one more address) beside those that keep it on
// loopback. Its log goes to a file in folder. It is told to end with the test, and must do so.
func startServer(t *testing.T, path, folder, name string, settings ...string) *server {
	t.Helper()
	web, tls, media := freePort(t, "tcp"), freePort(t, "tcp"), freePort(t, "udp")
	s := &server{
		addresses: addresses{WS: "ws://" + web, WSS: "wss://" + tls, HTTP: "http://" + web},
		udp:       media,
		path:      path,
		graphs:    t.TempDir(),
		env: append([]string{
			"HOME=" + t.TempDir(),
			"PATH=" + os.Getenv("PATH"),
			"SLUICE_WEB_LISTEN=" + web,
			"SLUICE_WEB_TLS_LISTEN=" + tls,
			"SLUICE_WEB_SELF_SIGNED=true",
			"SLUICE_WEBRTC_UDP=" + media,
			"SLUICE_WEBRTC_TCP=" + freePort(t, "tcp"),
			"SLUICE_WEBRTC_LOOPBACK=true",
			"SLUICE_LOG_LEVEL=debug",
			"SLUICE_LOG_FORMAT=text",
			"SLUICE_WEBSOCKET_INBOUND_RATE=1s",
			"SLUICE_WEBSOCKET_OUTBOUND_RATE=1s",
			"SLUICE_DRAIN=0s",
		}, settings...),
	}
	s.More = freePort(t, "tcp")
	for i, setting := range s.env {
		s.env[i] = strings.ReplaceAll(setting, "{tcp}", s.More)
	}
	s.env = append(s.env, "SLUICE_GRAPHS="+s.graphs)
	var err error
	if s.log, err = os.Create(filepath.Join(folder, name+".log")); err != nil {
		t.Fatal(err)
	}
	if err := s.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.end(syscall.SIGTERM); err != nil {
			t.Errorf("the server %q was told to end, and: %v; its log is in %s", name, err, s.log.Name())
		}
		_ = s.log.Close()
	})
	return s
}

// start starts the process, and returns when it is ready.
func (s *server) start(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cmd = exec.Command(s.path, "serve")
	s.cmd.Env, s.cmd.Stdout, s.cmd.Stderr = s.env, s.log, s.log
	if err := s.cmd.Start(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for !s.ready(ctx) {
		if ctx.Err() != nil {
			return fmt.Errorf("the server is not ready; its log is in %s", s.log.Name())
		}
	}
	return nil
}

// graph gives a graph of its own to the server, or takes it away if text is empty.
func (s *server) graph(name, text string) error {
	path := filepath.Join(s.graphs, filepath.FromSlash(name))
	if text == "" {
		return os.Remove(path)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// ready asks once, and waits a little if the answer is no.
func (s *server) ready(ctx context.Context) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.HTTP+"/readyz", nil)
	if err != nil {
		return false
	}
	req.Close = true
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

// end sends the process a signal and waits for its end. It fails if the process had to be killed, or ended with an error,
// unless killing was what was asked for.
func (s *server) end(signal syscall.Signal) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd == nil {
		return nil
	}
	if err := s.cmd.Process.Signal(signal); err != nil {
		return err
	}
	late := time.AfterFunc(patience, func() { _ = s.cmd.Process.Kill() })
	err := s.cmd.Wait()
	inTime := late.Stop()
	s.cmd = nil
	switch {
	case signal == syscall.SIGKILL:
		return nil
	case !inTime:
		return fmt.Errorf("it did not end within %v", patience)
	}
	return err
}

// freePort is an address on loopback that nobody listens on now.
func freePort(t *testing.T, network string) string {
	t.Helper()
	if network == "udp" {
		c, err := net.ListenPacket("udp4", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		return c.LocalAddr().String()
	}
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}
