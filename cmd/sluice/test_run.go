package main

import (
	"context"
	"io"
	"log/slog"

	"sluice/engine/fault"
	"sluice/engine/trial"
	"sluice/engine/trial/report"
)

// runBatches runs tests, tells of each when it is over, and tells whether they were interrupted.
func (a *app) runBatches(ctx context.Context, batches []batch, count int, f *testFlags) ([]trial.Result, bool, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	signals, heard := a.signals()
	defer heard()
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		select {
		case <-signals:
			cancel()
		case <-ctx.Done():
		}
	}()
	defer func() { <-watched }()
	defer cancel()

	reg, err := a.elements()
	if err != nil {
		return nil, false, err
	}
	out := io.Discard
	if !a.json {
		out = a.out
	}
	line := newStatus(a.screen(), count)
	defer line.stop()
	opts := trial.Options{
		PlanOnly: f.planOnly, Update: f.update, Keep: f.keep, Parallel: f.parallel, Log: slog.New(slog.DiscardHandler),
	}
	stop, err := a.openLab(ctx, batches, &opts)
	if err != nil {
		return nil, false, err
	}
	defer stop()
	text := report.NewText(out, a.colours(a.out))
	var results []trial.Result
	for _, b := range batches {
		opts.Folder, opts.Shipped = goldenFolder(b.set), shipped(b.set)
		shown := newInOrder(text, line)
		opts.Began = func(i int) { line.began(b.cases[i].Graph.Name + ": " + b.cases[i].Test.Name.Text) }
		opts.Ended = shown.ended
		r := trial.New(trial.Set{Library: b.set, Routes: b.set.Routes(), Registry: reg}, opts)
		results = append(results, r.Run(ctx, b.cases)...)
		if shown.err != nil {
			return nil, false, shown.err
		}
	}
	return results, ctx.Err() != nil, nil
}

// openLab opens GStreamer if a test needs it. That there is none is no error yet: the tests say so.
func (a *app) openLab(ctx context.Context, batches []batch, opts *trial.Options) (stop func(), err error) {
	needed := false
	for _, b := range batches {
		for _, c := range b.cases {
			needed = needed || c.NeedsMedia() && !opts.PlanOnly
		}
	}
	if !needed {
		return func() {}, nil
	}
	open, stop, err := a.open(ctx, opts.Log)
	if err == nil {
		opts.Lab = newLab(open)
		return stop, nil
	}
	if fault.CodeOf(err) != fault.GstUnavailable {
		return nil, err
	}
	opts.Why = err.Error()
	return func() {}, nil
}
