//go:build cgo && !nogst

package trials_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"sluice/engine/fault"
	"sluice/engine/plan"
)

// full makes a disk of so many kilobytes, or skips.
func full(t *testing.T, kilobytes string) string {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root may mount a small disk")
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+kilobytes+"k"); err != nil {
		t.Skipf("no small disk can be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

const endlessText = `
graph: v1
about: Much, into a file.
params: {target: file}
nodes:
  in: test.in video=mjpeg audio=opus size=640x360 length=60s
  out: file.out path=$target
links:
  - in -> out
`

// A disk that is full ends the instance with what to do, and what was written stays and can be read.
func TestDiskFull(t *testing.T) {
	target := filepath.Join(full(t, "512"), "big.mkv")
	pool, _ := start(t, chains, nil)
	other := observe(t, pool)
	i := started(t, pool, "job#1", compile(t, endlessText, plan.Inputs{Params: map[string]any{"target": target}}))
	n := i.broken(t)
	told(t, n.Err, fault.DiskFull, "out: ", "filesink location="+target, "make room")
	if n.Node != "out" {
		t.Errorf("it is the fault of %q", n.Node)
	}
	if err := i.Stop(within(t, patience)); err != nil {
		t.Error(err)
	}
	other.lives(t)
	if size(t, target) < 100<<10 {
		t.Errorf("%d bytes are left of what was written", size(t, target))
	}
	out, err := exec.CommandContext(t.Context(), "gst-launch-1.0", strings.Fields("-q filesrc location="+target+" ! matroskademux ! jpegparse ! fakesink")...).CombinedOutput()
	if err != nil {
		t.Errorf("what was written cannot be read: %v\n%s", err, out)
	}
}

// The device that is always full needs no root.
func TestFullDevice(t *testing.T) {
	pool, _ := start(t, chains, nil)
	p := shipped(t, "jobs/transcode", map[string]any{"source": clip(t), "target": "/dev/full"})
	i := opened(t, pool, "job#1")
	err := i.begin(within(t, patience), p)
	if err == nil {
		err = i.broken(t).Err
	}
	told(t, err, fault.DiskFull, "write: \"write\" (filesink location=/dev/full)", "make room")
}
