package instance

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"sluice/engine/event"
	"sluice/engine/fault"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/fake"
)

// once keeps an instance from being restarted.
func once(_ *rig, s *Spec, _ *Options) { s.Once = true }

// Every way an attempt can go, and the states that lead there.
func TestLives(t *testing.T) {
	const planned, starting, up, degraded, draining = run.Planned, run.Starting, run.Live, run.Degraded, run.Draining
	ended := run.Notice{Kind: run.NodeEnded, Node: "cam"}
	crash := func(r *rig) { r.fake().Crash(broken("mix")) }
	quit := func(r *rig) { r.Drain(-1) }
	play := func(r *rig) { r.play() }
	fails := func(c run.Call, code fault.Code) func(int, *fake.Runtime) {
		return func(_ int, f *fake.Runtime) { f.Fail(c, fault.New(code, "mix", "told to")) }
	}
	hangs := func(calls ...run.Call) func(int, *fake.Runtime) {
		return func(_ int, f *fake.Runtime) {
			for _, c := range calls {
				f.Wedge(c)
			}
		}
	}
	for _, c := range []struct {
		name  string
		prime func(int, *fake.Runtime)
		steps []func(*rig)
		want  []run.State
		code  fault.Code // of the error it ends with
	}{
		{"begun and stopped", nil, []func(*rig){play, quit}, []run.State{planned, starting, up, draining, run.Stopped}, ""},
		{"stopped before media came", nil, []func(*rig){quit}, []run.State{planned, starting, draining, run.Stopped}, ""},
		{"natural end", nil, []func(*rig){play, func(r *rig) { r.tell(ended) }}, []run.State{planned, starting, up, draining, run.Stopped}, ""},
		{"an end without any media", nil, []func(*rig){func(r *rig) { synctest.Wait(); r.tell(ended) }}, []run.State{planned, starting, draining, run.Stopped}, ""},
		{"no media ever", nil, nil, []run.State{planned, starting, run.Failed}, fault.StartTimeout},
		{"prepare fails", fails(run.CallPrepare, fault.GstElement), nil, []run.State{planned, starting, run.Failed}, fault.GstElement},
		{"start fails", fails(run.CallStart, fault.GstNegotiation), nil, []run.State{planned, starting, run.Failed}, fault.GstNegotiation},
		{"prepare hangs", hangs(run.CallPrepare), nil, []run.State{planned, starting, run.Lost}, fault.Lost},
		{"start hangs", hangs(run.CallStart), nil, []run.State{planned, starting, run.Lost}, fault.Lost},
		{"prepare hangs and is stopped", hangs(run.CallPrepare), []func(*rig){quit}, []run.State{planned, starting, draining, run.Stopped}, ""},
		{"start hangs and is stopped", hangs(run.CallStart), []func(*rig){quit}, []run.State{planned, starting, draining, run.Stopped}, ""},
		{"prepare and stop hang", hangs(run.CallPrepare, run.CallStop), nil, []run.State{planned, starting, run.Lost}, fault.Lost},
		{"crash in prepare", hangs(run.CallPrepare), []func(*rig){func(r *rig) { synctest.Wait(); crash(r) }}, []run.State{planned, starting, run.Failed}, fault.GstElement},
		{"crash in start", hangs(run.CallStart), []func(*rig){func(r *rig) { synctest.Wait(); crash(r) }}, []run.State{planned, starting, run.Failed}, fault.GstElement},
		{"crash before media", nil, []func(*rig){func(r *rig) { synctest.Wait(); crash(r) }}, []run.State{planned, starting, run.Failed}, fault.GstElement},
		{"crash", nil, []func(*rig){play, crash}, []run.State{planned, starting, up, run.Failed}, fault.GstElement},
		{"crash, and stop hangs", hangs(run.CallStop), []func(*rig){play, crash}, []run.State{planned, starting, up, run.Lost}, fault.Lost},
		{"crash while a change is made", hangs(run.CallApply), []func(*rig){play, func(r *rig) { r.Demand("hls"); synctest.Wait(); crash(r) }},
			[]run.State{planned, starting, up, run.Failed}, fault.GstElement},
		{"a change hangs", hangs(run.CallApply), []func(*rig){play, func(r *rig) { r.Demand("hls") }}, []run.State{planned, starting, up, run.Lost}, fault.Lost},
		{"stopped while a change hangs", hangs(run.CallApply), []func(*rig){play, func(r *rig) { r.Demand("hls"); synctest.Wait(); quit(r) }},
			[]run.State{planned, starting, up, draining, run.Stopped}, fault.Stalled},
		{"crash when degraded", nil, []func(*rig){play, func(r *rig) { r.tell(run.Notice{Kind: run.BranchGone, Branch: "push", Err: broken("push")}) }, crash},
			[]run.State{planned, starting, up, degraded, run.Failed}, fault.GstElement},
		{"stopped when degraded", nil, []func(*rig){play, func(r *rig) { r.tell(run.Notice{Kind: run.BranchGone, Branch: "push", Err: broken("push")}) }, quit},
			[]run.State{planned, starting, up, degraded, draining, run.Stopped}, ""},
		{"drain hangs", hangs(run.CallDrain), []func(*rig){play, quit}, []run.State{planned, starting, up, draining, run.Lost}, fault.Lost},
		{"drain and stop hang", hangs(run.CallDrain, run.CallStop), []func(*rig){play, quit}, []run.State{planned, starting, up, draining, run.Lost}, fault.Lost},
		{"a sink holds up the drain that was asked for", fails(run.CallDrain, fault.Stalled), []func(*rig){play, quit}, []run.State{planned, starting, up, draining, run.Stopped}, fault.Stalled},
		{"a sink holds up the natural end", fails(run.CallDrain, fault.Stalled), []func(*rig){play, func(r *rig) { r.tell(ended) }},
			[]run.State{planned, starting, up, draining, run.Failed}, fault.Stalled},
		{"crash while draining", hangs(run.CallDrain), []func(*rig){play, quit, func(r *rig) { synctest.Wait(); crash(r) }},
			[]run.State{planned, starting, up, draining, run.Failed}, fault.GstElement},
		{"stop hangs", hangs(run.CallStop), []func(*rig){play, quit}, []run.State{planned, starting, up, draining, run.Lost}, fault.Lost},
		{"cut off while draining", hangs(run.CallDrain), []func(*rig){play, quit, func(r *rig) { synctest.Wait(); r.Drain(0) }},
			[]run.State{planned, starting, up, draining, run.Stopped}, ""},
		{"cut off while starting", hangs(run.CallStart), []func(*rig){func(r *rig) { r.Drain(0) }}, []run.State{planned, starting, draining, run.Stopped}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			begin(t, &sketch{push: "drop"}, func(t *testing.T, r *rig) {
				for _, step := range c.steps {
					step(r)
				}
				err := r.Wait(t.Context()) // the bubble's clock moves on by itself
				wantCode(t, "ended", err, c.code)
				if got := r.states(); !slices.Equal(got, c.want) {
					t.Errorf("states %v, want %v", got, c.want)
				}
				if c.code == fault.GstElement && !strings.Contains(err.Error(), "room#7f/mix") {
					t.Errorf("the place is not in %q", err)
				}
				if calls := r.fake().Calls(); !slices.ContainsFunc(calls, func(c fake.Call) bool { return c.Call == run.CallStop }) {
					t.Error("the Runtime was not stopped")
				}
			}, once, primed(c.prime))
		})
	}
}

func TestEventsSayWhyAndWhere(t *testing.T) {
	live(t, &sketch{}, func(t *testing.T, r *rig) {
		r.events("")
		r.fake().Crash(broken("mix"))
		<-r.Done()
		all := r.events(event.InstanceChanged)
		if len(all) != 1 {
			t.Fatalf("%d events", len(all))
		}
		b := all[0].Body.(event.Instance)
		want := event.Instance{ID: "7f", Graph: "room", From: "live", To: "failed", Since: b.Since, Cause: &event.Cause{
			Code: fault.GstElement, Place: "room#7f/mix", Text: "room#7f/mix: it failed", Blame: "server",
		}}
		if *b.Cause != *want.Cause {
			t.Errorf("the cause is %+v", b.Cause)
		}
		if b.Cause = want.Cause; b != want {
			t.Errorf("the event is %+v", b)
		}
		if s := r.Status(); *s.Fault != *want.Cause || s.State != run.Failed || s.Graph != "room" || s.ID != "7f" {
			t.Errorf("the status is %+v", s)
		}
	}, once)
}

// An error that is no fault becomes one, whose place is that of the notice.
func TestPlainErrorsGetAPlace(t *testing.T) {
	live(t, &sketch{}, func(t *testing.T, r *rig) {
		r.fake().Tell(run.Notice{Kind: run.Broken, Node: "cam", Err: errors.New("out of wire")})
		err := r.Wait(t.Context())
		wantCode(t, "ended", err, fault.Internal)
		if !strings.Contains(err.Error(), "room#7f/cam") || !strings.Contains(err.Error(), "out of wire") {
			t.Errorf("the error is %q", err)
		}
	}, once)
}

func TestReady(t *testing.T) {
	begin(t, &sketch{}, func(t *testing.T, r *rig) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := r.Ready(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("ready before media came: %v", err)
		}
		heard := make(chan error, 1)
		go func() { heard <- r.Ready(context.Background()) }()
		r.play()
		if err := <-heard; err != nil {
			t.Error(err)
		}
		r.stop()
		wantCode(t, "after the end", r.Ready(t.Context()), fault.Closed)
	})
	begin(t, &sketch{}, func(t *testing.T, r *rig) {
		wantCode(t, "never live", r.Ready(t.Context()), fault.StartTimeout)
	}, once)
}

func TestStopBeforeBegin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i, err := New(Spec{ID: "a", Template: &sketch{}}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := i.Stop(t.Context()); err != nil || i.Status().State != run.Stopped {
				t.Errorf("%s, %v", i.Status().State, err)
			}
		}
		i.Begin()
		i.Tell(run.Notice{Kind: run.Broken})
		i.Key("x")
		wantCode(t, "a request", i.Set(t.Context(), "mix", nil), fault.Closed)
	})
}

func TestStopIsCutOffByItsContext(t *testing.T) {
	live(t, &sketch{}, func(t *testing.T, r *rig) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		before := time.Now()
		if err := r.Stop(ctx); err != nil {
			t.Error(err)
		}
		if took := time.Since(before); took != time.Second {
			t.Errorf("took %s", took)
		}
		r.want(run.Stopped)
	}, primed(func(_ int, f *fake.Runtime) { f.Wedge(run.CallDrain) }))
}

func TestWithoutGStreamer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i, err := New(Spec{ID: "a", Template: &sketch{}}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		i.Begin()
		wantCode(t, "a plan with a pipeline", i.Wait(t.Context()), fault.GstUnavailable)
	})
	begin(t, &sketch{}, func(t *testing.T, r *rig) {
		wantCode(t, "no Runtime to be had", r.Wait(t.Context()), fault.Overloaded)
	}, once, func(_ *rig, _ *Spec, o *Options) {
		o.Open = func(string) (run.Runtime, error) { return nil, fault.New(fault.Overloaded, "", "no worker") }
	})
}

// passing is a plan that needs no Runtime.
type passing struct{}

func (passing) Resolve(plan.Inputs) (*plan.Plan, error) {
	return &plan.Plan{
		Graph: "pass", Hash: "p", Policy: plan.DefaultPolicy(), Nodes: []plan.Node{{Name: "in", Domain: "go"}, {Name: "out", Domain: "go", Lazy: true}},
		Flows: []plan.Flow{{From: plan.Pad{Of: "in"}, To: plan.Pad{Of: "out"}}},
	}, nil
}

func TestPlansWithoutPipelinesNeedNoRuntime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ends := newEnds()
		i, err := New(Spec{ID: "a", Template: passing{}, Ends: ends}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		i.Begin()
		if err := i.Ready(t.Context()); err != nil {
			t.Fatal(err)
		}
		if r := i.Report(t.Context()); r.Status.State != run.Live || !r.Runtime.Stale {
			t.Errorf("the report is %+v", r)
		}
		if err := i.Demand("out"); err != nil {
			t.Error(err)
		}
		_, err = i.Do(t.Context(), "in", "snapshot", nil)
		wantCode(t, "an action", err, fault.ResourceNotFound)
		i.Tell(run.Notice{Kind: run.NodeEnded, Node: "in"})
		if err := i.Wait(t.Context()); err != nil || i.Status().State != run.Stopped {
			t.Errorf("the end: %s, %v", i.Status().State, err)
		}
		if want := []string{"plan p with []", "over", "closed"}; !slices.Equal(ends.said(), want) || ends.reason != nil {
			t.Errorf("the ends heard %q", ends.said())
		}
	})
}

func TestThePreparedRuntimeIsShown(t *testing.T) {
	refuse := func(_ *rig, s *Spec, _ *Options) {
		s.Prepared = func(rt run.Runtime) error {
			if r, err := rt.Inspect(context.Background()); err != nil || r.Phase != run.Prepared {
				t.Errorf("shown when %s (%v)", r.Phase, err)
			}
			return fault.New(fault.InvalidRequest, "", "no such node to tap")
		}
	}
	begin(t, &sketch{}, func(t *testing.T, r *rig) {
		wantCode(t, "refused", r.Wait(t.Context()), fault.InvalidRequest)
		if slices.ContainsFunc(r.fake().Calls(), func(c fake.Call) bool { return c.Call == run.CallStart }) {
			t.Error("what was refused was started")
		}
	}, refuse)
}

// away is a camera with a slate that plays while it is silent.
type away struct{}

func (away) Resolve(plan.Inputs) (*plan.Plan, error) {
	line := func(node, bridge string) plan.Pipeline {
		return plan.Pipeline{
			Name: node, Elements: []plan.Element{{Name: node, Node: node}, {Name: bridge, Node: "out"}},
			Links: []plan.Link{{From: plan.Pad{Of: node}, To: plan.Pad{Of: bridge}}},
		}
	}
	return &plan.Plan{
		Graph: "away", Policy: plan.DefaultPolicy(),
		Nodes: []plan.Node{{Name: "cam", Domain: "gst"}, {Name: "slate", Domain: "gst"}, {Name: "out", Domain: "go"}},
		Bridges: []plan.Bridge{
			{Name: "first", Direction: plan.OutOfGst, Node: plan.Pad{Of: "out"}},
			{Name: "second", Direction: plan.OutOfGst, Node: plan.Pad{Of: "out"}, Fallback: true},
		},
		Pipelines: []plan.Pipeline{line("cam", "first"), line("slate", "second")},
	}, nil
}

func TestASlateIsNoSignOfLife(t *testing.T) {
	begin(t, &sketch{}, func(_ *testing.T, r *rig) {
		synctest.Wait()
		r.tell(run.Notice{Kind: run.FirstMedia, Node: "slate"})
		r.want(run.Starting)
		r.tell(run.Notice{Kind: run.FirstMedia, Node: "cam"})
		r.want(run.Live)
	}, func(_ *rig, s *Spec, _ *Options) { s.Template = away{} })
}
