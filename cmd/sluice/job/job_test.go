package job

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"sluice/cmd/sluice/progress"
	"sluice/engine/fault"
	"sluice/engine/run"
	"sluice/engine/stat"
)

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func calls(p *projector) (out []run.Call) {
	for _, c := range p.Calls() {
		out = append(out, c.Call)
	}
	return out
}

func TestJobs(t *testing.T) {
	broken := fault.New(fault.GstElement, "venc", "it broke")
	for name, c := range map[string]struct {
		rig  func(*projector, *Job) context.Context
		end  End
		err  error
		took time.Duration
		cut  bool
		last []run.Call
	}{
		"runs to its end": {func(*projector, *Job) context.Context { return nil }, Ended, nil, 5 * time.Second, false, nil},
		"fails":           {func(p *projector, _ *Job) context.Context { p.fails = broken; return nil }, Failed, fault.GstElement, 2 * time.Second, false, []run.Call{run.CallStop}},
		"cannot start": {func(p *projector, _ *Job) context.Context {
			p.Fail(run.CallPrepare, fault.New(fault.ResourceNotFound, "read", "no file"))
			return nil
		}, Failed, fault.ResourceNotFound, 0, false, []run.Call{run.CallStop}},
		"has no GStreamer": {func(_ *projector, j *Job) context.Context { j.Open = nil; return nil }, Failed, fault.GstUnavailable, 0, false, nil},
		"for a second":     {func(_ *projector, j *Job) context.Context { j.For = time.Second; return nil }, Timed, nil, time.Second, false, []run.Call{run.CallDrain, run.CallStop}},
		"interrupted": {func(p *projector, j *Job) context.Context {
			p.drains = time.Second
			j.Signals = signalsAt(3 * time.Second)
			return nil
		}, Interrupted, nil, 4 * time.Second, false, []run.Call{run.CallDrain, run.CallStop}},
		"interrupted twice": {func(p *projector, j *Job) context.Context {
			p.drains = time.Hour
			j.Signals = signalsAt(time.Second, 3*time.Second)
			return nil
		}, Interrupted, nil, 3 * time.Second, true, nil},
		"interrupted before it ends by itself": {func(p *projector, j *Job) context.Context {
			p.drains = 4 * time.Second
			j.Signals = signalsAt(4 * time.Second)
			return nil
		}, Interrupted, nil, 8 * time.Second, false, nil},
		"given up by who asked": {func(_ *projector, _ *Job) context.Context {
			ctx, cancel := context.WithCancel(context.Background())
			time.AfterFunc(time.Second, cancel)
			return ctx
		}, Interrupted, nil, time.Second, false, []run.Call{run.CallDrain, run.CallStop}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newProjector()
				j, _ := p.job(t)
				ctx := c.rig(p, &j)
				if ctx == nil {
					ctx = t.Context()
				}
				r := j.Run(ctx)
				if r.End != c.end || !errors.Is(r.Err, c.err) || r.Took.Round(100*time.Millisecond) != c.took || r.Cut != c.cut {
					t.Errorf("%s after %s, cut %t: %v", r.End, r.Took, r.Cut, r.Err)
				}
				if got := calls(p); len(got) < len(c.last) || !slices.Equal(got[len(got)-len(c.last):], c.last) {
					t.Errorf("calls %v, want %v at the end", got, c.last)
				}
			})
		})
	}
}

// signalsAt sends a signal at each of the times.
func signalsAt(times ...time.Duration) <-chan os.Signal {
	c := make(chan os.Signal, len(times))
	for _, at := range times {
		time.AfterFunc(at, func() { c <- syscall.SIGINT })
	}
	return c
}

// What is counted is what there was when the Runtime stopped, not when progress was last shown.
func TestCountsAreThoseOfTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProjector()
		j, _ := p.job(t)
		r := j.Run(t.Context())
		want := []Encoder{
			{"venc", "vp8enc", true, 250, 6, 250_000},
			{"aenc", "avenc_aac", false, 500, 0, 25_000},
		}
		if r.Media != 10*time.Second || !slices.Equal(r.Encoders, want) {
			t.Errorf("%s, %+v", r.Media, r.Encoders)
		}
	})
}

// An encoder that shares its node with other elements, and has no queue behind it, is not counted: what leaves its node is
// more than what it makes.
func TestWhatCannotBeCountedIsLeftOut(t *testing.T) {
	p := film{}.plan()
	l := &p.Pipelines[0]
	l.Links = slices.DeleteFunc(l.Links, func(k planLink) bool { return k.To.Of == "vq" || k.To.Of == "aq" })
	for i := range l.Elements {
		if l.Elements[i].Name == "apar" {
			l.Elements[i].Node = "aenc"
		}
	}
	r := Job{Plan: p, Spec: specs}.begin()
	got := r.counted(run.Report{Samples: []run.Sample{
		{Kind: run.OfNode, Name: "venc", Counts: stat.Snapshot{Units: 1}}, {Kind: run.OfNode, Name: "aenc", Counts: stat.Snapshot{Units: 1}},
	}})
	if len(got) != 1 || got[0].Node != "venc" {
		t.Errorf("%+v", got)
	}
}

func TestProgressIsShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newProjector()
		p.drains = time.Second
		j, f := p.job(t)
		put(t, f.write, strings.Repeat("x", 125_000))
		var b strings.Builder
		j.Progress = progress.New(time.Now(), progress.Options{Out: &b, Every: time.Second})
		j.Say = func(text string) { b.WriteString("said: " + text + "\n") }
		j.Signals = signalsAt(3500 * time.Millisecond)
		j.Run(t.Context())
		const want = `20%, 0:02/0:10, 2.00x, ETA 0:04, 50 frames, 500 kbit/s
40%, 0:04/0:10, 2.00x, ETA 0:03, 100 frames, 250 kbit/s
60%, 0:06/0:10, 2.00x, ETA 0:02, 150 frames, 167 kbit/s
said: ending: what is under way is finished; interrupt again to stop at once
80%, 0:08/0:10, draining, 2.00x, 200 frames, 125 kbit/s
`
		if b.String() != want {
			t.Errorf("got\n%s", &b)
		}
	})
}
