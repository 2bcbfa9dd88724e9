package demand

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience is longer than anything here takes; nothing is expected to take it.
const patience = 30 * time.Second

// program is the built sluice, which has GStreamer in it.
func program(b *testing.B) string {
	b.Helper()
	path, err := filepath.Abs("../../../../bin/sluice")
	if named := os.Getenv("SLUICE_BENCH_PROGRAM"); named != "" {
		path = named
	}
	if err == nil {
		_, err = os.Stat(path)
	}
	if err == nil {
		_, err = exec.LookPath("gst-launch-1.0")
	}
	if err != nil {
		b.Skipf("there is no program to measure; `make build` makes it: %v", err)
	}
	out, err := exec.CommandContext(b.Context(), path, "version", "--json").Output()
	if err != nil {
		b.Fatal(err)
	}
	var version struct {
		GStreamer bool `json:"gstreamer"`
	}
	if err := json.Unmarshal(out, &version); err != nil {
		b.Fatal(err)
	}
	if !version.GStreamer {
		b.Skip("bin/sluice is without GStreamer")
	}
	return path
}

// number is how much of something is measured: what the environment says, or the usual.
func number(b *testing.B, name string, usual int) int {
	b.Helper()
	text := os.Getenv("SLUICE_BENCH_" + name)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		b.Fatalf("SLUICE_BENCH_%s is %q, which is no number above 0", name, text)
	}
	return n
}

// server is `sluice serve` on loopback.
type server struct {
	web string // host:port
	cmd *exec.Cmd
}

// serve starts a server, which ends with the benchmark.
func serve(b *testing.B) *server {
	b.Helper()
	s := &server{web: free(b)}
	s.cmd = exec.Command(program(b), "serve")
	s.cmd.Dir = b.TempDir()
	s.cmd.Env = []string{
		"HOME=" + s.cmd.Dir, "PATH=" + os.Getenv("PATH"), "SLUICE_WEB_LISTEN=" + s.web, "SLUICE_WEB_TLS_LISTEN=" + free(b),
		"SLUICE_REST_LISTEN=" + free(b), "SLUICE_REST_TLS_LISTEN=" + free(b),
		"SLUICE_WEB_SELF_SIGNED=true", "SLUICE_WEBRTC_UDP=127.0.0.1:0", "SLUICE_WEBRTC_TCP=127.0.0.1:0",
		"SLUICE_WEBRTC_LOOPBACK=true", "SLUICE_LOG_LEVEL=error", "SLUICE_DRAIN=0s",
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
	until(b, "the server", func() bool { return s.ready(b.Context()) })
	return s
}

func (s *server) ready(ctx context.Context) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.web+"/readyz", nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	_ = res.Body.Close()
	return res.StatusCode == http.StatusOK
}

// free is an address that nobody listens on now.
func free(b *testing.B) string {
	b.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// until looks again and again whether something has come about that nobody tells of.
func until(b *testing.B, what string, so func() bool) {
	b.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-limit.C:
			b.Fatalf("waited in vain for %s", what)
		}
	}
}

// workers are the server's processes, with the processor time of each.
func (s *server) workers() map[int]time.Duration {
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	out := map[int]time.Duration{}
	for _, file := range files {
		if pid, parent, used := process(file); parent == s.cmd.Process.Pid {
			out[pid] = used
		}
	}
	return out
}

// warm waits until the server has a spare worker, no other, and that has nothing to do: it loads ahead when it is new.
func (s *server) warm(b *testing.B) {
	b.Helper()
	const calm = 300 * time.Millisecond
	at, was := time.Now(), s.workers()
	until(b, "a worker with nothing to do", func() bool {
		if time.Since(at) < calm {
			return false
		}
		now := s.workers()
		same := len(now) == 1 && len(was) == 1
		for pid, used := range now {
			before, there := was[pid]
			same = same && there && used > 0 && used == before
		}
		at, was = time.Now(), now
		return same
	})
}

// process is what Linux tells of one: with the processor time of its threads that have ended, in steps of 10 ms (proc(5)).
func process(file string) (pid, parent int, used time.Duration) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, 0, 0 // it has just ended
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	const up, user, system = 1, 11, 12 // behind its name
	if len(fields) <= system {
		return 0, 0, 0
	}
	at := func(i int) int {
		n, _ := strconv.Atoi(fields[i])
		return n
	}
	_, _ = fmt.Sscanf(file, "/proc/%d/stat", &pid)
	return pid, at(up), time.Duration(at(user)+at(system)) * 10 * time.Millisecond
}

// ran is the processor time of a process.
func ran(pid int) time.Duration {
	_, _, used := process(fmt.Sprintf("/proc/%d/stat", pid))
	return used
}
