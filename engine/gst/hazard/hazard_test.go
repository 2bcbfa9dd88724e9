package hazard_test

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"sluice/engine/gst/hazard"
)

// launch is gst-launch with the element between a source of 50 buffers of 10 bytes and a file.
func launch(t *testing.T, env []string, settings, file string) *exec.Cmd {
	t.Helper()
	words := "-q --no-fault fakesrc num-buffers=50 sizetype=fixed sizemax=10 ! hazard " + settings +
		" ! filesink buffer-mode=unbuffered location=" + file
	cmd := exec.CommandContext(t.Context(), "gst-launch-1.0", strings.Fields(words)...)
	cmd.Env = append(os.Environ(), env...)
	return cmd
}

func TestModes(t *testing.T) {
	env := hazard.Build(t)
	for _, c := range []struct {
		settings string
		signal   syscall.Signal // that ends the process
		status   int            // with which it ends
		passed   int            // buffers
		says     string
	}{
		{"", 0, 0, 50, ""},
		{"mode=segv after=5", syscall.SIGSEGV, 0, 5, "hazard: segv"},
		{"mode=abort after=7", syscall.SIGABRT, 0, 7, "hazard: abort"},
		{"mode=exit after=3", 0, 3, 3, "hazard: exit"},
		{"mode=error after=4", 0, 1, 4, "hazard struck"},
		{"mode=slow delay=1 after=40", 0, 0, 50, ""},
		{"mode=leak after=45", 0, 0, 50, ""},
	} {
		t.Run(c.settings, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "out")
			out, err := launch(t, env, c.settings, file).CombinedOutput()
			var exit *exec.ExitError
			if err != nil && !errors.As(err, &exit) {
				t.Fatal(err)
			}
			signal, status := syscall.Signal(0), 0
			if exit != nil {
				if w := exit.Sys().(syscall.WaitStatus); w.Signaled() {
					signal = w.Signal()
				} else {
					status = exit.ExitCode()
				}
			}
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if signal != c.signal || status != c.status || len(data) != 10*c.passed || !strings.Contains(string(out), c.says) {
				t.Errorf("signal %v, status %d, %d bytes, want %v, %d, %d buffers, %q:\n%s", signal, status, len(data), c.signal, c.status,
					c.passed, c.says, out)
			}
		})
	}
}

// A process in which it wedges or floods goes on for ever: only a signal ends it.
func TestEndless(t *testing.T) {
	env := hazard.Build(t)
	for _, mode := range []string{"wedge-chain", "wedge-state", "flood"} {
		for _, after := range []string{"0", "10"} {
			t.Run(mode+" "+after, func(t *testing.T) {
				cmd := launch(t, env, "mode="+mode+" after="+after, os.DevNull)
				stderr, err := cmd.StderrPipe()
				if err != nil {
					t.Fatal(err)
				}
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				lines := bufio.NewScanner(stderr)
				for lines.Scan() && lines.Text() != "hazard: "+mode {
				}
				if lines.Text() != "hazard: "+mode {
					t.Error("it ended instead")
				}
				if err := cmd.Process.Kill(); err != nil {
					t.Error(err)
				}
				var exit *exec.ExitError
				if err := cmd.Wait(); !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
					t.Errorf("ended by %v", err)
				}
			})
		}
	}
}

// A leak keeps what it says, and slow waits at least as long as it says.
func TestCost(t *testing.T) {
	env := hazard.Build(t)
	use := func(settings string) (memory int64, took time.Duration) {
		cmd := launch(t, env, settings, os.DevNull)
		begun := time.Now()
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10, time.Since(begun)
	}
	plain, _ := use("mode=none")
	if leak, _ := use("mode=leak after=10"); leak < plain+30<<20 {
		t.Errorf("with 40 buffers leaked it takes %d bytes, without %d", leak, plain)
	}
	if _, took := use("mode=slow delay=10 after=40"); took < 100*time.Millisecond {
		t.Errorf("ten buffers of 10 ms took %v", took)
	}
}
