//go:build cgo && !nogst

package endure

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// hindrance is by how much the machine held up those who take part: the longest that any thread of each was ready to run and did not,
// all in all in a second, as Linux tells it (schedstat, "run delay"): what is late for a little of each moment is late for all of it in the
// end. On a machine that does nothing else that is next to nothing. What is held up for longer than a mixer waits is missing, and nobody's
// fault; everything else that is missing is.
type hindrance struct {
	mu      sync.Mutex
	worst   map[string]time.Duration // by what took part
	threads map[string]*thread       // by where Linux tells of them
	known   bool                     // Linux tells of it
	end     func()                   // ends the watch
}

// thread is for how long one was held up.
type thread struct {
	all, before time.Duration           // since it began, at the last look and when it was first seen
	looks       int                     // how often it was looked at since
	last        [lookEach]time.Duration // from one look to the next
}

const (
	lookPace = 100 * time.Millisecond
	lookEach = 10 // looks in a second
)

func newHindrance() *hindrance {
	return &hindrance{worst: map[string]time.Duration{}, threads: map[string]*thread{}}
}

// watch looks at the threads of the server, its workers, this program and who records, until end is called, which the end of the test
// does too.
func (s *server) watch(recorder int) *hindrance {
	s.t.Helper()
	h := newHindrance()
	quit := make(chan struct{})
	var done sync.WaitGroup
	done.Go(func() {
		tick := time.NewTicker(lookPace)
		defer tick.Stop()
		all := map[int]string{}
		for n := 0; ; n++ {
			if n%lookEach == 0 { // workers come and go
				all = map[int]string{s.Cmd.Process.Pid: "server", recorder: "recorder", os.Getpid(): "guests"}
				for _, pid := range s.children() {
					all[pid] = "worker"
				}
			}
			for pid, who := range all {
				h.look(pid, who)
			}
			select {
			case <-tick.C:
			case <-quit:
				return
			}
		}
	})
	h.end = sync.OnceFunc(func() {
		close(quit)
		done.Wait()
	})
	s.t.Cleanup(h.end)
	return h
}

// look asks how long all threads of a process waited so far.
func (h *hindrance) look(pid int, who string) {
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	for _, file := range files {
		text, _ := os.ReadFile(file) // the thread may have ended
		fields := strings.Fields(string(text))
		if len(fields) < 2 {
			continue
		}
		if ns, err := strconv.ParseInt(fields[1], 10, 64); err == nil {
			h.note(who, file, time.Duration(ns))
		}
	}
}

// note takes down how long a thread waited so far.
func (h *hindrance) note(who, name string, waited time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.known = h.known || waited > 0
	t := h.threads[name]
	if t == nil {
		h.threads[name] = &thread{all: waited, before: waited}
		return
	}
	t.last[t.looks%lookEach] = waited - t.all
	t.all, t.looks = waited, t.looks+1
	var second time.Duration
	for _, d := range t.last {
		second += d
	}
	h.worst[who] = max(h.worst[who], second)
}

// overloaded tells whether a thread waited for a tenth of the time in which it was looked at, and of five seconds at least. Then what is
// late adds up over more than a second.
func (h *hindrance) overloaded() bool {
	for _, t := range h.threads {
		if seen := time.Duration(max(t.looks, 5*lookEach)) * lookPace; t.all-t.before > seen/10 {
			return true
		}
	}
	return false
}

// most is by how much what is recorded may be late: what held up one after the other, and the guests, whose lateness this program has
// seen itself.
func (h *hindrance) most(guests ...*camera) time.Duration {
	const much = 2 * time.Second
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.known {
		return much
	}
	own := h.worst["guests"]
	for _, g := range guests {
		own = max(own, time.Duration(g.held.Load()))
	}
	all := own + h.worst["server"] + h.worst["worker"] + h.worst["recorder"]
	if h.overloaded() {
		return max(all, much)
	}
	return all
}

func (h *hindrance) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return fmt.Sprintf("the machine held up threads of %v", h.worst)
}

// children are the server's processes.
func (s *server) children() (all []int) {
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		if pid, parent := relation(file); parent == s.Cmd.Process.Pid {
			all = append(all, pid)
		}
	}
	return all
}

// allowed is how much sound or picture may be missing, and how far they may be apart: what is asked for, and in short runs, which share
// their machine with other tests, what that held up besides.
func (h *hindrance) allowed(asked time.Duration, guests ...*camera) time.Duration {
	if long() {
		return asked
	}
	return asked + h.most(guests...)
}

// What a machine held up counts for as long as it did so, and nothing else does.
func TestHindrance(t *testing.T) {
	const looks = 300
	for name, c := range map[string]struct {
		waits       func(look int) time.Duration // of a thread of the worker, before a look
		least, most time.Duration
	}{
		"nothing else to do": {func(int) time.Duration { return 100 * time.Microsecond }, 0, time.Millisecond},
		"once": {func(look int) time.Duration {
			if look == 40 {
				return 90 * time.Millisecond
			}
			return 0
		}, 90 * time.Millisecond, 90 * time.Millisecond},
		"a second of much load": {func(look int) time.Duration {
			if look >= 40 && look < 50 {
				return 60 * time.Millisecond
			}
			return 0
		}, 600 * time.Millisecond, 600 * time.Millisecond},
		"overloaded all the time": {func(int) time.Duration { return 60 * time.Millisecond }, 2 * time.Second, 2 * time.Second},
	} {
		h := newHindrance()
		waited := time.Hour // before it was looked at
		for look := range looks {
			h.note("worker", "busy", waited)
			h.note("server", "idle", time.Second)
			waited += c.waits(look)
		}
		if got := h.most(); got < c.least || got > c.most {
			t.Errorf("%s: %v", name, got)
		}
	}
	if got := newHindrance().most(); got == 0 {
		t.Error("where nobody tells what is held up, nothing may be late")
	}
}
