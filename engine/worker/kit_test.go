package worker_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"sluice/engine/element"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/fake"
	"sluice/engine/worker"
)

// patience is longer than anything takes, on a busy machine with the race detector; nothing is expected to take it.
const patience = time.Minute

func within(t testing.TB, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}

// journal is a log that a test reads, and waits for.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{} // holds a value when text has grown
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	select {
	case j.more <- struct{}{}:
	default:
	}
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// await waits until the log holds a text so many times. One goroutine at a time may call it.
func (j *journal) await(t testing.TB, text string, times int) {
	t.Helper()
	ctx := within(t, patience)
	for strings.Count(j.String(), text) < times {
		select {
		case <-j.more:
		case <-ctx.Done():
			t.Fatalf("the log never says %q %d times", text, times)
		}
	}
}

// start makes a running pool whose workers are this test binary.
func start(t testing.TB, as string, change func(*worker.Options)) (*worker.Pool, *journal) {
	t.Helper()
	j := &journal{more: make(chan struct{}, 1)}
	o := worker.Options{
		Path: os.Args[0], Env: []string{mode + "=" + as, "GORACE=atexit_sleep_ms=0"}, Ready: patience,
		Log: slog.New(slog.NewTextHandler(j, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	if change != nil {
		change(&o)
	}
	p := worker.New(o)
	if err := p.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Stop(within(t, patience)); err != nil {
			t.Errorf("the pool does not stop: %v", err)
		}
		if t.Failed() {
			t.Logf("the log:\n%s", j)
		}
	})
	return p, j
}

// echoing is a plan with a bridge in and one out.
func echoing(graph, kind string) *plan.Plan {
	pad := plan.Pad{Of: "n", Name: "audio"}
	format := element.Format{Kind: media.Audio, Codec: media.Opus}
	return &plan.Plan{
		Version: plan.Version, Graph: graph, Hash: "0123456789abcdef", Policy: plan.Policy{Worker: kind},
		Nodes: []plan.Node{{Name: "n", Element: "identity"}},
		Bridges: []plan.Bridge{
			{Name: "in", Direction: plan.IntoGst, Node: pad, Format: format},
			{Name: "out", Direction: plan.OutOfGst, Node: pad, Format: format},
		},
	}
}

// instance is a Runtime that was taken as far as a test wants.
type instance struct {
	run.Runtime
	host   *fake.Host
	inlets run.Inlets
}

// opened makes a Runtime, and stops it at the end.
func opened(t testing.TB, p *worker.Pool) run.Runtime {
	t.Helper()
	rt, err := p.Open("test#1")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := rt.Stop(within(t, patience)); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return rt
}

func prepared(t testing.TB, p *worker.Pool, pl *plan.Plan) *instance {
	t.Helper()
	i := &instance{Runtime: opened(t, p), host: fake.NewHost()}
	var err error
	if i.inlets, err = i.Prepare(within(t, patience), pl, i.host); err != nil {
		t.Fatal(err)
	}
	return i
}

func started(t testing.TB, p *worker.Pool, pl *plan.Plan) *instance {
	t.Helper()
	i := prepared(t, p, pl)
	if err := i.Start(within(t, patience)); err != nil {
		t.Fatal(err)
	}
	if n := i.next(t); n.Kind != run.FirstMedia || n.Node != "enc" {
		t.Fatalf("the first notice is %+v", n)
	}
	return i
}

func (i *instance) next(t testing.TB) run.Notice {
	t.Helper()
	n, err := i.host.Next(within(t, patience))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// pid is the process of the instance's worker.
func (i *instance) pid(t testing.TB) int {
	t.Helper()
	r, err := i.Inspect(within(t, patience))
	if err != nil || r.PID == 0 {
		t.Fatalf("%+v, %v", r, err)
	}
	return r.PID
}

// act lets the puppet do something, and gives what it answers.
func (i *instance) act(t testing.TB, action string, into any) {
	t.Helper()
	r, err := i.Apply(within(t, patience), do(action))
	if err == nil && into != nil {
		err = json.Unmarshal(r.JSON, into)
	}
	if err != nil {
		t.Fatalf("%s: %v", action, err)
	}
}

func do(action string) run.Change { return run.Change{Verb: run.Do, Node: "n", Action: action} }

func newHost() *fake.Host { return fake.NewHost() }

// soon is a context that ends soon, if it is to, for a call that hangs.
func soon(t *testing.T, hangs bool) context.Context {
	if hangs {
		return within(t, 100*time.Millisecond)
	}
	return within(t, patience)
}

func hangIf(hangs bool) run.Change {
	if hangs {
		return do("hang")
	}
	return do("pid")
}

// unit is a small access unit that can be told from others.
func unit(n int) *media.Unit {
	return &media.Unit{PTS: time.Duration(n), DTS: time.Duration(n), Key: true, AU: [][]byte{{byte(n), 2, 3}, {4}}}
}
