package check

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/run"
	"sluice/engine/run/fake"
	"sluice/engine/store"
	"sluice/engine/trial"
	"sluice/graphs"
	"sluice/testdata/registry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const copying = `graph: v1
about: Copies a file.
nodes: {a: filesrc location=in.bin, b: filesink location=out.bin}
links: [a -> b]
tests:
  - {name: it ends, expect: {end: eos}}
  - {name: one pipeline, expect: {plan: {pipelines: 1}}}
`

// loaded is a batch of a folder with the given file in it.
func loaded(t *testing.T, path, text string) []Batch {
	t.Helper()
	root := t.TempDir()
	file := filepath.Join(root, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := store.New(store.Options{Root: root, Base: graphs.FS, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	g, ok := s.Current().Graph(strings.TrimSuffix(path, ".yaml"))
	if !ok {
		t.Fatalf("%s is not loaded", path)
	}
	return []Batch{{Set: s.Current(), Cases: trial.Cases(g)}}
}

// lab plays what ends at once, or what asks to be interrupted.
type lab struct {
	trial.Lab
	open run.Open
}

func (l lab) Open(id string) (run.Runtime, error) { return l.open(id) }

// instant ends as soon as it is started; with signals it asks for an end instead.
type instant struct {
	*fake.Runtime
	signals chan<- os.Signal
}

func (i instant) Start(ctx context.Context) error {
	err := i.Runtime.Start(ctx)
	i.Tell(run.Notice{Kind: run.FirstMedia, Node: "a"})
	if i.signals != nil {
		i.signals <- syscall.SIGINT
	} else {
		i.Tell(run.Notice{Kind: run.NodeEnded, Node: "a"})
	}
	return err
}

// checking is a check of a batch in which GStreamer starts with the given error.
func checking(t *testing.T, batches []Batch, fails error, signals chan os.Signal) Check {
	t.Helper()
	catalog, err := registry.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	reg, err := element.NewRegistry(catalog, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	return Check{
		Batches: batches, Registry: reg, Parallel: 1, Signals: signals, Out: io.Discard,
		Open: func(context.Context, *slog.Logger) (run.Open, func(), error) {
			return func(string) (run.Runtime, error) { return instant{fake.New(), signals}, nil }, func() {}, fails
		},
		Lab: func(open run.Open) trial.Lab { return lab{open: open} },
	}
}

func TestRun(t *testing.T) {
	var out bytes.Buffer
	c := checking(t, loaded(t, "g.yaml", copying), nil, nil)
	c.Out = &out
	results, interrupted, err := c.Run(t.Context())
	if err != nil || interrupted || len(results) != 2 || Failing(results, false) || !strings.Contains(out.String(), "ok    it ends") {
		t.Errorf("%+v, %t, %v\n%s", results, interrupted, err, &out)
	}
}

// Without GStreamer tests that need it are skipped, which is a failure if they were asked for.
func TestWithoutGStreamer(t *testing.T) {
	none := fault.New(fault.GstUnavailable, "", "none here")
	results, _, err := checking(t, loaded(t, "g.yaml", copying), none, nil).Run(t.Context())
	if err != nil || len(results) != 2 || results[0].Outcome != trial.Skipped || results[1].Outcome != trial.Passed {
		t.Errorf("%+v, %v", results, err)
	}
	if !Failing(results, false) || Failing(results, true) {
		t.Error("a test that was skipped is a failure if and only if media was to flow")
	}
	if _, _, err := checking(t, loaded(t, "g.yaml", copying), os.ErrPermission, nil).Run(t.Context()); err != os.ErrPermission {
		t.Errorf("other trouble: %v", err)
	}
	batches := loaded(t, "g.yaml", copying)
	if n := Select(batches, regexp.MustCompile("^g: one")); n != 1 {
		t.Errorf("%d are selected", n)
	}
	if results, _, err := checking(t, batches, os.ErrPermission, nil).Run(t.Context()); err != nil || Failing(results, false) {
		t.Errorf("what needs no media: %+v, %v", results, err)
	}
}

func TestInterrupted(t *testing.T) {
	batches := loaded(t, "g.yaml", copying)
	Select(batches, regexp.MustCompile("ends"))
	_, interrupted, err := checking(t, batches, nil, make(chan os.Signal, 1)).Run(t.Context())
	if err != nil || !interrupted {
		t.Errorf("interrupted: %t, %v", interrupted, err)
	}
}

// A report that cannot be written ends all.
func TestNobodyListens(t *testing.T) {
	r, w := io.Pipe()
	r.Close()
	c := checking(t, loaded(t, "g.yaml", copying), nil, nil)
	c.Out = w
	if _, _, err := c.Run(t.Context()); err == nil {
		t.Error("it does not say so")
	}
}

// Golden files lie beside somebody's own graphs. A graph that is as it is shipped is known as that, wherever it lies.
func TestWhoseGraph(t *testing.T) {
	text, err := graphs.FS.ReadFile("jobs/convert.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		path, text string
		shipped    bool
	}{
		"own":     {"g.yaml", copying, false},
		"copied":  {"jobs/convert.yaml", string(text), true},
		"changed": {"jobs/convert.yaml", string(text) + "# mine\n", false},
	} {
		b := loaded(t, c.path, c.text)[0]
		g := b.Cases[0].Graph
		src, _ := b.Set.Source(g.Name)
		if got := shipped(b.Set)(g); got != c.shipped || goldenFolder(b.Set)(g) != filepath.Dir(src.File) {
			t.Errorf("%s: shipped %t, golden files in %q", name, got, goldenFolder(b.Set)(g))
		}
	}
	b := loaded(t, "g.yaml", copying)[0]
	g, ok := b.Set.Graph("jobs/convert")
	if !ok || !shipped(b.Set)(g) || goldenFolder(b.Set)(g) != "" {
		t.Errorf("one in the program: %t, %q", shipped(b.Set)(g), goldenFolder(b.Set)(g))
	}
}
