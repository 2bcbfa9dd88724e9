//go:build cgo && !nogst

package trials_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run"
)

const jobText = `
graph: v1
about: A file, coded anew.
params: {source: file, target: file}
nodes:
  in: file.in path=$source
  to: convert
  out: file.out path=$target
links:
  - in -> to -> out
`

// What is wrong with files is said as somebody would say it: which node, which file, and what to do.
func TestFiles(t *testing.T) {
	good := clip(t)
	data, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	pool, _ := start(t, chains, nil)
	other := observe(t, pool)
	for name, c := range map[string]struct {
		source, target func(dir string) string
		code           fault.Code
		node           string
		says           []string
	}{
		"a file that is not there": {
			func(dir string) string { return filepath.Join(dir, "none.flv") }, fresh, fault.ResourceNotFound, "in",
			[]string{"none.flv", "Resource not found", "check the name"},
		},
		"a folder that is not there": {
			func(dir string) string { return filepath.Join(dir, "none", "none.flv") }, fresh, fault.ResourceNotFound, "in",
			[]string{"none/none.flv", "check the name"},
		},
		"a folder for a file": {
			func(dir string) string { return folder(t, dir, "dir.flv") }, fresh, fault.ResourceNotFound, "in", []string{"dir.flv", "directory", "check the name"},
		},
		"what cannot be opened": { // a socket: permissions do not hold root
			func(dir string) string { return socket(t, dir, "s.flv") }, fresh, fault.ResourceNotFound, "in",
			[]string{"Could not open file", "s.flv", "check the name and the permissions"},
		},
		"an empty file": {
			func(dir string) string { return content(t, dir, "empty.flv", nil) }, fresh, fault.MediaCorrupt, "in", []string{"ffprobe"},
		},
		"text": {
			func(dir string) string {
				return content(t, dir, "text.flv", []byte("no media here, only words, and more of them"))
			}, fresh,
			fault.MediaCorrupt, "in", []string{"ffprobe"},
		},
		"an MP4 without its end": {
			func(dir string) string { return cut(t, dir) }, fresh, fault.MediaCorrupt, "in", []string{"ffprobe"},
		},
		"the output in a folder that is not there": {
			func(string) string { return good }, func(dir string) string { return filepath.Join(dir, "none", "out.webm") },
			fault.ResourceNotFound, "out", []string{"none/out.webm", "check the name"},
		},
		"the output a folder": {
			func(string) string { return good }, func(dir string) string { return folder(t, dir, "out.webm") },
			fault.ResourceNotFound, "out", []string{"out.webm", "check the name"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			p := compile(t, jobText, plan.Inputs{Params: map[string]any{"source": c.source(dir), "target": c.target(dir)}})
			i := opened(t, pool, "job#1")
			err := i.begin(within(t, patience), p)
			if err == nil {
				err = i.verdict(t)
			}
			told(t, err, c.code, c.says...)
			node(t, err, c.node)
			if err := i.Stop(within(t, patience)); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("a file that ends too soon", func(t *testing.T) {
		dir := t.TempDir()
		target := fresh(dir)
		p := compile(t, jobText, plan.Inputs{Params: map[string]any{"source": content(t, dir, "half.flv", data[:len(data)*2/3]), "target": target}})
		i := started(t, pool, "job#1", p)
		i.ends(t, "out")
		launch(t, "filesrc location="+target+" ! matroskademux ! vp8dec ! fakesink")
	})
	other.lives(t)
}

// A plan that a newer version made is refused before anything begins, with what to do.
func TestNewerPlan(t *testing.T) {
	pool, _ := start(t, chains, nil)
	newer := *compile(t, barsText, plan.Inputs{})
	newer.Version = plan.Version + 1
	i := opened(t, pool, "bars#1")
	told(t, i.begin(within(t, patience), &newer), fault.InvalidRequest, "the plan has version 2", "up to 1", "restart the server")
}

// An element that this machine lacks, and a value that cannot be, are refused with the node.
func TestWrongElements(t *testing.T) {
	pool, _ := start(t, chains, nil)
	bars := compile(t, barsText, plan.Inputs{})
	for _, c := range []struct {
		plan  *plan.Plan
		code  fault.Code
		words []string
	}{
		{recast(bars, "bad", "nosuchelement", ""), fault.ElementUnavailable, []string{"bad: there is no element \"nosuchelement\" here", "sluice doctor"}},
		{recast(bars, "bad", "identity", "sleep-time=soon"), fault.InvalidParams, []string{"bad: ", "sleep-time", "soon"}},
		{recast(bars, "bad", "identity", "colour=red"), fault.InvalidParams, []string{"bad: ", "colour"}},
	} {
		i := opened(t, pool, "bars#1")
		err := i.begin(within(t, patience), c.plan)
		told(t, err, c.code, c.words...)
		if err := i.Stop(within(t, patience)); err != nil {
			t.Error(err)
		}
	}
}

// verdict waits for the end of a job, and gives the error that it ends with.
func (i *player) verdict(t testing.TB) error {
	t.Helper()
	n := i.await(t, "an end", func(n run.Notice) bool {
		return n.Kind == run.Broken || n.Kind == run.NodeEnded && n.Node == "out"
	})
	return n.Err
}

// fresh is a file that is not there yet.
func fresh(dir string) string { return filepath.Join(dir, "out.webm") }

func content(t testing.TB, dir, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func folder(t testing.TB, dir, name string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func socket(t testing.TB, dir, name string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(fd)
	if err := syscall.Bind(fd, &syscall.SockaddrUnix{Name: path}); err != nil {
		t.Fatal(err)
	}
	return path
}

// cut makes an MP4 whose index was never written.
func cut(t testing.TB, dir string) string {
	t.Helper()
	whole := filepath.Join(dir, "whole.mp4")
	launch(t, "videotestsrc num-buffers=25 ! x264enc ! mp4mux ! filesink location="+whole)
	data, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	return content(t, dir, "half.mp4", data[:len(data)/2])
}
