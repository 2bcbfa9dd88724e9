//go:build cgo && !nogst

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"sluice/engine/enginetest/program"
	"sluice/engine/gst/registry"
)

// studio is a folder with the file that all of these tests are fed with, where a test then is. Nothing of it is faked.
func studio(t *testing.T) {
	t.Helper()
	if _, err := registry.Open(); err != nil {
		t.Skipf("GStreamer does not start here: %v", err)
	}
	graphs, err := filepath.Abs("../../graphs")
	if err != nil {
		t.Fatal(err)
	}
	bars, err := filepath.Abs("../../testdata/media/bars.yaml")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	t.Setenv("SLUICE_GRAPHS", graphs)
	if code, out, errw := sluice(t, "run", bars, "-p", "target=bars.flv"); code != exitOK {
		t.Fatalf("exit %d: %s%s", code, out, errw)
	}
}

func sluice(t *testing.T, args ...string) (code int, out, errw string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, strings.NewReader(""), &o, &e)
	return code, o.String(), e.String()
}

const counting = `graph: v1
about: Decodes the pictures of a WebM file of 320x180, so that their number can be told by the size of what comes out.
params:
  from: file
nodes:
  read: filesrc location=$from
  demux: matroskademux
  dec: vp8dec
  write: filesink location=raw.i420
links:
  - read -> demux
  - demux.video_0 -> dec -> [video/x-raw,format=I420,width=320,height=180] -> write
`

// frames decodes a WebM file and counts its pictures. What cannot be decoded to its end fails the test.
func frames(t *testing.T, file string) int64 {
	t.Helper()
	if err := os.WriteFile("counting.yaml", []byte(counting), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out, errw := sluice(t, "run", "counting.yaml", "-y", "-p", "from="+file); code != exitOK {
		t.Fatalf("%s cannot be played: exit %d: %s%s", file, code, out, errw)
	}
	info, err := os.Stat("raw.i420")
	if err != nil {
		t.Fatal(err)
	}
	const picture = 320 * 180 * 3 / 2
	if info.Size()%picture != 0 {
		t.Errorf("%d bytes are no whole number of pictures", info.Size())
	}
	return info.Size() / picture
}

type jobResult struct {
	End      string
	Error    *struct{ Code, Node, Place, Hint string }
	Media    float64
	Outputs  []struct{ Path string }
	Encoders []struct {
		Node   string
		Frames int
	}
}

func TestTranscode(t *testing.T) {
	studio(t)
	for _, how := range []string{"--worker=false", "--worker"} {
		code, out, errw := sluice(t, "run", "jobs/transcode", "-y", how, "--json", "-p", "source=bars.flv")
		var got jobResult
		if err := json.Unmarshal([]byte(out), &got); err != nil || code != exitOK {
			t.Fatalf("%s: exit %d, %v: %s%s", how, code, err, out, errw)
		}
		if got.End != "ended" || got.Media < 1.9 || got.Media > 2.1 || len(got.Encoders) != 2 || got.Encoders[0].Frames != 50 || got.Encoders[1].Frames < 98 {
			t.Errorf("%s: %s", how, out)
		}
		if n := frames(t, "out.webm"); n != 50 {
			t.Errorf("%s: %d frames in the file", how, n)
		}
	}
}

func TestRunSaysWhatBroke(t *testing.T) {
	studio(t)
	whole, err := os.ReadFile("bars.flv")
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"text.flv": []byte(strings.Repeat("no video at all\n", 1000)), "empty.flv": nil, "half.flv": whole[:len(whole)/2]} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		args []string
		code string // one of them; "" if it ends well
		node string
		hint string
	}{
		{[]string{"-p", "source=bars.flv", "-p", "target=/dev/full"}, "disk_full", "write", "make room"},
		{[]string{"-p", "source=text.flv"}, "media_corrupt gst_element codec_not_available", "demux", ""},
		{[]string{"-p", "source=empty.flv"}, "media_corrupt gst_element codec_not_available", "demux", ""},
		{[]string{"-p", "source=half.flv"}, "", "", ""},
	} {
		code, out, errw := sluice(t, append([]string{"run", "jobs/transcode", "-y", "--json"}, c.args...)...)
		var got jobResult
		if err := json.Unmarshal([]byte(out), &got); err != nil {
			t.Errorf("%v: %v: %s%s", c.args, err, out, errw)
			continue
		}
		if c.code == "" {
			if code != exitOK || frames(t, "out.webm") < 10 || !strings.Contains(out, `"warning": "only `) {
				t.Errorf("%v: exit %d: %s%s", c.args, code, out, errw)
			}
			continue
		}
		if code != exitFound || got.Error == nil || !strings.Contains(c.code, got.Error.Code) || got.Error.Node != c.node ||
			got.Error.Hint == "" || !strings.Contains(got.Error.Hint, c.hint) || got.Error.Place == "" {
			t.Errorf("%v: exit %d: %s%s", c.args, code, out, errw)
		}
	}
}

const endless = `graph: v1
about: Writes bars as they come, for ever.
nodes:
  bars: videotestsrc is-live=true
  enc: vp8enc deadline=1 cpu-used=8 keyframe-max-dist=10
  mux: webmmux
  write: filesink location=live.webm
links:
  - bars -> [video/x-raw,format=I420,width=320,height=180,framerate=50/1] -> enc -> mux.video_0
  - mux -> write
`

// recording starts the program on a graph without end, and waits until something is written.
func recording(t *testing.T, args ...string) (*exec.Cmd, *program.Program) {
	t.Helper()
	if err := os.WriteFile("endless.yaml", []byte(endless), 0o600); err != nil {
		t.Fatal(err)
	}
	os.Remove("live.webm")
	cmd := program.Command(t, "sluice", append([]string{"run", "endless.yaml", "-y"}, args...)...) // as testscript has put it in the path
	p := program.Run(t, cmd)
	until(t, "something is written", func() bool {
		info, err := os.Stat("live.webm")
		return err == nil && info.Size() > 2000
	})
	return cmd, p
}

// until waits for what another process does.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	late := time.After(time.Minute)
	for !done() {
		select {
		case <-look.C:
		case <-late:
			t.Fatalf("not within a minute: %s", what)
		}
	}
}

func TestInterruptLeavesAFileThatPlays(t *testing.T) {
	studio(t)
	for _, how := range []string{"--worker=false", "--worker"} {
		for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM} {
			cmd, p := recording(t, how)
			p.Signal(s)
			_ = p.Ended()
			if code := cmd.ProcessState.ExitCode(); code != exitInterrupted || !strings.Contains(p.Said(), "interrupted, and ended properly") {
				t.Errorf("%s, %s: exit %d: %s", how, s, code, p.Said())
			}
			if n := frames(t, "live.webm"); n < 1 {
				t.Errorf("%s, %s: no frames", how, s)
			}
		}
	}
}

// A worker that is killed fails the job, which says so and keeps what there is.
func TestKilledWorker(t *testing.T) {
	studio(t)
	cmd, p := recording(t, "--worker")
	for _, pid := range children(t, cmd.Process.Pid) {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	_ = p.Ended()
	text := p.Said()
	if code := cmd.ProcessState.ExitCode(); code != exitFound || !strings.Contains(text, "the worker died: signal 9") || !strings.Contains(text, "live.webm: ") ||
		!strings.Contains(text, "so far, kept") {
		t.Errorf("exit %d: %s", code, text)
	}
}

func children(t *testing.T, pid int) []int {
	t.Helper()
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		t.Fatal(err)
	}
	var out []int
	for _, task := range tasks {
		text, err := os.ReadFile(task)
		if err != nil {
			continue // the thread has ended
		}
		for _, word := range strings.Fields(string(text)) {
			if n, err := strconv.Atoi(word); err == nil {
				out = append(out, n)
			}
		}
	}
	if len(out) == 0 {
		t.Fatal("it has no workers")
	}
	return out
}
