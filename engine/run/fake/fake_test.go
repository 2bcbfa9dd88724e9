package fake_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/fake"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// room is a plan with a bridge in and out, a lazy branch, a lazy pipeline and, with guests, keyed branches.
func room(guests ...string) *plan.Plan {
	p := &plan.Plan{
		Graph: "room", Hash: "room" + string(rune('0'+len(guests))),
		Nodes: []plan.Node{{Name: "mix"}},
		Bridges: []plan.Bridge{
			{Name: "in", Direction: plan.IntoGst, Pipeline: "mix"}, {Name: "out", Direction: plan.OutOfGst, Pipeline: "mix", Format: plan.Format(media.VP8)},
		},
		Pipelines: []plan.Pipeline{{Name: "mix", Branches: []plan.Branch{{Name: "record", Kind: plan.Lazy}}}, {Name: "hls", Lazy: true}},
	}
	for _, g := range guests {
		name := "seat[" + g + "]"
		p.Bridges = append(p.Bridges, plan.Bridge{Name: name + "/in", Direction: plan.IntoGst, Branch: name})
		p.Pipelines[0].Branches = append(p.Pipelines[0].Branches, plan.Branch{Name: name, Kind: plan.Keyed, Key: g})
	}
	return p
}

func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// begin gives a Runtime that plays the room.
func begin(t *testing.T) (*fake.Runtime, *fake.Host, run.Inlets) {
	t.Helper()
	f, host := fake.New(), fake.NewHost()
	inlets, err := f.Prepare(within(t), room(), host)
	if err := errors.Join(err, f.Start(within(t))); err != nil {
		t.Fatal(err)
	}
	return f, host, inlets
}

func TestMediaPasses(t *testing.T) {
	f, host, inlets := begin(t)
	if len(inlets) != 1 || inlets["in"] == nil {
		t.Fatalf("inlets %v", inlets)
	}
	in, u := inlets["in"], &media.Unit{Key: true}
	in.Codec(media.NewTrack(media.VP8))
	if !in.Unit(u) || !in.Gap(0, time.Second) {
		t.Error("the inlet refuses")
	}
	f.Inlet("in").Block(true)
	if in.Unit(u) || in.Gap(0, time.Second) {
		t.Error("the blocked inlet takes")
	}
	f.Inlet("in").Block(false)
	in.Mark(run.Flush)
	in.Mark(run.End)
	in.Mark(run.Flush)
	in.Codec(media.NewTrack(media.H264))
	if in.Unit(u) || in.Gap(0, 0) {
		t.Error("the inlet takes after its end")
	}
	p := f.Inlet("in")
	if len(p.Units()) != 1 || len(p.Tracks()) != 1 || !slices.Equal(p.Marks(), []run.Mark{run.Flush, run.End}) {
		t.Errorf("the inlet has %v, %v, %v", p.Units(), p.Tracks(), p.Marks())
	}
	if !f.Deliver("out", u) || !f.WantKey("in") || len(host.Port("out").Units()) != 1 || host.Keys("in") != 1 {
		t.Error("the host did not get what it was sent")
	}
	if err := f.Drain(within(t)); err != nil || !slices.Equal(host.Port("out").Marks(), []run.Mark{run.End}) {
		t.Errorf("drained: %v, %v", err, host.Port("out").Marks())
	}
}

func TestPlay(t *testing.T) {
	f, host, _ := begin(t)
	if !f.Play("cam") {
		t.Fatal("there is no host")
	}
	n, err := host.Next(within(t))
	if err != nil || n.Kind != run.FirstMedia || n.Node != "cam" {
		t.Errorf("the host hears %+v, %v", n, err)
	}
	if got := host.Port("out").Tracks(); len(got) != 1 || got[0].Codec != media.VP8 {
		t.Errorf("what comes out is %+v", got)
	}
	if err := f.Stop(within(t)); err != nil || f.Play("cam") {
		t.Errorf("it plays after its end (%v)", err)
	}
}

func TestChanges(t *testing.T) {
	f, _, _ := begin(t)
	for _, c := range []struct {
		change run.Change
		code   error
		lazy   []string // afterwards
	}{
		{run.Change{Verb: run.StartLazy, Branch: "record"}, nil, []string{"record"}},
		{run.Change{Verb: run.StartLazy, Branch: "record"}, nil, []string{"record"}},
		{run.Change{Verb: run.StartLazy, Branch: "hls"}, nil, []string{"hls", "record"}},
		{run.Change{Verb: run.EndLazy, Branch: "record"}, nil, []string{"hls"}},
		{run.Change{Verb: run.EndLazy, Branch: "record"}, nil, []string{"hls"}},
		{run.Change{Verb: run.StartLazy, Branch: "mix"}, fault.ResourceNotFound, []string{"hls"}},
		{run.Change{Verb: run.AddBranch, Branch: "seat[ann]", Plan: room("ann")}, nil, []string{"hls"}},
		{run.Change{Verb: run.AddBranch, Branch: "seat[ann]", Plan: room("ann")}, fault.NameInUse, []string{"hls"}},
		{run.Change{Verb: run.AddBranch, Branch: "seat[bob]", Plan: room("ann")}, fault.ResourceNotFound, []string{"hls"}},
		{run.Change{Verb: run.RemoveBranch, Branch: "seat[bob]", Plan: room()}, fault.ResourceNotFound, []string{"hls"}},
		{run.Change{Verb: run.RemoveBranch, Branch: "seat[ann]", Plan: room()}, nil, []string{"hls"}},
		{run.Change{Verb: run.Set, Plan: room()}, nil, []string{"hls"}},
		{run.Change{Verb: run.Do, Node: "mix", Action: "layout"}, nil, []string{"hls"}},
		{run.Change{Verb: run.AskKey, Bridge: "out"}, nil, []string{"hls"}},
		{run.Change{Verb: run.AskKey, Bridge: "in"}, fault.ResourceNotFound, []string{"hls"}},
		{run.Change{Verb: "dance"}, fault.InvalidRequest, []string{"hls"}},
	} {
		_, err := f.Apply(within(t), c.change)
		if (c.code == nil) != (err == nil) || c.code != nil && !errors.Is(err, c.code) {
			t.Errorf("%+v: %v, want %v", c.change, err, c.code)
		}
		if report, err := f.Inspect(within(t)); err != nil || !slices.Equal(report.Lazy, c.lazy) || report.Phase != run.Running {
			t.Errorf("%+v: %+v, %v", c.change, report, err)
		}
	}
}

func TestKeyedBranch(t *testing.T) {
	f, _, _ := begin(t)
	got, err := f.Apply(within(t), run.Change{Verb: run.AddBranch, Branch: "seat[ann]", Plan: room("ann")})
	if err != nil || len(got.Inlets) != 1 || got.Inlets["seat[ann]/in"] == nil {
		t.Fatalf("%v, %v", got, err)
	}
	if report, _ := f.Inspect(within(t)); report.Plan != "room1" {
		t.Errorf("the plan is %s", report.Plan)
	}
	if _, err := f.Apply(within(t), run.Change{Verb: run.RemoveBranch, Branch: "seat[ann]", Plan: room()}); err != nil {
		t.Fatal(err)
	}
	if got.Inlets["seat[ann]/in"].Unit(&media.Unit{}) {
		t.Error("the inlet of a removed branch takes media")
	}
}

func TestAnswers(t *testing.T) {
	f, _, _ := begin(t)
	change := run.Change{Verb: run.Do, Node: "mix", Action: "snapshot"}
	f.Answer(run.Do, func(run.Change) (run.Result, error) { return run.Result{Type: "image/png", Bytes: []byte{1}}, nil })
	if got, err := f.Apply(within(t), change); err != nil || got.Type != "image/png" {
		t.Errorf("%v, %v", got, err)
	}
	refused := fault.New(fault.InvalidParams, "mix", "no")
	f.Answer(run.Do, func(run.Change) (run.Result, error) { return run.Result{}, refused })
	if _, err := f.Apply(within(t), change); !errors.Is(err, fault.InvalidParams) {
		t.Errorf("got %v", err)
	}
	if err := f.Drain(within(t)); err != nil {
		t.Errorf("a refused change spoilt the rest: %v", err)
	}
}

// Stop while a call hangs: the call returns soon, and a second Stop waits for the first.
func TestStopDuringCall(t *testing.T) {
	f, host := fake.New(), fake.NewHost()
	entered, _ := f.Wedge(run.CallPrepare)
	outcome, stops := make(chan error, 1), make(chan error, 2)
	ctx := within(t)
	go func() { _, err := f.Prepare(ctx, room(), host); outcome <- err }()
	<-entered
	if report, err := f.Inspect(ctx); err != nil || !report.Stale {
		t.Errorf("a hanging runtime reports %+v, %v", report, err)
	}
	if err := f.Start(ctx); !errors.Is(err, fault.Internal) {
		t.Errorf("two calls at once: %v", err)
	}
	for range 2 {
		go func() { stops <- f.Stop(ctx) }()
	}
	if err := <-outcome; !errors.Is(err, fault.Closed) {
		t.Errorf("prepare: %v", err)
	}
	if err := errors.Join(<-stops, <-stops); err != nil {
		t.Errorf("stop: %v", err)
	}
}

func TestRelease(t *testing.T) {
	f, _, _ := begin(t)
	entered, release := f.Wedge(run.CallDrain)
	outcome := make(chan error)
	ctx := within(t)
	go func() { outcome <- f.Drain(ctx) }()
	<-entered
	release()
	if err := <-outcome; err != nil {
		t.Errorf("after release: %v", err)
	}
	var names []run.Call
	for _, c := range f.Calls() {
		names = append(names, c.Call)
	}
	if want := []run.Call{run.CallPrepare, run.CallStart, run.CallDrain}; !slices.Equal(names, want) || f.Calls()[0].Plan != "room0" {
		t.Errorf("calls %v", f.Calls())
	}
}

// The second Stop of one that hangs gives up with its own context.
func TestHangingStopTwice(t *testing.T) {
	f, _, _ := begin(t)
	entered, release := f.Wedge(run.CallStop)
	first := make(chan error)
	ctx := within(t)
	go func() { first <- f.Stop(ctx) }()
	<-entered
	soon, cancel := context.WithTimeout(ctx, time.Millisecond)
	defer cancel()
	if err := f.Stop(soon); !errors.Is(err, fault.Lost) {
		t.Errorf("the second: %v", err)
	}
	release()
	if err := <-first; err != nil {
		t.Errorf("the first: %v", err)
	}
}

func TestContextsNeedDeadlines(t *testing.T) {
	f := fake.New()
	for _, err := range []error{f.Start(context.Background()), f.Stop(context.Background())} {
		if !errors.Is(err, fault.Internal) {
			t.Errorf("got %v", err)
		}
	}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := f.Inspect(cancelled); err != context.Canceled {
		t.Errorf("inspect: %v", err)
	}
}

func TestCrashTellsOnce(t *testing.T) {
	f, host, _ := begin(t)
	died := fault.New(fault.Internal, "worker", "it died")
	f.Crash(died)
	f.Crash(died)
	if n, err := host.Next(within(t)); err != nil || n.Kind != run.Broken || n.Err != error(died) {
		t.Errorf("got %v, %v", n, err)
	}
	none, cancel := context.WithCancel(context.Background())
	cancel()
	if n, err := host.Next(none); err == nil {
		t.Errorf("told twice: %v", n)
	}
	if _, err := f.Apply(within(t), run.Change{Verb: run.EndLazy, Branch: "hls"}); err != error(died) {
		t.Errorf("after the crash: %v", err)
	}
}
