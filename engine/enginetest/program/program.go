// Package program is the test kit of other programs: the peers that a server is tried with, and the tools that look into what came of it.
// Each is ended with its test at the latest, is waited for no longer than there is reason to, and what it said is told where it does not do
// as it should. Only tests import it. It knows nothing of what the programs do.
package program

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	// patience is how long a program that was told to end takes for it at most. It ends at once, on a machine that is not busy.
	patience = 30 * time.Second
	// work is how long one takes at most for what is a matter of seconds.
	work = 2 * time.Minute
)

// Need gives the path of the first of some programs. The test is skipped where one is missing, or fails where everything has to be there,
// as in `make test`. Where tests are short, as in `make unit`, those that play media with a program are skipped: media lasts as long as it
// does. `make race` runs them all.
func Need(t testing.TB, names ...string) string {
	t.Helper()
	first := ""
	for _, name := range names {
		if testing.Short() && playsMedia(name) {
			t.Skipf("%s takes its time: without -short, or make race", name)
		}
		path, err := exec.LookPath(name)
		if err != nil {
			Lacking(t, name, err.Error())
		}
		if first == "" {
			first = path
		}
	}
	return first
}

func playsMedia(name string) bool {
	return name == "ffmpeg" || name == "ffprobe" || name == "gst-launch-1.0" || name == "srt-live-transmit"
}

// Program is one that runs beside a test. Its methods are the test's goroutine's, but for Done and Said, which are anybody's.
type Program struct {
	t    testing.TB
	cmd  *exec.Cmd
	said safe
	done chan struct{}
	err  error // of its end
}

// Start starts a program, which ends with the test.
func Start(t testing.TB, name string, args ...string) *Program {
	t.Helper()
	return Run(t, Command(t, name, args...))
}

// Command is a program as Start starts it, for Run: what it reads and where it writes can be set before.
func Command(t testing.TB, name string, args ...string) *exec.Cmd {
	t.Helper()
	path := Need(t, name)
	if name == "gst-launch-1.0" { // its handler of faults has it stay for ever where it crashed, for somebody to come with a debugger
		args = slices.Concat([]string{"--no-fault"}, args)
	}
	return exec.Command(path, args...) //nolint:gosec,noctx // the test's own; a cleanup ends it, in the order of cleanups
}

// Run starts a prepared command, which ends with the test. What it writes to no place of its own is what it says.
func Run(t testing.TB, cmd *exec.Cmd) *Program {
	t.Helper()
	p := &Program{t: t, cmd: cmd, done: make(chan struct{})}
	if cmd.Stdout == nil {
		cmd.Stdout = &p.said
	}
	if cmd.Stderr == nil {
		cmd.Stderr = &p.said
	}
	cmd.WaitDelay = patience / 2 // for children of its own, which may hold the pipe
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { defer close(p.done); p.err = cmd.Wait() }()
	t.Cleanup(func() {
		t.Helper()
		p.Kill()
		if t.Failed() {
			t.Logf("%s said:\n%s", p, p.Said())
		}
	})
	return p
}

// Output runs a program to its end, which must be a good one, and gives what it wrote to standard output.
func Output(t testing.TB, name string, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	cmd := Command(t, name, args...)
	cmd.Stdout = &out
	Run(t, cmd).Wait()
	return out.String()
}

// Try runs a program to its end, good or not, and gives what it said.
func Try(t testing.TB, name string, args ...string) (string, error) {
	t.Helper()
	p := Start(t, name, args...)
	err := p.Ended()
	return p.Said(), err
}

// String is its name, and the arguments.
func (p *Program) String() string {
	return strings.Join(append([]string{filepath.Base(p.cmd.Path)}, p.cmd.Args[1:]...), " ")
}

// Said is what it wrote until now.
func (p *Program) Said() string { return p.said.String() }

// Done is closed when it has ended.
func (p *Program) Done() <-chan struct{} { return p.done }

// Signal sends it a signal. That it has ended already is no matter.
func (p *Program) Signal(s os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Logf("%s: %v", p, err)
	}
}

// End ends it, as somebody does who has had enough of it. How it ends is its own affair.
func (p *Program) End() {
	p.t.Helper()
	p.Signal(os.Interrupt)
	p.await(patience)
}

// Kill ends it as if its machine had lost power.
func (p *Program) Kill() {
	p.t.Helper()
	_ = p.cmd.Process.Kill() // it may have ended
	p.await(patience)
}

// Ended waits until it has ended by itself, and gives what was wrong with that.
func (p *Program) Ended() error {
	p.t.Helper()
	p.await(work)
	return p.err
}

// Wait waits until it has ended by itself and well, and gives what it said.
func (p *Program) Wait() string {
	p.t.Helper()
	if err := p.Ended(); err != nil {
		p.t.Fatalf("%s: %v\n%s", p, err, p.Said())
	}
	return p.Said()
}

// await waits for its end. One that does not come ends the test, with what can be told of where it hangs.
func (p *Program) await(limit time.Duration) {
	p.t.Helper()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-p.done:
	case <-timer.C:
		p.t.Fatalf("%s has not ended after %v. Its threads:\n%s\nIt said:\n%s", p, limit, threads(p.cmd.Process.Pid), p.Said())
	}
}

// safe is what a program says, to be read while it does.
type safe struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safe) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(b)
}

func (s *safe) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
