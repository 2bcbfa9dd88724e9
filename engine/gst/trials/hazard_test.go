//go:build cgo && !nogst

package trials_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"sluice/engine/fault"
	"sluice/engine/gst/hazard"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/value"
	"sluice/engine/worker"
)

const barsText = `
graph: v1
about: Bars, live, with something in the way.
nodes:
  bars: videotestsrc is-live=true
  bad: identity
  enc: vp8enc deadline=1 cpu-used=16
  live: stream.out name=bars
links:
  - bars -> [video/x-raw,width=160,height=90,framerate=50/1] -> bad -> enc -> live
`

// hazardous is the plan of the bars with a hazard in the way: "mode=segv after=5".
func hazardous(t testing.TB, settings string) *plan.Plan {
	t.Helper()
	return recast(compile(t, barsText, plan.Inputs{}), "bad", "hazard", settings)
}

// recast gives a plan in which the elements of a node are made by another factory, with the settings added.
func recast(p *plan.Plan, node, factory, settings string) *plan.Plan {
	out := *p
	out.Pipelines = slices.Clone(p.Pipelines)
	for i := range out.Pipelines {
		out.Pipelines[i].Elements = slices.Clone(out.Pipelines[i].Elements)
		for k := range out.Pipelines[i].Elements {
			e := &out.Pipelines[i].Elements[k]
			if e.Node != node || e.Role != plan.RoleNode {
				continue
			}
			e.Factory = factory
			for _, s := range strings.Fields(settings) {
				name, text, _ := strings.Cut(s, "=")
				e.Props = append(slices.Clone(e.Props), plan.Setting{Name: name, Type: value.String, Text: text})
			}
		}
	}
	return &out
}

// Whatever an element does, whoever runs the graph is told what and where, in time; a neighbour in another worker loses
// nothing; the same instance can be started again; and nothing is left of it.
func TestHazards(t *testing.T) {
	env := hazard.Build(t)
	files, children := open(t), len(processes(t))
	t.Run("all", func(t *testing.T) { hazards(t, env) })
	if n := len(processes(t)); n > children {
		t.Errorf("%d processes are left, %d were there", n, children)
	}
	if now := open(t); len(now) > len(files) {
		t.Errorf("open before: %v, after: %v", files, now)
	}
}

func hazards(t *testing.T, env []string) {
	pool, log := start(t, chains, func(o *worker.Options) {
		o.Env = append(o.Env, env...)
		o.Memory, o.Grace = 250<<20, 500*time.Millisecond
	})
	other := observe(t, pool)
	for _, c := range []struct {
		settings string
		fails    func(*testing.T, *player) // after it was prepared
	}{
		{"mode=segv after=5", dies(fault.GstElement, "bars#1: the worker died: signal 11, segmentation fault: hazard: segv")},
		{"mode=abort after=5", dies(fault.GstElement, "bars#1: the worker died: signal 6, aborted: hazard: abort")},
		{"mode=exit after=5", dies(fault.GstElement, "bars#1: the worker died: exit code 3: hazard: exit")},
		{"mode=leak", dies(fault.Overloaded, "bars#1: the worker took ", "MB of memory, more than its 250", "give workers more memory")},
		{"mode=error after=5", dies(fault.GstElement, "bad: \"bad\" (hazard): hazard struck")},
		{"mode=wedge-chain after=5", wedges(log)},
		{"mode=wedge-state", refuses(fault.Lost, "hangs")},
		{"mode=wedge-state after=1", flows},
		{"mode=flood after=5", floods(log)},
		{"mode=slow delay=50", flows},
		{"mode=none", flows},
	} {
		t.Run(c.settings, func(t *testing.T) {
			i := opened(t, pool, "bars#1")
			var err error
			if i.inlets, err = i.Prepare(within(t, patience), hazardous(t, c.settings), i.host); err != nil {
				t.Fatal(err)
			}
			pid := i.pid(t)
			c.fails(t, i)
			other.lives(t)
			begun := time.Now()
			if err := i.Stop(within(t, patience)); err != nil {
				t.Errorf("stop: %v", err)
			}
			if took := time.Since(begun); took > patience/2 {
				t.Errorf("stop took %s", took)
			}
			if slices.Contains(processes(t), pid) {
				t.Errorf("process %d is still there", pid)
			}
			other.lives(t)
			again := started(t, pool, "bars#1", hazardous(t, "mode=none"))
			again.gives(t, "enc")
			if again.pid(t) == pid {
				t.Error("it is the same worker")
			}
		})
	}
}

// dies expects the end of an instance that played, in these words.
func dies(code fault.Code, words ...string) func(*testing.T, *player) {
	return func(t *testing.T, i *player) {
		t.Helper()
		if err := i.Start(within(t, patience)); err != nil {
			told(t, err, code, words...) // it died so soon
			return
		}
		told(t, i.broken(t).Err, code, words...)
	}
}

// refuses expects that the start fails in these words.
func refuses(code fault.Code, words ...string) func(*testing.T, *player) {
	return func(t *testing.T, i *player) {
		t.Helper()
		told(t, i.Start(within(t, 2*time.Second)), code, words...)
	}
}

// wedges expects media to stop: nobody but who waits for media can know. A drain is given up, since a live source that is
// held in a buffer takes no end (GStreamer 1.22).
func wedges(log *journal) func(*testing.T, *player) {
	return func(t *testing.T, i *player) {
		t.Helper()
		if err := i.Start(within(t, patience)); err != nil {
			t.Fatal(err)
		}
		log.await(t, "hazard: wedge-chain", 1)
		told(t, i.Drain(within(t, time.Second)), fault.Lost, "hangs")
	}
}

// floods expects that a flood is dropped where it comes from.
func floods(log *journal) func(*testing.T, *player) {
	return func(t *testing.T, i *player) {
		t.Helper()
		if err := i.Start(within(t, patience)); err != nil {
			t.Fatal(err)
		}
		log.await(t, "hazard: flood", 1)
		i.gives(t, "enc")
	}
}

// flows expects media.
func flows(t *testing.T, i *player) {
	t.Helper()
	if err := i.Start(within(t, patience)); err != nil {
		t.Fatal(err)
	}
	i.gives(t, "enc")
}

// told checks what somebody is told.
func told(t *testing.T, err error, code fault.Code, words ...string) {
	t.Helper()
	if !errors.Is(err, code) {
		t.Errorf("%v is %s, want %s", err, fault.CodeOf(err), code)
		return
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q does not say %q", err, w)
		}
	}
}

// open lists what the files are that this process has open.
func open(t testing.TB) (names []string) {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip(err)
	}
	for _, e := range list {
		name, err := os.Readlink(filepath.Join("/proc/self/fd", e.Name()))
		if err == nil {
			names = append(names, name)
		}
	}
	return names
}

// processes lists the children of this process.
func processes(t testing.TB) (pids []int) {
	t.Helper()
	lists, err := filepath.Glob("/proc/self/task/*/children")
	if err != nil || len(lists) == 0 {
		t.Skip("the kernel does not list children")
	}
	for _, l := range lists {
		text, err := os.ReadFile(l)
		if err != nil {
			continue // the thread has ended
		}
		for _, w := range strings.Fields(string(text)) {
			if pid, err := strconv.Atoi(w); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}

// A worker that is killed in the middle of FLV to WebM takes nothing but its instance with it: who waits is told, what was
// written can be played, and the next start writes the whole.
func TestKillInMidRun(t *testing.T) {
	pool, _ := start(t, chains, nil)
	other := observe(t, pool)
	target := filepath.Join(t.TempDir(), "out.webm")
	p := shipped(t, "jobs/transcode", map[string]any{"source": clip(t), "target": target})
	// At the speed of life, so that there is a middle, and with what is written in the file at once.
	slow := recast(p, "write", "filesink", "sync=true buffer-mode=unbuffered")
	i := started(t, pool, "job#1", slow)
	i.gives(t, "venc")
	partly(t, target)
	pid := i.pid(t)
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	told(t, i.broken(t).Err, fault.GstElement, "job#1: the worker died: signal 9", "look in the kernel's log")
	if _, err := i.Apply(within(t, patience), run.Change{Verb: run.Do, Node: "venc", Action: "x"}); !errors.Is(err, fault.GstElement) {
		t.Errorf("a change afterwards: %v", err)
	}
	told(t, i.Drain(within(t, patience)), fault.GstElement, "the worker died")
	if err := i.Stop(within(t, patience)); err != nil {
		t.Error(err)
	}
	other.lives(t)
	launch(t, "filesrc location="+target+" ! matroskademux ! fakesink")
	part := size(t, target)
	again := started(t, pool, "job#1", p)
	again.ends(t, "write")
	if whole := size(t, target); whole <= part {
		t.Errorf("%d bytes at the first try, %d at the second", part, whole)
	}
	launch(t, "filesrc location="+target+" ! matroskademux ! vp8dec ! fakesink")
	other.lives(t)
}

// partly waits until something is in a file.
func partly(t testing.TB, path string) {
	t.Helper()
	ctx, done := context.WithTimeout(context.Background(), patience)
	defer done()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		if info, err := os.Stat(path); err == nil && info.Size() > 4096 {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("nothing is written to %s", path)
		}
	}
}

func size(t testing.TB, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}
