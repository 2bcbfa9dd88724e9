package trial

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"sluice/engine/element"
	"sluice/engine/expect"
	"sluice/engine/plan"
	"sluice/engine/route"
	"sluice/engine/spec"
)

// Case is one test of one graph.
type Case struct {
	Graph *spec.Graph
	Test  *spec.Test
}

// Cases lists the tests of graphs, in the order of the file.
func Cases(graphs ...*spec.Graph) []Case {
	var out []Case
	for _, g := range graphs {
		for i := range g.Tests {
			out = append(out, Case{Graph: g, Test: &g.Tests[i]})
		}
	}
	return out
}

// NeedsMedia tells whether the test lets media flow. A test of plans and routes alone needs no Lab.
func (c Case) NeedsMedia() bool {
	x := expectations(c.Test)
	return x.Runs()
}

// expectations reads what a test expects. What cannot be read was reported by lint.
func expectations(t *spec.Test) expect.Expectations {
	var unheard spec.Report
	return expect.Read(t, unheard.Errorf, func(spec.Text) bool { return true })
}

// Set is what graphs are tested with: those they use, the routes of all, and the elements there are.
type Set struct {
	Library  plan.Library
	Routes   *route.Table
	Registry *element.Registry
}

// Options say how tests are run. The zero Options run them one after the other and skip those that need media.
type Options struct {
	Lab Lab // nil: tests that need media are skipped
	// Why tells why there is no Lab.
	Why string
	// PlanOnly looks only at plans and routes. Tests that expect neither are skipped.
	PlanOnly bool
	// Lean says that elements are ruled out by licence or by who runs this. Tests of graphs that cannot be planned without them are
	// skipped.
	Lean     bool
	Update   bool         // golden files are written as what is seen
	Keep     bool         // what graphs write is kept
	Parallel int          // how many tests run at once; 1 if less
	Log      *slog.Logger // nil: nothing is logged
	// Folder is where golden files of a graph lie; nil or "" means that the graph is in no folder.
	Folder func(*spec.Graph) string
	// Shipped tells which graphs are sluice's own. Their tests read media of its repository, and are skipped where that is not; nil
	// means that none is.
	Shipped func(*spec.Graph) bool
	// Began and Ended are told of each test, by its place in the list, from several goroutines. They may be nil.
	Began func(i int)
	Ended func(i int, r Result)
}

// Runner runs tests. It is safe for concurrent use.
type Runner struct {
	set  Set
	opts Options
}

// New makes a Runner.
func New(set Set, opts Options) *Runner {
	opts.Parallel = max(1, opts.Parallel)
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.Folder == nil {
		opts.Folder = func(*spec.Graph) string { return "" }
	}
	if opts.Shipped == nil {
		opts.Shipped = func(*spec.Graph) bool { return false }
	}
	if opts.Began == nil {
		opts.Began = func(int) {}
	}
	if opts.Ended == nil {
		opts.Ended = func(int, Result) {}
	}
	return &Runner{set: set, opts: opts}
}

// Run runs tests and gives their results in the same order. When ctx is done, what runs is stopped and the rest skipped.
func (r *Runner) Run(ctx context.Context, cases []Case) []Result {
	out := make([]Result, len(cases))
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(r.opts.Parallel, len(cases)) {
		wg.Go(func() {
			for i := range next {
				r.opts.Began(i)
				out[i] = r.one(ctx, cases[i])
				r.opts.Ended(i, out[i])
			}
		})
	}
	for i := range cases {
		next <- i
	}
	close(next)
	wg.Wait()
	return out
}

// one runs one test.
func (r *Runner) one(ctx context.Context, c Case) Result {
	begun := time.Now()
	t := newTrial(r, c)
	if ctx.Err() != nil {
		t.skip("interrupted")
	} else {
		t.run(ctx)
	}
	t.result.Took = time.Since(begun)
	t.result.settle()
	return t.result
}
