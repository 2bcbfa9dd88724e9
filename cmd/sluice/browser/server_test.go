package browser

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"sluice/engine/enginetest"
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
	HLS  string `json:"hls"`
	HLSS string `json:"hlss"`
	More string `json:"more"` // what {tcp} stands for in its settings
	RTMP string `json:"rtmp"` // what {rtmp} stands for
}

// server is `sluice serve` on ports of its own, which it keeps over restarts.
type server struct {
	addresses
	udp    string // of its media
	path   string
	graphs string // the folder of its own graphs
	env    []string
	log    *os.File

	mu    sync.Mutex
	cmd   *exec.Cmd     // nil if none runs
	gone  chan struct{} // closed at the end of the process
	ended error         // how it ended, once gone
}

// startServer starts a server with settings ("KEY=value", in which {tcp} and {rtmp} are more addresses, {ports} a range of ports and
// {folder} a folder of its own) beside those that keep it on loopback. Its log goes to a file in folder. It is told to end with the test,
// and must do so.
func startServer(t *testing.T, path, folder, name string, settings ...string) *server {
	t.Helper()
	web, tls, media := enginetest.FreeAddress(t), enginetest.FreeAddress(t), enginetest.FreeAddress(t)
	hls, hlss := enginetest.FreeAddress(t), enginetest.FreeAddress(t)
	s := &server{
		addresses: addresses{WS: "ws://" + web, WSS: "wss://" + tls, HTTP: "http://" + web, HLS: "http://" + hls, HLSS: "https://" + hlss},
		udp:       media,
		path:      path,
		graphs:    t.TempDir(),
		env: append([]string{
			"HOME=" + t.TempDir(),
			"PATH=" + os.Getenv("PATH"),
			"SLUICE_WEB_LISTEN=" + web,
			"SLUICE_WEB_TLS_LISTEN=" + tls,
			"SLUICE_WEB_SELF_SIGNED=true",
			"SLUICE_HLS_LISTEN=" + hls,
			"SLUICE_HLS_TLS_LISTEN=" + hlss,
			"SLUICE_WEBRTC_UDP=" + media,
			"SLUICE_WEBRTC_TCP=" + enginetest.FreeAddress(t),
			"SLUICE_WEBRTC_LOOPBACK=true",
			// Doors that few scenarios need, and whose usual ports somebody may have.
			"SLUICE_REST_LISTEN=", "SLUICE_REST_TLS_LISTEN=", "SLUICE_METRICS_LISTEN=", "SLUICE_SRT_LISTEN=",
			"SLUICE_RTMP_LISTEN=", "SLUICE_RTMP_TLS_LISTEN=", "SLUICE_RTSP_LISTEN=", "SLUICE_RTSP_TLS_LISTEN=", "SLUICE_RTSP_UDP=off",
			"SLUICE_LOG_LEVEL=debug",
			"SLUICE_LOG_FORMAT=text",
			"SLUICE_WEBSOCKET_INBOUND_RATE=1s",
			"SLUICE_WEBSOCKET_OUTBOUND_RATE=1s",
			"SLUICE_DRAIN=0s",
		}, settings...),
	}
	s.More, s.RTMP = enginetest.FreeAddress(t), enginetest.FreeAddress(t)
	for i, setting := range s.env {
		setting = strings.NewReplacer("{tcp}", s.More, "{rtmp}", s.RTMP).Replace(setting)
		if strings.Contains(setting, "{ports}") {
			setting = strings.ReplaceAll(setting, "{ports}", portRange(t))
		}
		if strings.Contains(setting, "{folder}") {
			setting = strings.ReplaceAll(setting, "{folder}", t.TempDir())
		}
		s.env[i] = setting
	}
	s.env = append(s.env, "SLUICE_GRAPHS="+s.graphs)
	var err error
	if s.log, err = os.Create(filepath.Join(folder, name+".log")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.end(syscall.SIGTERM); err != nil {
			t.Errorf("the server %q was told to end, and: %v; its log is in %s", name, err, s.log.Name())
		}
		_ = s.log.Close()
	})
	if err := s.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// start starts the process, and returns when it is ready.
func (s *server) start(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	cmd, gone := exec.Command(s.path, "serve"), make(chan struct{})
	cmd.Env, cmd.Stdout, cmd.Stderr = s.env, s.log, s.log
	if err := cmd.Start(); err != nil {
		return err
	}
	s.cmd, s.gone = cmd, gone
	go func() {
		defer close(gone)
		s.ended = cmd.Wait()
	}()
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for !s.ready(ctx) {
		select {
		case <-gone:
			s.cmd = nil
			return fmt.Errorf("the server has ended: %w\n%s", s.ended, s.tail())
		case <-ctx.Done():
			return fmt.Errorf("the server is not ready within %v\n%s", patience, s.tail())
		default:
		}
	}
	return nil
}

// tail is what the log ends with.
func (s *server) tail() string {
	const most = 2000
	text, err := os.ReadFile(s.log.Name())
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%s ends with:\n%s", s.log.Name(), text[max(0, len(text)-most):])
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

// end sends the process a signal and waits for its end. It fails if the process had to be killed, which leaves what its goroutines
// were at in the log, or ended with an error, unless killing was what was asked for.
func (s *server) end(signal syscall.Signal) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd == nil {
		return nil
	}
	process := s.cmd.Process
	s.cmd = nil
	_ = process.Signal(signal) // of one that has ended already it is told below how
	select {
	case <-s.gone:
	case <-time.After(patience):
		_ = process.Signal(syscall.SIGQUIT)
		late := time.AfterFunc(patience, func() { _ = process.Kill() })
		<-s.gone
		late.Stop()
		return fmt.Errorf("it did not end within %v", patience)
	}
	if signal == syscall.SIGKILL {
		return nil
	}
	return s.ended
}

// portRange is twenty ports, of which hardly anybody has one.
func portRange(t *testing.T) string {
	t.Helper()
	first := enginetest.FreeUDP(t)
	return fmt.Sprintf("%d-%d", first, first+19)
}
