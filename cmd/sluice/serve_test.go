package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"sluice/cmd/sluice/config"
	"sluice/cmd/sluice/serve"
)

// told is what a process writes, to look into while it does. Safe for concurrent use.
type told struct {
	mu    sync.Mutex
	text  bytes.Buffer
	heard chan struct{}
}

func newTold() *told { return &told{heard: make(chan struct{})} }

func (w *told) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	close(w.heard)
	w.heard = make(chan struct{})
	return w.text.Write(p)
}

// all is what was written until now.
func (w *told) all() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// await returns the first match of a pattern, and of its groups, once there is one.
func (w *told) await(t *testing.T, pattern string) []string {
	t.Helper()
	late := time.After(patience)
	for {
		w.mu.Lock()
		have, heard := w.text.String(), w.heard
		w.mu.Unlock()
		if found := regexp.MustCompile(pattern).FindStringSubmatch(have); found != nil {
			return found
		}
		select {
		case <-heard:
		case <-late:
			t.Fatalf("%q was not written:\n%s", pattern, have)
		}
	}
}

// server is `sluice serve` in a process of its own.
type server struct {
	cmd       *exec.Cmd
	out, errs *told
	ended     chan error
}

// freePorts is the environment of a server on ports that are free.
func freePorts() []string {
	return []string{
		"SLUICE_WEB_LISTEN=127.0.0.1:0", "SLUICE_WEB_TLS_LISTEN=127.0.0.1:0", "SLUICE_WEBRTC_UDP=127.0.0.1:0", "SLUICE_WEBRTC_TCP=127.0.0.1:0",
		"SLUICE_REST_LISTEN=127.0.0.1:0", "SLUICE_REST_TLS_LISTEN=127.0.0.1:0", "SLUICE_METRICS_LISTEN=127.0.0.1:0",
		"SLUICE_RTMP_LISTEN=127.0.0.1:0", "SLUICE_RTMP_TLS_LISTEN=127.0.0.1:0",
		"SLUICE_RTSP_LISTEN=127.0.0.1:0", "SLUICE_RTSP_TLS_LISTEN=127.0.0.1:0", "SLUICE_RTSP_UDP=127.0.0.1:0",
		"SLUICE_HLS_LISTEN=127.0.0.1:0", "SLUICE_HLS_TLS_LISTEN=127.0.0.1:0", "SLUICE_SRT_LISTEN=127.0.0.1:0",
		"SLUICE_REGISTRY=snapshot", "SLUICE_LOG_FORMAT=text",
	}
}

// startServer starts one in a folder, which ends with the test if not before.
func startServer(t *testing.T, folder string, env []string, args ...string) *server {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	s := &server{out: newTold(), errs: newTold(), ended: make(chan error, 1)}
	s.cmd = exec.Command(self, append([]string{"serve"}, args...)...)
	s.cmd.Dir, s.cmd.Stdout, s.cmd.Stderr = folder, s.out, s.errs
	s.cmd.Env = append(append(os.Environ(), freePorts()...), env...)
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { s.ended <- s.cmd.Wait() }()
	t.Cleanup(func() {
		if s.cmd.ProcessState == nil {
			_ = s.cmd.Process.Kill()
		}
	})
	return s
}

func (s *server) signal(t *testing.T, sig os.Signal) {
	t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
}

// exit waits for its end and gives its exit code.
func (s *server) exit(t *testing.T) int {
	t.Helper()
	select {
	case <-s.ended:
		return s.cmd.ProcessState.ExitCode()
	case <-time.After(patience):
		_ = s.cmd.Process.Signal(syscall.SIGQUIT) // its goroutines tell
		<-s.ended
		t.Fatalf("it does not end:\n%s", s.errs.all())
		return -1
	}
}

// answers checks the status, and something in the answer, of a request.
func answers(t *testing.T, c *http.Client, method, url string, status int, want string) {
	t.Helper()
	r, err := http.NewRequest(method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	if err != nil || got.StatusCode != status || !strings.Contains(string(body), want) {
		t.Errorf("%s %s: %d %v, not %d with %q:\n%.300s", method, url, got.StatusCode, err, status, want, body)
	}
}

// handshake asks for a WebSocket (RFC 6455 1.3) and gives what it is answered with.
func handshake(t *testing.T, address string) string {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, "GET /3f2a9c1e HTTP/1.1\r\nHost: "+address+"\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	head := ""
	for r := bufio.NewReader(c); !strings.HasSuffix(head, "\r\n\r\n"); {
		line, err := r.ReadString('\n')
		if err != nil {
			t.Fatal(head, err)
		}
		head += line
	}
	return head
}

// TestServe is a server from its start to its end, as its operator sees it.
func TestServe(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "sluice.yaml")
	write := func(text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("drain: 1m\n")
	s := startServer(t, folder, nil, "--dev")
	pages := s.out.await(t, `page +(http://localhost:\d+)/  (https://localhost:\d+)/`)
	s.out.await(t, `configuration +sluice.yaml\n.*certificate +self-signed; its SHA-256 is\s+([0-9A-F]{2}:){31}`)
	s.out.await(t, `Ctrl-C stops the server.\n`)
	c := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}}
	defer c.CloseIdleConnections()
	for _, base := range pages[1:] {
		answers(t, c, http.MethodGet, base+"/", http.StatusOK, "<!doctype html>")
		answers(t, c, http.MethodGet, base+"/healthz", http.StatusOK, "ok")
		answers(t, c, http.MethodGet, base+"/readyz", http.StatusOK, `"ready":true`)
		answers(t, c, http.MethodOptions, base+"/cam/whip", http.StatusOK, "")
		answers(t, c, http.MethodGet, base+"/no/such/page", http.StatusNotFound, "")
	}
	for _, base := range s.out.await(t, `REST +(http://localhost:\d+)/v1/server  (https://localhost:\d+)/v1/server`)[1:] {
		answers(t, c, http.MethodGet, base+"/v1/server", http.StatusOK, `"pipelines":0`)
		answers(t, c, http.MethodGet, base+"/readyz", http.StatusOK, `"ready":true`)
	}
	if head := handshake(t, strings.TrimPrefix(pages[1], "http://")); !strings.Contains(head, "101 Switching Protocols") ||
		!strings.Contains(head, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") {
		t.Error(head)
	}
	write("drain: 2m\nhub: {cache: 1M}\n")
	s.signal(t, syscall.SIGHUP)
	s.errs.await(t, `msg="configuration changed" keys=drain\n`)
	s.errs.await(t, `msg="a change needs a restart" key=hub.cache from=sluice.yaml:2`)
	write("drain: soon\n")
	s.signal(t, syscall.SIGHUP)
	s.errs.await(t, `finding="sluice.yaml:1:8: error\[bad_value\]: `)
	s.signal(t, syscall.SIGTERM)
	if code := s.exit(t); code != exitOK {
		t.Errorf("exit %d", code)
	}
	if strings.Contains(s.errs.text.String(), "level=WARN msg=\"not all") {
		t.Error(s.errs.text.String())
	}
}

// TestServeUnderSystemd has a service manager listen.
func TestServeUnderSystemd(t *testing.T) {
	folder := t.TempDir()
	socket := filepath.Join(folder, "notify")
	manager, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	heard := newTold()
	go func() {
		for buf := make([]byte, 4096); ; {
			n, err := manager.Read(buf)
			if err != nil {
				return
			}
			_, _ = heard.Write(append(buf[:n:n], ";\n"...))
		}
	}()
	defer manager.Close()
	s := startServer(t, folder, []string{"NOTIFY_SOCKET=" + socket, "WATCHDOG_USEC=20000"})
	heard.await(t, `^READY=1\nSTATUS=serving on http://localhost:\d+/`)
	heard.await(t, `WATCHDOG=1`)
	s.signal(t, syscall.SIGHUP)
	heard.await(t, `RELOADING=1\nMONOTONIC_USEC=\d+;\n(.*\n)*READY=1;`)
	s.signal(t, os.Interrupt)
	heard.await(t, `STOPPING=1\nSTATUS=`)
	if code := s.exit(t); code != exitOK {
		t.Errorf("exit %d: %s", code, s.errs.text.String())
	}
}

func TestServeSaysWhyItCannot(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, row := range []struct {
		env  string
		code int
		want string
	}{
		{"SLUICE_WEB_LISTEN=" + taken.Addr().String(), exitIO, `sluice: web.listen\[unreachable\]: port \d+/tcp is taken\n  end the program`},
		{"SLUICE_WEBRTC_TCP=" + taken.Addr().String(), exitIO, `sluice: webrtc.tcp\[unreachable\]: port \d+/tcp is taken\n`},
		{"SLUICE_WEB_LISTEN=here", exitFound, `SLUICE_WEB_LISTEN: error\[bad_value\]: "web.listen": "here" is no address`},
		{"SLUICE_CONFIG=none.yaml", exitIO, `sluice: none.yaml\[resource_not_found\]: the configuration cannot be read`},
	} {
		s := startServer(t, t.TempDir(), []string{row.env})
		if code := s.exit(t); code != row.code {
			t.Errorf("%s: exit %d", row.env, code)
		}
		s.errs.await(t, row.want)
	}
}

// TestServeLogsJSON: what is no terminal gets lines of JSON, and no summary.
func TestServeLogsJSON(t *testing.T) {
	s := startServer(t, t.TempDir(), []string{"SLUICE_LOG_FORMAT=auto"})
	s.errs.await(t, `"msg":"ready"`)
	s.signal(t, syscall.SIGTERM)
	if code := s.exit(t); code != exitOK {
		t.Errorf("exit %d", code)
	}
	for line := range strings.Lines(s.errs.text.String()) {
		if !json.Valid([]byte(line)) {
			t.Errorf("not JSON: %s", line)
		}
	}
	if s.out.text.Len() > 0 {
		t.Errorf("it writes %q", s.out.text.String())
	}
}

// TestTwoServersInOneProcess has all the doors twice.
func TestTwoServersInOneProcess(t *testing.T) {
	type pair struct {
		said    *told
		signals chan os.Signal
		over    chan error
	}
	var both []pair
	for range 2 {
		a := &app{out: io.Discard, err: io.Discard, registry: "snapshot"}
		loaded, found, err := config.Load(config.Options{Places: []string{}, Env: freePorts()})
		if loaded == nil || err != nil {
			t.Fatal(found, err)
		}
		o, err := a.serverOptions(loaded, &serveFlags{})
		if err != nil {
			t.Fatal(err)
		}
		p := pair{newTold(), make(chan os.Signal, 1), make(chan error, 1)}
		o.Say, o.Workers = p.said, nil
		s, err := serve.New(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		go func() { p.over <- s.Run(context.WithoutCancel(t.Context()), p.signals) }()
		both = append(both, p)
	}
	defer http.DefaultClient.CloseIdleConnections()
	for i := range both {
		for _, p := range both[i:] { // the second one still works when the first has ended
			page := p.said.await(t, `page +(http://localhost:\d+)/`)[1]
			answers(t, http.DefaultClient, http.MethodGet, page+"/readyz", http.StatusOK, `"ready":true`)
			answers(t, http.DefaultClient, http.MethodOptions, page+"/cam/whep", http.StatusOK, "")
		}
		both[i].signals <- syscall.SIGTERM
		select {
		case err := <-both[i].over:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(patience):
			t.Fatalf("server %d does not end:\n%s", i, both[i].said.all())
		}
	}
}
