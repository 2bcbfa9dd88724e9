// Package check runs the tests that stand in graphs while somebody waits for them: it opens GStreamer if a test needs it, tells
// of each test when it is over, shows on a terminal what runs, and ends when it is interrupted. Which graphs are meant is for
// the command line to say, and what a test means for package trial.
package check

import (
	"context"
	"io"
	"log/slog"
	"os"
	"regexp"
	"slices"

	"sluice/cmd/sluice/progress"
	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/run"
	"sluice/engine/store"
	"sluice/engine/trial"
	"sluice/engine/trial/report"
)

// Batch is the tests of graphs that were loaded together.
type Batch struct {
	Set   *store.Set
	Cases []trial.Case
}

// Select leaves the tests whose "graph: name" matches, and tells how many that are.
func Select(batches []Batch, only *regexp.Regexp) (count int) {
	for i := range batches {
		b := &batches[i]
		b.Cases = slices.DeleteFunc(b.Cases, func(c trial.Case) bool { return !only.MatchString(title(c)) })
		count += len(b.Cases)
	}
	return count
}

func title(c trial.Case) string { return c.Graph.Name + ": " + c.Test.Name.Text }

// Check is tests that are to be run, and how. It is run once.
type Check struct {
	Batches  []Batch
	Registry *element.Registry
	Open     func(ctx context.Context, log *slog.Logger) (open run.Open, stop func(), err error)
	Lab      func(run.Open) trial.Lab

	PlanOnly bool             // look only at plans and routes
	Lean     bool             // elements are ruled out: tests that need them are skipped, and that is no failure
	Update   bool             // write golden files as they are seen
	Keep     bool             // keep the files that graphs write
	Parallel int              // how many tests run at once
	Signals  <-chan os.Signal // one ends all
	Out      io.Writer        // takes a line for each test
	Colours  bool             // in those
	Screen   progress.Options // where what runs is shown
}

// Run runs the tests, and tells whether they were interrupted. An error is one of GStreamer's start, or of Out; that there is no
// GStreamer is none: the tests that need it say so.
func (c Check) Run(ctx context.Context) (results []trial.Result, interrupted bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		select {
		case <-c.Signals:
			cancel()
		case <-ctx.Done():
		}
	}()
	defer func() { <-watched }()
	defer cancel()

	line := newStatus(c.Screen, c.count())
	defer line.stop()
	opts := trial.Options{
		PlanOnly: c.PlanOnly, Lean: c.Lean, Update: c.Update, Keep: c.Keep, Parallel: c.Parallel, Log: slog.New(slog.DiscardHandler),
	}
	stop, err := c.openLab(ctx, &opts)
	if err != nil {
		return nil, false, err
	}
	defer stop()
	text := report.NewText(c.Out, c.Colours)
	for _, b := range c.Batches {
		opts.Folder, opts.Shipped = goldenFolder(b.Set), shipped(b.Set)
		shown := newInOrder(text, line)
		opts.Began = func(i int) { line.began(title(b.Cases[i])) }
		opts.Ended = shown.ended
		r := trial.New(trial.Set{Library: b.Set, Routes: b.Set.Routes(), Registry: c.Registry}, opts)
		results = append(results, r.Run(ctx, b.Cases)...)
		if shown.err != nil {
			return nil, false, shown.err
		}
	}
	return results, ctx.Err() != nil, nil
}

func (c Check) count() (n int) {
	for _, b := range c.Batches {
		n += len(b.Cases)
	}
	return n
}

// openLab opens GStreamer if a test needs it.
func (c Check) openLab(ctx context.Context, opts *trial.Options) (stop func(), err error) {
	needed := false
	for _, b := range c.Batches {
		needed = needed || slices.ContainsFunc(b.Cases, func(t trial.Case) bool { return t.NeedsMedia() && !c.PlanOnly })
	}
	if !needed {
		return func() {}, nil
	}
	open, stop, err := c.Open(ctx, opts.Log)
	if err == nil {
		opts.Lab = c.Lab(open)
		return stop, nil
	}
	if fault.CodeOf(err) != fault.GstUnavailable {
		return nil, err
	}
	opts.Why = err.Error()
	return func() {}, nil
}

// Failing tells whether results are a failure: also tests that could not be run are one, if they were asked for.
func Failing(results []trial.Result, planOnly bool) bool {
	return slices.ContainsFunc(results, func(r trial.Result) bool {
		return r.Outcome == trial.Failed || r.Outcome == trial.Skipped && !planOnly && !r.Beyond
	})
}
