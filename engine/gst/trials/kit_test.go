//go:build cgo && !nogst

package trials_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sluice/elements/convert"
	"sluice/elements/file"
	"sluice/elements/mix"
	"sluice/elements/stream"
	"sluice/elements/testio"
	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/media"
	"sluice/engine/plan"
	"sluice/engine/run"
	"sluice/engine/run/fake"
	"sluice/engine/spec"
	"sluice/engine/worker"
	"sluice/graphs"
	"sluice/testdata/registry"
)

// patience is longer than anything takes that works, on a busy machine; nothing is expected to take it.
const patience = time.Minute

func within(t testing.TB, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}

// journal is a log that a test reads.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{} // closed when something was written
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	close(j.more)
	j.more = make(chan struct{})
	return j.text.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// await waits until the log has a text so many times.
func (j *journal) await(t testing.TB, text string, times int) {
	t.Helper()
	ctx := within(t, patience)
	for {
		j.mu.Lock()
		n, more := strings.Count(j.text.String(), text), j.more
		j.mu.Unlock()
		if n >= times {
			return
		}
		select {
		case <-more:
		case <-ctx.Done():
			t.Fatalf("%q is not in the log %d times", text, times)
		}
	}
}

// start makes a pool whose workers are this test binary.
func start(t testing.TB, as string, change func(*worker.Options)) (*worker.Pool, *journal) {
	t.Helper()
	j := &journal{more: make(chan struct{})}
	o := worker.Options{
		Path: os.Args[0], Env: []string{mode + "=" + as}, Ready: patience,
		Log: slog.New(slog.NewTextHandler(j, nil)),
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

// player is an instance in a worker.
type player struct {
	run.Runtime
	host   *fake.Host
	inlets run.Inlets
}

// opened makes an instance that is stopped after the test.
func opened(t testing.TB, p *worker.Pool, id string) *player {
	t.Helper()
	rt, err := p.Open(id)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := rt.Stop(within(t, patience)); err != nil {
			t.Errorf("%s: stop: %v", id, err)
		}
	})
	return &player{Runtime: rt, host: fake.NewHost()}
}

// begin prepares and starts; the error is that of the first call that failed.
func (i *player) begin(ctx context.Context, p *plan.Plan) (err error) {
	if i.inlets, err = i.Prepare(ctx, p, i.host); err != nil {
		return err
	}
	return i.Start(ctx)
}

// started is an instance that plays.
func started(t testing.TB, p *worker.Pool, id string, pl *plan.Plan) *player {
	t.Helper()
	i := opened(t, p, id)
	if err := i.begin(within(t, patience), pl); err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	return i
}

// await waits for a notice that is wanted.
func (i *player) await(t testing.TB, what string, wanted func(run.Notice) bool) run.Notice {
	t.Helper()
	ctx := within(t, patience)
	for {
		n, err := i.host.Next(ctx)
		if err != nil {
			t.Fatalf("no word of %s", what)
		}
		if wanted(n) {
			return n
		}
		if n.Kind == run.Broken {
			t.Fatalf("instead of %s: %v", what, n.Err)
		}
	}
}

func (i *player) broken(t testing.TB) run.Notice {
	t.Helper()
	return i.await(t, "an end", func(n run.Notice) bool { return n.Kind == run.Broken })
}

// gives waits for a node's first media.
func (i *player) gives(t testing.TB, node string) {
	t.Helper()
	i.await(t, "media of "+node, func(n run.Notice) bool { return n.Kind == run.FirstMedia && n.Node == node })
}

// ends waits for a node's end.
func (i *player) ends(t testing.TB, node string) {
	t.Helper()
	i.await(t, "the end of "+node, func(n run.Notice) bool { return n.Kind == run.NodeEnded && n.Node == node })
}

func (i *player) pid(t testing.TB) int {
	t.Helper()
	rep, err := i.Inspect(within(t, patience))
	if err != nil || rep.PID == 0 {
		t.Fatalf("no worker: %v", err)
	}
	return rep.PID
}

// shelf is graphs by name: the compiler's library.
type shelf map[string]*spec.Graph

// Graph finds a graph.
func (s shelf) Graph(name string) (*spec.Graph, bool) { g, ok := s[name]; return g, ok }

var elements = sync.OnceValues(func() (*element.Registry, error) {
	catalog, err := registry.Snapshot()
	if err != nil {
		return nil, err
	}
	return element.NewRegistry(catalog, slices.Concat(
		stream.Elements(), convert.Elements(), mix.Elements(), file.Elements(), testio.Elements(),
	), stream.Triggers())
})

// build compiles a graph's text.
func build(text string, in plan.Inputs) (*plan.Plan, error) {
	reg, err := elements()
	if err != nil {
		return nil, err
	}
	found, diags := spec.Parse("trial.yaml", "trial", []byte(strings.TrimSpace(text)+"\n"))
	for _, d := range diags {
		return nil, errors.New(d.String())
	}
	tmpl, err := plan.Compile(found[0], shelf{}, reg)
	if err != nil {
		return nil, err
	}
	return tmpl.Resolve(in)
}

func compile(t testing.TB, text string, in plan.Inputs) *plan.Plan {
	t.Helper()
	p, err := build(text, in)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// shipped compiles a shipped graph.
func shipped(t testing.TB, name string, params map[string]any) *plan.Plan {
	t.Helper()
	text, err := fs.ReadFile(graphs.FS, name+".yaml")
	if err != nil {
		t.Fatal(err)
	}
	return compile(t, string(text), plan.Inputs{Params: params})
}

// coded says that a node gives or takes one codec.
func coded(node string, c media.Codec) map[string][]element.Format {
	return map[string][]element.Format{node: {{Kind: c.Kind(), Codec: c}}}
}

// bridge finds the one bridge of a direction.
func bridge(p *plan.Plan, d plan.Direction) string {
	for _, b := range p.Bridges {
		if b.Direction == d {
			return b.Name
		}
	}
	return ""
}

// launch plays a line with gst-launch, which is not ours.
func launch(t testing.TB, line string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), "sh", "-c", "exec gst-launch-1.0 -q "+line).CombinedOutput(); err != nil {
		t.Fatalf("gst-launch-1.0 %s: %v\n%s", line, err, out)
	}
}

// clip makes an FLV of two seconds with H.264 and AAC.
func clip(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bars.flv")
	launch(t, "videotestsrc num-buffers=50 ! video/x-raw,format=I420,width=160,height=90,framerate=25/1 ! x264enc speed-preset=ultrafast "+
		"key-int-max=25 ! h264parse ! flvmux name=m ! filesink location="+path+" audiotestsrc num-buffers=94 samplesperbuffer=1024 ! "+
		"audio/x-raw,rate=48000,channels=2 ! avenc_aac ! aacparse ! m.")
	return path
}

// node checks whose fault an error is.
func node(t testing.TB, err error, want string) {
	t.Helper()
	var f *fault.Fault
	if !errors.As(err, &f) || f.Place != want {
		t.Errorf("%v is not the fault of %q", err, want)
	}
}
