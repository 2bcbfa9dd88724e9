package process

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"sluice/engine/enginetest"
	"sluice/engine/fault"
	"sluice/engine/worker/socket"
)

// mode is the variable that makes this test binary the program that is started.
const mode = "SLUICE_TEST_PROCESS"

func TestMain(m *testing.M) {
	if as := os.Getenv(mode); as != "" {
		os.Exit(program(as)) //nolint:forbidigo // this process is the program
	}
	goleak.VerifyTestMain(m)
}

func program(as string) int {
	conn, err := socket.New(os.NewFile(Socket, "socket"))
	if err != nil {
		return 99
	}
	switch as {
	case "exit":
		return 4
	case "deaf":
		signal.Ignore(syscall.SIGTERM)
	case "words":
		fmt.Fprint(os.Stderr, "first\n\n  second \nfatal error: it broke\nand more\nlast")
	}
	fmt.Fprintln(conn, "ready")
	_, _ = io.Copy(conn, conn)
	return 0
}

// run starts the program and waits until it is ready, or gone.
func run(t *testing.T, as string, c Command) *Process {
	t.Helper()
	c.Path, c.Env = os.Args[0], append(c.Env, mode+"="+as)
	p, err := Start(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.Kill()
		enginetest.Await(t, "the end", p.Done())
		p.Conn().Close()
	})
	if line, err := bufio.NewReader(p.Conn()).ReadString('\n'); err == nil && line != "ready\n" {
		t.Fatalf("it says %q", line)
	}
	return p
}

func TestHowItEnds(t *testing.T) {
	for name, c := range map[string]struct {
		as   string
		end  func(p *Process)
		want Exit
		says string
	}{
		"by itself":    {"exit", func(*Process) {}, Exit{Code: 4}, "exit code 4"},
		"killed":       {"echo", (*Process).Kill, Exit{Signal: syscall.SIGKILL, Code: -1}, "signal 9, killed"},
		"terminated":   {"echo", (*Process).Terminate, Exit{Signal: syscall.SIGTERM, Code: -1}, "signal 15, terminated"},
		"let go":       {"echo", func(p *Process) { _ = p.Conn().CloseWrite() }, Exit{}, "exit code 0"},
		"killed twice": {"deaf", func(p *Process) { p.Terminate(); p.Kill(); p.Kill() }, Exit{Signal: syscall.SIGKILL, Code: -1}, "signal 9, killed"},
	} {
		t.Run(name, func(t *testing.T) {
			p := run(t, c.as, Command{})
			c.end(p)
			<-p.Done()
			got := p.Exit()
			if got.CPU = 0; got != c.want || got.String() != c.says {
				t.Errorf("%+v, %q", got, got)
			}
			if _, err := p.Usage(); !errors.Is(err, os.ErrProcessDone) {
				t.Errorf("usage of what is gone: %v", err)
			}
			p.Terminate() // is no error
		})
	}
}

func TestTheSocketIsBothWays(t *testing.T) {
	p := run(t, "echo", Command{})
	if _, err := fmt.Fprint(p.Conn(), "hello"); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 5)
	if _, err := io.ReadFull(p.Conn(), b); err != nil || string(b) != "hello" {
		t.Errorf("%q, %v", b, err)
	}
	if group, err := syscall.Getpgid(p.PID()); err != nil || group != p.PID() {
		t.Errorf("its group is %d, %v: Ctrl-C reaches it", group, err)
	}
	use, err := p.Usage()
	if err != nil || use.Memory < 1<<20 || use.Memory > 1<<30 || use.CPU > time.Minute {
		t.Errorf("it uses %+v, %v", use, err)
	}
}

func TestLimitsAreInForce(t *testing.T) {
	// A race detector's program has terabytes of address space: the limit here is larger than any program's.
	p := run(t, "echo", Command{Limits: Limits{Files: 321, CPU: 123, AddressSpace: 1 << 47, Nice: 7}})
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", p.PID()))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Max core file size": "0 0", "Max open files": "321 321", "Max cpu time": "123 123",
		"Max address space": "140737488355328 140737488355328",
	} {
		found := false
		for line := range strings.Lines(string(text)) {
			if rest, ok := strings.CutPrefix(line, name); ok {
				found = true
				if got := strings.Join(strings.Fields(rest)[:2], " "); got != want {
					t.Errorf("%s is %s, want %s", name, got, want)
				}
			}
		}
		if !found {
			t.Errorf("there is no %s", name)
		}
	}
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*", p.PID()))
	if err != nil || len(tasks) < 2 {
		t.Fatalf("%d threads, %v", len(tasks), err)
	}
	for _, task := range tasks {
		var id int
		_, _ = fmt.Sscan(filepath.Base(task), &id)
		// The system call gives 20 less nice, so that it is never negative.
		if got, err := unix.Getpriority(unix.PRIO_PROCESS, id); err == nil && got != 20-7 {
			t.Errorf("thread %d has nice %d", id, 20-got)
		}
	}
	if score, err := os.ReadFile(fmt.Sprintf("/proc/%d/oom_score_adj", p.PID())); err != nil || strings.TrimSpace(string(score)) != oomScore {
		t.Errorf("its score is %s, %v", score, err)
	}
}

func TestDefaultLimits(t *testing.T) {
	var own unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &own); err != nil {
		t.Fatal(err)
	}
	p := run(t, "echo", Command{})
	var files, core unix.Rlimit
	if err := errors.Join(unix.Prlimit(p.PID(), unix.RLIMIT_NOFILE, nil, &files), unix.Prlimit(p.PID(), unix.RLIMIT_CORE, nil, &core)); err != nil {
		t.Fatal(err)
	}
	if want := min(defaultFiles, own.Max); files.Max != want || files.Cur != want || core.Max != 0 {
		t.Errorf("files %+v, core %+v", files, core)
	}
}

func TestWhatCannotBeStarted(t *testing.T) {
	_, err := Start(context.Background(), Command{Path: filepath.Join(t.TempDir(), "nothing")})
	if fault.CodeOf(err) != fault.GstUnavailable || !strings.Contains(err.Error(), "nothing") {
		t.Errorf("%v", err)
	}
}

func TestEnvironment(t *testing.T) {
	got := Environment([]string{
		"PATH=/bin", "HOME=/h", "LC_ALL=C", "GST_DEBUG=2", "AWS_SECRET_ACCESS_KEY=x", "SLUICE_TOKEN=y", "PATHS=z", "XGST_DEBUG=1",
		"http_proxy=http://u:p@h", "=odd", "LC", "LD_PRELOAD=/evil.so",
	}, []string{"A=1", "GST_DEBUG=0"})
	if want := []string{"PATH=/bin", "HOME=/h", "LC_ALL=C", "GST_DEBUG=2", "A=1", "GST_DEBUG=0"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestWords(t *testing.T) {
	lines := make(chan string, 100)
	p := run(t, "words", Command{Line: func(text string) { lines <- text }})
	p.Kill()
	enginetest.Await(t, "the end", p.Done())
	close(lines)
	var got []string
	for l := range lines {
		got = append(got, l)
	}
	if want := []string{"first", "second", "fatal error: it broke", "and more"}; !slices.Equal(got, want) {
		t.Errorf("it says %q", got)
	}
	if p.LastWord() != "fatal error: it broke" {
		t.Errorf("its last word is %q", p.LastWord())
	}
}
