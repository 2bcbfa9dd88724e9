package program

import (
	"errors"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// What a program says is told, wherever it writes it to; and how it ends.
func TestEnds(t *testing.T) {
	if said := Start(t, "sh", "-c", "echo out; echo err >&2").Wait(); said != "out\nerr\n" {
		t.Errorf("said %q", said)
	}
	if out := Output(t, "sh", "-c", "echo out; echo err >&2"); out != "out\n" {
		t.Errorf("wrote %q", out)
	}
	said, err := Try(t, "sh", "-c", "echo no; exit 3")
	if bad := (*exec.ExitError)(nil); said != "no\n" || !errors.As(err, &bad) || bad.ExitCode() != 3 {
		t.Errorf("said %q: %v", said, err)
	}
}

// Who is told to end may do so in his own way, and who is killed may not.
func TestEndedByTheTest(t *testing.T) {
	const script = "trap 'echo bye; exit 0' INT; echo ready; while :; do read x || sleep 0.01; done"
	for name, row := range map[string]struct {
		end  func(*Program)
		want string
	}{
		"asked":  {(*Program).End, "ready\nbye\n"},
		"killed": {(*Program).Kill, "ready\n"},
	} {
		t.Run(name, func(t *testing.T) {
			ready := make(lines, 1)
			cmd := Command(t, "sh", "-c", script)
			p := &Program{}
			cmd.Stdout = writer(func(b []byte) {
				_, _ = p.said.Write(b)
				select {
				case ready <- string(b):
				default:
				}
			})
			running := Run(t, cmd)
			<-ready
			row.end(running)
			if p.Said() != row.want {
				t.Errorf("said %q", p.Said())
			}
		})
	}
}

// Where a program hangs can be told: its threads are found.
func TestThreads(t *testing.T) {
	p := Start(t, "sleep", "60")
	if got := threads(p.cmd.Process.Pid); !strings.HasPrefix(got, "s") {
		t.Errorf("threads %q", got)
	}
	p.Signal(syscall.SIGTERM)
	if err := p.Ended(); err == nil {
		t.Error("a killed program ended well")
	}
	if got := threads(p.cmd.Process.Pid); got != "not known" {
		t.Errorf("of a program that has ended %q", got)
	}
}

type lines chan string

type writer func([]byte)

func (w writer) Write(b []byte) (int, error) { w(b); return len(b), nil }
