package demand

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"sluice/cmd/sluice/bench/benchtest"
)

// patience is longer than anything here takes; nothing is expected to take it.
const patience = 30 * time.Second

// program is the built sluice, where there is gst-launch-1.0 to measure it against.
func program(b *testing.B) string {
	b.Helper()
	if _, err := exec.LookPath("gst-launch-1.0"); err != nil {
		b.Skipf("there is nothing to measure it against: %v", err)
	}
	return benchtest.Program(b)
}

// server is `sluice serve` on loopback.
type server struct {
	web string // host:port
	cmd *exec.Cmd
}

// serve starts a server, which ends with the benchmark.
func serve(b *testing.B) *server {
	b.Helper()
	s := &server{web: benchtest.Free(b)}
	s.cmd = benchtest.Serve(b, program(b), b.TempDir(), s.web,
		"SLUICE_REST_LISTEN="+benchtest.Free(b), "SLUICE_REST_TLS_LISTEN="+benchtest.Free(b),
		"SLUICE_WEBRTC_UDP=127.0.0.1:0", "SLUICE_WEBRTC_TCP=127.0.0.1:0",
	)
	return s
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
	benchtest.Until(b, "a worker with nothing to do", 10*time.Millisecond, func() bool {
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
