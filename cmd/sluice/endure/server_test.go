//go:build cgo && !nogst

package endure

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sluice/cmd/sluice/bench/benchtest"
	"sluice/engine/enginetest/program"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// long tells whether there is all the time in the world.
func long() bool { return os.Getenv("SLUICE_ENDURE") != "" }

// body is JSON.
type body = benchtest.JSON

// server is one with rooms.
type server struct {
	*benchtest.Rooms
	t *testing.T
}

// serve starts the built program, which ends with the test. It skips where ffmpeg, which records, or the program is missing.
func serve(t *testing.T) *server {
	t.Helper()
	program.Need(t, "ffmpeg", "ffprobe")
	return &server{benchtest.ServeRooms(t, t.TempDir()), t}
}

func (s *server) until(what string, so func() bool) {
	s.t.Helper()
	benchtest.Until(s.t, what, 20*time.Millisecond, so)
}

// published waits until a stream is there.
func (s *server) published(name string) {
	s.t.Helper()
	s.until(name, func() bool {
		status, _ := s.Call("GET /v1/streams/"+strings.ReplaceAll(name, "/", "%2F"), nil)
		return status == http.StatusOK
	})
}

// seats are the guests of a room, and whether their branch runs.
func (s *server) seats(room string) map[string]bool {
	s.t.Helper()
	out := map[string]bool{}
	p := s.Do("GET /v1/pipelines/"+room, nil)
	if p["state"] != "live" || p["restarts"] != nil {
		s.t.Fatalf("the room is %v, after %v restarts: %v", p["state"], p["restarts"], p["fault"])
	}
	list, _ := p["branches"].([]any)
	for _, one := range list {
		b, _ := one.(body)
		name, _ := b["name"].(string)
		if runs, _ := b["runs"].(bool); b["kind"] == "keyed" {
			out[name] = runs
		}
	}
	return out
}

// held is what the server and its workers hold at a moment.
type held struct {
	goroutines, files, threads int
	server, workers            float64 // memory of their own, in KB
}

func (s *server) holds() held {
	s.t.Helper()
	h := held{goroutines: int(s.Sum("go_goroutines"))}
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		pid, parent := relation(file)
		if pid != s.Cmd.Process.Pid && parent != s.Cmd.Process.Pid {
			continue
		}
		kb, err := benchtest.Private(pid)
		if err != nil {
			continue // it has just ended
		}
		if pid == s.Cmd.Process.Pid {
			h.server = kb
		} else {
			h.workers += kb
		}
		for kind, n := range map[string]*int{"fd": &h.files, "task": &h.threads} {
			list, _ := os.ReadDir(fmt.Sprintf("/proc/%d/%s", pid, kind))
			*n += len(list)
		}
	}
	return h
}

// idle waits until there is nothing but the one worker that waits for work, and gives what is held then. It asks over REST before, so
// that what that connection holds is among it: the first room is looked at over one, too.
func (s *server) idle() held {
	s.t.Helper()
	s.Do("GET /v1/pipelines", nil)
	s.until("one worker, which waits", func() bool { return s.Sum("sluice_workers") == 1 && len(s.children()) == 1 })
	return s.holds()
}

// calm waits until the threads of guests who have left are gone, which GLib keeps for some seconds, and gives what is held then.
func (s *server) calm(before held) held {
	s.t.Helper()
	h := s.holds()
	if before.threads > 0 {
		s.until("no thread more than before", func() bool {
			h = s.holds()
			return h.threads <= before.threads+2 && h.goroutines <= before.goroutines+2
		})
	}
	return h
}

// relation is a process and its parent (proc(5)).
func relation(file string) (pid, parent int) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, 0
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	_, _ = fmt.Sscanf(file, "/proc/%d/stat", &pid)
	if len(fields) > 1 {
		parent, _ = strconv.Atoi(fields[1])
	}
	return pid, parent
}
