package worker_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"sluice/engine/enginetest"
	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/fake"
	"sluice/engine/worker"
)

func TestOrderOfCalls(t *testing.T) {
	p, _ := start(t, "serve", nil)
	rt, pl, host := opened(t, p), echoing("", "own"), fake.NewHost()
	is := func(err error, code fault.Code, what string) {
		t.Helper()
		if fault.CodeOf(err) != code {
			t.Errorf("%s: %v", what, err)
		}
	}
	prepare := func(ctx context.Context) error { _, err := rt.Prepare(ctx, pl, host); return err }
	is(rt.Start(within(t, patience)), fault.Internal, "start first")
	is(prepare(context.Background()), fault.Internal, "no deadline")
	is(rt.Stop(context.Background()), fault.Internal, "stop without a deadline")
	if r, err := rt.Inspect(context.Background()); err != nil || r.Phase != run.Fresh || r.PID != 0 || r.Stale {
		t.Errorf("at first %+v, %v", r, err)
	}
	is(prepare(within(t, patience)), "", "prepare")
	is(prepare(within(t, patience)), fault.Internal, "prepare twice")
	is(rt.Start(within(t, patience)), "", "start")
	_, err := rt.Apply(within(t, patience), run.Change{Verb: "dance"})
	is(err, fault.InvalidRequest, "a change that is none")
	_, err = rt.Apply(within(t, patience), run.Change{Verb: run.AskKey, Bridge: "nowhere"})
	is(err, fault.ResourceNotFound, "a bridge that is not there")
	is(rt.Drain(within(t, patience)), "", "drain")
	is(rt.Start(within(t, patience)), fault.Internal, "start after drain")
	r, err := rt.Inspect(within(t, patience))
	if err != nil || r.Phase != run.Drained || r.PID == 0 || r.Plan != pl.Hash || r.Memory < 1<<20 || r.Stale {
		t.Errorf("drained: %+v, %v", r, err)
	}
	is(rt.Stop(within(t, patience)), "", "stop")
	is(rt.Stop(within(t, patience)), "", "stop twice")
	is(rt.Start(within(t, patience)), fault.Closed, "start after stop")
	gone, end := context.WithCancel(context.Background())
	end()
	if _, err := rt.Inspect(gone); !errors.Is(err, context.Canceled) {
		t.Errorf("inspect without time: %v", err)
	}
	if r, err := rt.Inspect(context.Background()); err != nil || r.Phase != run.Closed || !r.Stale {
		t.Errorf("stopped: %+v, %v", r, err)
	}
	if _, err := os.Stat("/proc/" + strings.TrimSpace(jsonOf(r.PID))); err == nil {
		t.Error("the process is still there")
	}
	is(opened(t, p).Stop(within(t, patience)), "", "stop first of all")
}

func jsonOf(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}

// listener is a host whose outlet hands on what comes.
func listener() (*mirror, chan time.Time) {
	b := &back{Port: fake.NewPort(), came: make(chan time.Time, 10000)}
	return &mirror{Host: fake.NewHost(), back: b}, b.came
}

// All that was handed over before Drain has gone through and come back when it returns, in order.
func TestDrainLosesNothing(t *testing.T) {
	p, _ := start(t, "serve", nil)
	host := &echoHost{Host: fake.NewHost()}
	rt := opened(t, p)
	inlets, err := rt.Prepare(within(t, patience), echoing("", "own"), host)
	if err == nil {
		err = rt.Start(within(t, patience))
	}
	if err != nil {
		t.Fatal(err)
	}
	in, track := inlets["in"], media.NewTrack(media.Opus)
	in.Codec(track)
	const many = 3000
	for i := range many {
		for !in.Unit(&media.Unit{PTS: time.Duration(i), AU: [][]byte{make([]byte, 100)}}) {
		}
	}
	if err := rt.Drain(within(t, patience)); err != nil {
		t.Fatal(err)
	}
	out := host.Port("out")
	units := out.Units()
	if len(units) != many || !slices.IsSortedFunc(units, func(a, b *media.Unit) int { return int(a.PTS - b.PTS) }) {
		t.Errorf("%d units of %d", len(units), many)
	}
	if !reflect.DeepEqual(out.Tracks(), []media.Track{track}) || !slices.Equal(out.Marks(), []run.Mark{run.End}) {
		t.Errorf("tracks %v, marks %v", out.Tracks(), out.Marks())
	}
}

// echoHost is a host whose ports have no promise: what they get is theirs.
type echoHost struct{ *fake.Host }

func TestErrorsCross(t *testing.T) {
	p, _ := start(t, "serve", nil)
	i := started(t, p, echoing("", "own"))
	_, err := i.Apply(within(t, patience), do("fail"))
	var f *fault.Fault
	if !errors.As(err, &f) || f.Code != fault.ResourceNotFound || err.Error() != "src: no such file: disk (look)" {
		t.Errorf("%v", err)
	}
	if r, err := i.Inspect(within(t, patience)); err != nil || r.Phase != run.Running {
		t.Errorf("after an error %+v, %v", r, err)
	}
}

// A call whose context ends gives the worker's own word for what it waited for, and the worker lives.
func TestCancel(t *testing.T) {
	p, _ := start(t, "serve", nil)
	i := started(t, p, echoing("wait in drain", "own"))
	ctx, cancel := context.WithCancel(within(t, patience))
	cancel()
	if _, err := i.Apply(ctx, do("wait")); fault.CodeOf(err) != fault.Stalled {
		t.Errorf("cancelled: %v", err)
	}
	if err := i.Drain(soon(t, true)); fault.CodeOf(err) != fault.Stalled || !strings.HasPrefix(err.Error(), "sink: ") {
		t.Errorf("out of time: %v", err)
	}
	if r, err := i.Inspect(within(t, patience)); err != nil || r.Phase != run.Drained || r.Stale {
		t.Errorf("then %+v, %v", r, err)
	}
}

// A Runtime in the worker that gives up a call makes the worker one to be killed.
func TestWorkerGivesUp(t *testing.T) {
	p, _ := start(t, "serve", nil)
	i := started(t, p, echoing("", "own"))
	if _, err := i.Apply(within(t, patience), do("give up")); fault.CodeOf(err) != fault.Lost || !strings.HasPrefix(err.Error(), "decoder: ") {
		t.Errorf("%v", err)
	}
	if n := i.next(t); n.Kind != run.Broken || fault.CodeOf(n.Err) != fault.Lost {
		t.Errorf("%+v", n)
	}
	if _, err := i.Apply(within(t, patience), do("pid")); fault.CodeOf(err) != fault.Internal {
		t.Errorf("a call on what is lost: %v", err)
	}
}

func TestSecretsCrossAndAreNotLogged(t *testing.T) {
	p, log := start(t, "serve", nil)
	pl := echoing("", "own")
	pl.Nodes[0].Settings = []plan.Setting{{Name: "login", Secret: true, Text: "***"}, {Name: "host", Text: "example.com"}}
	if err := pl.Unveil([]string{"hunter2000"}); err != nil {
		t.Fatal(err)
	}
	i := started(t, p, pl)
	c := do("reveal")
	c.Settings = []plan.Setting{{Name: "key", Secret: true, Text: "***"}}
	if err := plan.Unveil(c.Settings, []string{"swordfish"}); err != nil {
		t.Fatal(err)
	}
	r, err := i.Apply(within(t, patience), c)
	if err != nil || string(r.Bytes) != "swordfish,hunter2000,example.com" || r.Type != "text/plain" || string(r.JSON) != "32" {
		t.Errorf("the worker knows %q, %v", r.Bytes, err)
	}
	if n := i.next(t); n.Kind != run.BranchGone || n.Err.Error() != "sink: cannot connect with ***,***,example.com" {
		t.Errorf("%+v", n)
	}
	log.await(t, "connecting with ***,***,example.com", 1)
	if err := i.Stop(within(t, patience)); err != nil {
		t.Error(err)
	}
	for _, secret := range []string{"swordfish", "hunter2000"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("%s is in the log", secret)
		}
	}
}

func TestEnvironmentIsClean(t *testing.T) {
	t.Setenv("SLUICE_TEST_TOKEN", "hunter2")
	t.Setenv("GST_DEBUG", "1")
	p, _ := start(t, "serve", nil)
	var env []string
	started(t, p, echoing("", "own")).act(t, "environment", &env)
	for _, want := range []string{
		"GST_REGISTRY_UPDATE=no", "GST_REGISTRY_FORK=no", "MALLOC_MMAP_THRESHOLD_=131072", "MALLOC_TRIM_THRESHOLD_=131072", "GOGC=50",
		"GST_DEBUG=1", mode + "=serve",
	} {
		if !slices.Contains(env, want) {
			t.Errorf("%s is missing", want)
		}
	}
	if strings.Contains(strings.Join(env, "\n"), "hunter2") {
		t.Errorf("the worker has the server's secrets: %q", env)
	}
}

func TestEpochIsTheSameMoment(t *testing.T) {
	p, _ := start(t, "serve", nil)
	begun := time.Now()
	i := started(t, p, echoing("", "own"))
	least := time.Since(i.host.Epoch())
	// Each side reads its two clocks one after the other while the plan crosses: a pause between them is the only error.
	pause := time.Since(begun)
	var there time.Duration
	i.act(t, "epoch", &there)
	if most := time.Since(i.host.Epoch()); there < least-pause || there > most+pause {
		t.Errorf("there it is %s, here between %s and %s, with a pause of at most %s", there, least, most, pause)
	}
}

func TestPlansOfANewerVersion(t *testing.T) {
	p, _ := start(t, "serve", nil)
	pl := echoing("", "own")
	pl.Version = plan.Version + 1
	_, err := opened(t, p).Prepare(within(t, patience), pl, fake.NewHost())
	refused := func(err error) bool {
		return fault.CodeOf(err) == fault.InvalidRequest && strings.Contains(err.Error(), "version 2") &&
			strings.Contains(err.Error(), "restart the server")
	}
	if !refused(err) {
		t.Errorf("prepare: %v", err)
	}
	i := started(t, p, echoing("", "own"))
	if _, err := i.Apply(within(t, patience), run.Change{Verb: run.Set, Plan: pl}); !refused(err) {
		t.Errorf("change: %v", err)
	}
}

func TestBranchesComeAndGo(t *testing.T) {
	p, _ := start(t, "serve", nil)
	i := started(t, p, echoing("", "own"))
	with := echoing("", "own")
	with.Bridges = append(with.Bridges, plan.Bridge{Name: "seat-in", Direction: plan.IntoGst, Branch: "seat[a]"})
	with.Pipelines = []plan.Pipeline{{Branches: []plan.Branch{{Name: "seat[a]", Kind: plan.Keyed}}}}
	add := run.Change{Verb: run.AddBranch, Branch: "seat[a]", Plan: with}
	remove := run.Change{Verb: run.RemoveBranch, Branch: "seat[a]", Plan: echoing("", "own")}
	for range 3 {
		r, err := i.Apply(within(t, patience), add)
		if err != nil || len(r.Inlets) != 1 || !r.Inlets["seat-in"].Unit(unit(1)) {
			t.Fatalf("%+v, %v", r, err)
		}
		if _, err := i.Apply(within(t, patience), add); fault.CodeOf(err) != fault.NameInUse {
			t.Errorf("added twice: %v", err)
		}
		if _, err := i.Apply(within(t, patience), remove); err != nil {
			t.Fatal(err)
		}
		if r.Inlets["seat-in"].Unit(unit(2)) {
			t.Error("what was removed takes media")
		}
	}
}

func TestKeyFramesAreAskedFor(t *testing.T) {
	p, _ := start(t, "serve", nil)
	host, came := listener()
	rt := opened(t, p)
	inlets, err := rt.Prepare(within(t, patience), echoing("", "own"), host)
	if err == nil {
		err = rt.Start(within(t, patience))
	}
	if err != nil {
		t.Fatal(err)
	}
	ask := func() {
		if _, err := rt.Apply(within(t, patience), do("ask key")); err != nil {
			t.Fatal(err)
		}
	}
	if ask(); host.Keys("in") != 0 {
		t.Error("asked before anything came")
	}
	inlets["in"].Unit(unit(1))
	enginetest.Await(t, "what comes", came)
	ask()
	ask() // too soon after
	if n := host.Keys("in"); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

func TestStopDuringACall(t *testing.T) {
	p, _ := start(t, "serve", nil)
	i := started(t, p, echoing("", "own"))
	result := make(chan error)
	go func() {
		_, err := i.Apply(within(t, patience), do("wait"))
		result <- err
	}()
	if n := i.next(t); n.Event != "waiting" {
		t.Errorf("%+v", n)
	}
	if _, err := i.Apply(within(t, patience), do("pid")); fault.CodeOf(err) != fault.Internal {
		t.Errorf("a second call at once: %v", err)
	}
	if err := i.Stop(within(t, patience)); err != nil {
		t.Error(err)
	}
	if err := enginetest.Await(t, "the result", result); fault.CodeOf(err) != fault.Closed {
		t.Errorf("%v", err)
	}
}

func TestInspectDoesNotWait(t *testing.T) {
	p, _ := start(t, "serve", func(o *worker.Options) { o.Silence = time.Hour })
	i := started(t, p, echoing("", "own"))
	before, err := i.Inspect(within(t, patience))
	if err != nil || before.Stale {
		t.Fatalf("%+v, %v", before, err)
	}
	if _, err := i.Apply(soon(t, true), do("freeze")); fault.CodeOf(err) != fault.Lost {
		t.Fatal(err)
	}
	r, err := i.Inspect(within(t, patience))
	if err != nil || !r.Stale || r.PID != before.PID || r.Phase != run.Spoilt || r.Plan != before.Plan {
		t.Errorf("%+v, %v", r, err)
	}
}
