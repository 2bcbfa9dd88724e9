//go:build cgo && !nogst

package gst_test

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"sluice/engine/fault"
	"sluice/engine/gst"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/fake"
)

// A call that a Stop comes into returns, with fault.Closed unless it was done; Stop never fails, and nothing is told after it.
func TestStopAtAnyTime(t *testing.T) {
	empty, one := room(t), room(t, "ann")
	starving := resolve(t, template(t, "starving", `
graph: v1
about: A sink that waits for what never comes.
nodes: {r: videotestsrc, hold: valve drop=true, s: fakesink}
links: [r -> hold -> s]
`), plan.Inputs{})
	file := resolve(t, template(t, "rec", recordText), plan.Inputs{Params: map[string]any{"target": filepath.Join(t.TempDir(), "x.webm")}})
	lazy := lazyBranch(t, file)
	long := func(call func(context.Context, run.Runtime) error) func(run.Runtime) error {
		return func(rt run.Runtime) error { return call(within(t), rt) }
	}
	started := func(p *plan.Plan) func(*testing.T, run.Runtime, *fake.Host) {
		return func(t *testing.T, rt run.Runtime, host *fake.Host) {
			t.Helper()
			if _, err := rt.Prepare(within(t), p, host); err != nil {
				t.Fatal(err)
			}
			if err := rt.Start(within(t)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, c := range []struct {
		name  string
		first func(*testing.T, run.Runtime, *fake.Host)
		call  func(run.Runtime) error
	}{
		{"prepare", func(*testing.T, run.Runtime, *fake.Host) {}, long(func(ctx context.Context, rt run.Runtime) error {
			_, err := rt.Prepare(ctx, one, fake.NewHost())
			return err
		})},
		{"start", func(t *testing.T, rt run.Runtime, host *fake.Host) {
			if _, err := rt.Prepare(within(t), starving, host); err != nil {
				t.Fatal(err)
			}
		}, long(func(ctx context.Context, rt run.Runtime) error { return rt.Start(ctx) })},
		{"add", started(empty), long(func(ctx context.Context, rt run.Runtime) error {
			_, err := rt.Apply(ctx, run.Change{Verb: run.AddBranch, Branch: "seat[ann]", Plan: one})
			return err
		})},
		{"remove", started(one), long(func(ctx context.Context, rt run.Runtime) error {
			_, err := rt.Apply(ctx, run.Change{Verb: run.RemoveBranch, Branch: "seat[ann]", Plan: empty})
			return err
		})},
		{"lazy", started(file), long(func(ctx context.Context, rt run.Runtime) error {
			for _, v := range []run.Verb{run.StartLazy, run.EndLazy} {
				if _, err := rt.Apply(ctx, run.Change{Verb: v, Branch: lazy}); err != nil {
					return err
				}
			}
			return nil
		})},
		{"drain", started(file), long(func(ctx context.Context, rt run.Runtime) error { return rt.Drain(ctx) })},
	} {
		t.Run(c.name, func(t *testing.T) {
			for range 8 {
				stopInto(t, c.first, c.call)
			}
		})
	}
}

func stopInto(t *testing.T, first func(*testing.T, run.Runtime, *fake.Host), call func(run.Runtime) error) {
	t.Helper()
	rt, host := openWith(t, gst.Options{}), fake.NewHost()
	first(t, rt, host)
	outcome := make(chan error, 1)
	go func() { outcome <- call(rt) }()
	after := rand.N(25 * time.Millisecond)
	select {
	case <-time.After(after):
	case err := <-outcome:
		outcome <- err
	}
	if err := rt.Stop(within(t)); err != nil {
		t.Errorf("stop after %s: %v", after, err)
	}
	host.Tell(run.Notice{Kind: "stopped"})
	select {
	case err := <-outcome:
		if err != nil && !errors.Is(err, fault.Closed) {
			t.Errorf("after %s: %v", after, err)
		}
	case <-time.After(30 * time.Second):
		t.Fatalf("the call hangs, stopped after %s", after)
	}
	for n, _ := host.Next(within(t)); n.Kind != "stopped"; n, _ = host.Next(within(t)) {
		if n.Kind == run.Broken {
			t.Errorf("told after %s: %+v", after, n)
		}
	}
	if parts := gst.Parts(t, rt); len(parts) > 0 {
		t.Errorf("left after %s: %v", after, parts)
	}
	more, cancel := context.WithCancel(t.Context())
	cancel()
	if n, err := host.Next(more); err == nil {
		t.Errorf("told after the stop: %+v", n)
	}
}

// Branches fail while others come and go.
func TestBranchesFailWhileOthersCome(t *testing.T) {
	track, pictures := units(t, "h264")
	rt := open(t)
	with := func(guests ...string) *plan.Plan {
		return changed(room(t, guests...), "picture-size-bad", func(e *plan.Element) {
			e.Factory, e.Props = "identity", []plan.Setting{{Name: "error-after", Text: "2"}}
		})
	}
	host, _ := begin(t, rt, with())
	for range 5 {
		res := apply(t, rt, run.Change{Verb: run.AddBranch, Branch: "seat[bad]", Plan: with("bad")})
		give(host, res.Inlets["seat-bad-guest-vdec-video-in"], track, pictures)
		apply(t, rt, run.Change{Verb: run.AddBranch, Branch: "seat[ann]", Plan: with("bad", "ann")})
		apply(t, rt, run.Change{Verb: run.RemoveBranch, Branch: "seat[ann]", Plan: with("bad")})
		if gone := notice(t, host, run.BranchGone); gone.Branch != "seat[bad]" {
			t.Errorf("%+v", gone)
		}
		apply(t, rt, run.Change{Verb: run.RemoveBranch, Branch: "seat[bad]", Plan: with()})
	}
	quiet(t, host)
	out := host.Port("out-video-out")
	count := len(out.Units())
	until(t, "pictures", func() bool { return len(out.Units()) > count+5 })
}

const lateText = `
graph: v1
about: A sink that shows nothing for an hour, and one that is live.
nodes:
  bars: videotestsrc is-live=true
  live: stream.out name=bars
  enc: vp8enc deadline=1
  late: {element: fakesink, set: {sync: true, ts-offset: 3600000000000}, lazy: 1s}
links:
  - bars -> [video/x-raw,width=160,height=90,framerate=50/1] -> enc -> live
  - enc -> late
`

// A lazy branch whose sink takes neither media nor their end is taken out when its time is over, also if it holds up what
// feeds it; the rest goes on.
func TestABranchThatDoesNotEnd(t *testing.T) {
	t.Parallel()
	p := resolve(t, template(t, "x", lateText), plan.Inputs{})
	rt := open(t)
	host, _ := begin(t, rt, p)
	live := host.Port("live-video-out")
	apply(t, rt, run.Change{Verb: run.StartLazy, Branch: "late"})
	queue, level := "", int64(-1)
	for _, e := range p.Pipelines[0].Elements {
		if e.Branch == "late" && e.Role == plan.RoleQueue {
			queue = e.Name
		}
	}
	until(t, "a full queue", func() bool { // it does not grow any more, though media comes
		s, ok := sample(t, rt, queue)
		if !ok || s.Counts.Level == 0 {
			return false
		}
		was, count := level, len(live.Units())
		level = s.Counts.Level
		select {
		case <-time.After(200 * time.Millisecond):
		case <-t.Context().Done():
		}
		return was == level && len(live.Units()) >= count
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := rt.Apply(ctx, run.Change{Verb: run.EndLazy, Branch: "late"}); err != nil {
		t.Fatal(err)
	}
	count := len(live.Units())
	until(t, "media", func() bool { return len(live.Units()) > count+10 })
	quiet(t, host)
}

// What hangs in an element is given up in time, and its node is named; Stop is, too.
func TestABranchThatHangs(t *testing.T) {
	t.Parallel()
	p := resolve(t, template(t, "x", `
graph: v1
about: An element that sleeps, and one that is live.
nodes:
  bars: videotestsrc is-live=true
  enc: vp8enc deadline=1
  live: stream.out name=bars
  nap: {element: identity, set: {sleep-time: 3000000}, lazy: 1s}
  end: {element: fakesink, lazy: 1s}
links:
  - bars -> [video/x-raw,width=160,height=90,framerate=50/1] -> enc -> live
  - enc -> nap -> end
`), plan.Inputs{})
	openIt, err := gst.Open(gst.Options{Log: quietLog()})
	if err != nil {
		t.Fatal(err)
	}
	rt, err := openIt("x")
	if err != nil {
		t.Fatal(err)
	}
	host, _ := begin(t, rt, p)
	live := host.Port("live-video-out")
	until(t, "media", func() bool { return len(live.Units()) > 2 })
	lazy := lazyBranch(t, p)
	apply(t, rt, run.Change{Verb: run.StartLazy, Branch: lazy})
	until(t, "the nap", func() bool { s, ok := sample(t, rt, "enc"); return ok && s.Counts.Units > 20 })
	ctx, cancel := context.WithTimeout(t.Context(), 400*time.Millisecond)
	defer cancel()
	var f *fault.Fault
	if _, err := rt.Apply(ctx, run.Change{Verb: run.EndLazy, Branch: lazy}); !errors.As(err, &f) || f.Code != fault.Lost {
		t.Errorf("end: %v", err)
	}
	if _, err := rt.Inspect(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := rt.Apply(within(t), run.Change{Verb: run.EndLazy, Branch: lazy}); !errors.Is(err, fault.Internal) {
		t.Errorf("another change: %v", err)
	}
	soon, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := rt.Stop(soon); !errors.Is(err, fault.Lost) {
		t.Errorf("stop: %v", err)
	}
	if err := rt.Stop(within(t)); !errors.Is(err, fault.Lost) {
		t.Errorf("stop again: %v", err)
	}
	until(t, "the end of the nap", func() bool {
		stacks := make([]byte, 1<<20)
		return !bytes.Contains(stacks[:runtime.Stack(stacks, true)], []byte("gst.(*Runtime).end"))
	})
}
