package instance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"sluice/engine/event"
	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/fake"
)

// act is one thing that happens to an instance.
type act struct {
	what string
	name string
	wait time.Duration // afterwards
}

// happenings are what a Runtime does of its own or is told to do, and what is asked for. What keeps an instance busy is
// there more often than what ends it.
func happenings() []string {
	once := []string{"end", "broken", "crash", "drain", "cut", "reload", "fail", "wedge", "release", "said", "do", "nothing"}
	often := []string{"media", "gone", "demand", "idle", "add", "remove", "set", "key", "mend"}
	return slices.Concat(once, often, often, often, []string{"media", "media", "media"})
}

func names() []string {
	return []string{"ann", "bob", "cat", "dan", "bad"}
}

// Whatever is asked of an instance and whatever happens to it, in any order: it goes only where the table lets it, it
// answers every request, and it ends when it is stopped, with everything stopped that it opened.
func TestAnythingMayHappen(t *testing.T) {
	seen := map[run.State]int{}
	rapid.Check(t, func(rt *rapid.T) {
		s := &sketch{
			seats: rapid.SampledFrom([]string{"drop", "restart", ""}).Draw(rt, "seats"),
			push:  rapid.SampledFrom([]string{"drop", "restart", ""}).Draw(rt, "push"),
			rec:   rapid.SampledFrom([]string{"", "fail", "restart"}).Draw(rt, "rec"),
			policy: func(p *plan.Policy) {
				p.Reload, p.Restart.When, p.Restart.Tries = "restart", "always", 0
			},
			lonely:  rapid.Bool().Draw(rt, "lonely"),
			offline: rapid.Bool().Draw(rt, "offline"),
		}
		acts := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) act {
			return act{
				what: rapid.SampledFrom(happenings()).Draw(rt, "what"),
				name: rapid.SampledFrom(names()).Draw(rt, "name"),
				wait: rapid.SampledFrom([]time.Duration{0, 0, 1, time.Second, 20 * time.Second}).Draw(rt, "wait"),
			}
		}), 10, 60).Draw(rt, "acts")
		var wrong error
		synctest.Test(t, func(t *testing.T) { wrong = happen(t, s, acts, seen) })
		if wrong != nil {
			rt.Fatal(wrong)
		}
	})
	if testing.Short() {
		return // twenty sketches need not go everywhere
	}
	for _, s := range []run.State{run.Live, run.Degraded, run.Draining, run.Stopped, run.Failed} {
		if seen[s] == 0 {
			t.Errorf("no instance was ever %s: %v", s, seen)
		}
	}
}

// chaos is what happens to one instance.
type chaos struct {
	*rig
	release map[*fake.Runtime]func()
	pending sync.WaitGroup // requests
}

func happen(t *testing.T, s *sketch, acts []act, seen map[run.State]int) error {
	c := &chaos{rig: &rig{t: t, bus: event.NewBus(nil)}, release: map[*fake.Runtime]func(){}}
	c.subs = c.bus.Subscribe(10000, nil)
	spec := Spec{ID: "7f", Template: s, Inputs: plan.Inputs{Keys: map[string][]plan.Key{"seat": {{Name: "ann"}}}}}
	i, err := New(spec, Options{Open: c.open, Bus: c.bus})
	if err != nil {
		return err
	}
	c.Instance = i
	i.Begin()
	synctest.Wait()
	if acts[0].name != "bad" { // most become live
		c.act(0, act{what: "media"})
	}
	for n, a := range acts {
		c.act(n, a)
		if a.wait > 0 {
			c.after(a.wait)
		}
	}
	synctest.Wait()
	gone := slices.ContainsFunc(acts, func(a act) bool { return a.what == "gone" })
	if r := c.Report(context.Background()); !gone && r.Runtime.Phase == run.Running && !r.Runtime.Stale && r.Runtime.Plan != r.Status.Plan {
		return fmt.Errorf("the Runtime plays %q and the instance believes %q", r.Runtime.Plan, r.Status.Plan)
	}
	if err := c.Stop(context.Background()); err != nil && !errors.Is(err, fault.Lost) {
		return fmt.Errorf("stop: %w", err)
	}
	c.pending.Wait()
	return c.judge(gone, seen)
}

// judge looks at what is left. Where branches were said to be gone, instance and fake may differ about what there is.
func (c *chaos) judge(gone bool, seen map[run.State]int) error {
	at := run.Planned
	for _, e := range c.events(event.InstanceChanged) {
		b := e.Body.(event.Instance)
		if run.State(b.From) != at {
			return fmt.Errorf("an event says from %s, and it was %s", b.From, at)
		}
		if err := at.To(run.State(b.To)); err != nil {
			return err
		}
		at = run.State(b.To)
		seen[at]++
	}
	if at != c.Status().State || !at.Over() {
		return fmt.Errorf("events end with %s, the status is %s", at, c.Status().State)
	}
	for n, f := range c.fakes {
		all := f.Calls()
		if !slices.ContainsFunc(all, func(x fake.Call) bool { return x.Call == run.CallStop }) {
			return fmt.Errorf("runtime %d was not stopped", n)
		}
		for _, x := range all {
			if code := fault.CodeOf(x.Err); code == fault.Internal || !gone && code == fault.NameInUse {
				return fmt.Errorf("runtime %d, %s: %w", n, x.Call, x.Err)
			}
		}
	}
	return nil
}

// request asks for something in the background, with some patience.
func (c *chaos) request(ask func(ctx context.Context) error) {
	c.pending.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		_ = ask(ctx)
	})
}

func (c *chaos) act(n int, a act) {
	if c.opened() == 0 {
		return
	}
	f, failed := c.fake(), fault.New(fault.GstElement, "mix", "happening %d", n)
	verbs := []run.Call{run.CallPrepare, run.CallStart, run.CallApply, run.CallDrain, run.CallStop}
	seat := "seat[" + a.name + "]"
	which := map[string]string{"ann": seat, "bob": "push", "cat": "rec", "dan": "hls", "bad": "seat[bob]"}[a.name]
	lazy := map[bool]string{true: "hls", false: "rec"}[len(a.name)+n%2 == 3]
	switch a.what {
	case "media":
		f.Tell(run.Notice{Kind: run.FirstMedia, Node: "cam"})
	case "end":
		f.Tell(run.Notice{Kind: run.NodeEnded, Node: "cam"})
	case "gone":
		f.Tell(run.Notice{Kind: run.BranchGone, Branch: which, Err: failed})
	case "broken":
		f.Tell(run.Notice{Kind: run.Broken, Err: failed})
	case "said":
		f.Tell(run.Notice{Kind: run.Said, Node: "mix", Event: "level"})
	case "demand":
		_ = c.Demand(lazy)
	case "idle":
		c.Idle(lazy)
	case "add":
		c.request(func(ctx context.Context) error { return c.Add(ctx, "seat", plan.Key{Name: a.name}) })
	case "remove":
		c.request(func(ctx context.Context) error { return c.Remove(ctx, "seat", a.name) })
	case "set":
		node := []string{"mix", seat + "/dec", "none"}[n%3]
		c.request(func(ctx context.Context) error { return c.Set(ctx, node, map[string]any{"level": n % 12}) })
	case "do":
		c.request(func(ctx context.Context) error { _, err := c.Do(ctx, "mix", "snapshot", nil); return err })
	case "key":
		c.Key("side")
	case "reload":
		c.Reload(&sketch{seats: "drop", version: n, policy: func(p *plan.Policy) { p.Reload = "restart" }})
	case "drain":
		c.Drain(time.Duration(n%3-1) * time.Second)
	case "cut":
		if n > 20 {
			c.Drain(0)
		}
	case "fail":
		f.Fail(verbs[n%5], failed)
	case "mend":
		f.Fail(verbs[n%5], nil)
	case "wedge":
		if c.release[f] == nil {
			_, c.release[f] = f.Wedge(verbs[n%5])
		}
	case "release":
		if release := c.release[f]; release != nil {
			release()
			delete(c.release, f)
		}
	case "crash":
		f.Crash(failed)
	}
}
