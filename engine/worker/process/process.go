// Package process starts a program with a socket to it, an environment without anything of the server's own, limits, and
// its error output captured; it tells how the program ended. It knows nothing of what is said over the socket, restarts
// nothing, and kills only when told to. Linux only: limits and usage are read and set as Linux does it.
package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"sluice/engine/fault"
	"sluice/engine/worker/socket"
)

// Socket is the file descriptor at which the program finds its end of the socket.
const Socket = 3

// linger is how long after the end of a program its error output is still read, if something it left behind holds it.
const linger = 500 * time.Millisecond

// Command says what to start.
type Command struct {
	Path   string
	Args   []string // without the program's name
	Env    []string // "NAME=value", added to what Environment lets through
	Limits Limits
	Line   func(text string) // takes a line of error output, from one goroutine at a time, and returns at once
}

// Process is a program that was started. All methods are safe for concurrent use.
type Process struct {
	cmd  *exec.Cmd
	conn *socket.Conn
	out  *output
	done chan struct{}
	exit Exit // once done is closed

	mu     sync.Mutex
	reaped bool
}

// Exit is how a program ended.
type Exit struct {
	Signal syscall.Signal // 0 if it ended by itself
	Code   int            // -1 if a signal ended it
	CPU    time.Duration  // that it used in all
}

// String reads "signal 11, segmentation fault" or "exit code 2".
func (e Exit) String() string {
	if e.Signal != 0 {
		return fmt.Sprintf("signal %d, %s", int(e.Signal), e.Signal)
	}
	return fmt.Sprintf("exit code %d", e.Code)
}

// Start starts the program. It runs in a process group of its own, so that Ctrl-C in a terminal does not reach it, and
// with its limits in force before anything is said to it. A program that cannot be started is fault.GstUnavailable.
// The context's end does not end the program.
func Start(ctx context.Context, c Command) (*Process, error) {
	conn, theirs, err := socket.Pair()
	if err != nil {
		return nil, unavailable(c.Path, err)
	}
	defer theirs.Close()
	p := &Process{conn: conn, out: &output{emit: c.Line}, done: make(chan struct{})}
	p.cmd = exec.CommandContext(context.WithoutCancel(ctx), c.Path, c.Args...) //nolint:gosec // the path is the operator's
	p.cmd.Env = Environment(os.Environ(), c.Env)
	p.cmd.ExtraFiles = []*os.File{theirs}
	p.cmd.Stderr = p.out
	p.cmd.WaitDelay = linger
	pidfd := -1
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, PidFD: &pidfd}
	if err := p.cmd.Start(); err != nil {
		_ = conn.Close() // nothing was written
		return nil, unavailable(c.Path, err)
	}
	go p.wait(pidfd)
	// One that is gone already says more by how it ended.
	if err := c.Limits.apply(p.PID()); err != nil && !errors.Is(err, unix.ESRCH) {
		p.Kill()
		<-p.done
		_ = conn.Close() // nothing was written
		return nil, unavailable(c.Path, err)
	}
	return p, nil
}

func unavailable(path string, err error) error {
	return fault.New(fault.GstUnavailable, "", "%q cannot be started as a worker", path).Because(err)
}

// wait reaps the program.
func (p *Process) wait(pidfd int) {
	await(pidfd)
	_ = p.cmd.Wait() // what it says is read from the state, which is always there after Wait
	p.mu.Lock()
	p.reaped = true
	p.mu.Unlock()
	p.exit = Exit{Code: -1}
	if s := p.cmd.ProcessState; s != nil {
		p.exit.Code, p.exit.CPU = s.ExitCode(), s.UserTime()+s.SystemTime()
		if status, ok := s.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			p.exit.Signal = status.Signal()
		}
	}
	close(p.done)
}

// Conn is our end of the socket. Whoever started the program closes it.
func (p *Process) Conn() *socket.Conn { return p.conn }

// PID of the program.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Done is closed when the program has ended and nothing of it is left.
func (p *Process) Done() <-chan struct{} { return p.done }

// Exit tells how the program ended. Call it once Done is closed.
func (p *Process) Exit() Exit { return p.exit }

// LastWord is what the program said about its end: the first line of a crash report, or the last line of error output.
func (p *Process) LastWord() string { return p.out.word() }

// Kill ends the program at once. It is no error if it has ended.
func (p *Process) Kill() { _ = p.cmd.Process.Kill() } // the one error is that it is gone already

// Terminate asks the program to end.
func (p *Process) Terminate() { _ = p.cmd.Process.Signal(syscall.SIGTERM) } // as for Kill
