package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// worker is a child process of a server.
type worker struct {
	pid int
	cpu int // ticks of the processor that it has used
}

// workers lists those of the server, the busiest first, as Linux tells of them.
func (s *server) workers() ([]worker, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil || s.cmd == nil {
		return nil, err
	}
	var out []worker
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it has just ended
		}
		// Behind the name, which may hold anything in its brackets: state, parent, …, utime, stime (proc(5)).
		fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		const state, parent, utime, stime = 0, 1, 11, 12
		if len(fields) <= stime || fields[parent] != strconv.Itoa(s.cmd.Process.Pid) || fields[state] == "Z" {
			continue
		}
		w := worker{}
		w.pid, _ = strconv.Atoi(filepath.Base(filepath.Dir(file)))
		user, _ := strconv.Atoi(fields[utime])
		system, _ := strconv.Atoi(fields[stime])
		w.cpu = user + system
		out = append(out, w)
	}
	slices.SortFunc(out, func(a, b worker) int { return b.cpu - a.cpu })
	return out, nil
}

// await waits until the server has so many workers beside the spare one.
func (s *server) await(count int) error {
	deadline := time.Now().Add(patience)
	for {
		list, err := s.workers()
		if err != nil || len(list) == count+1 {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("the server has %d workers, and not %d and a spare one", len(list), count)
		}
		time.Sleep(20 * time.Millisecond) //nolint:forbidigo // nothing tells of processes that come and go
	}
}

// crash kills the busiest worker.
func (s *server) crash() error {
	list, err := s.workers()
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return fmt.Errorf("there is no worker to kill")
	}
	return syscall.Kill(list[0].pid, syscall.SIGKILL)
}
