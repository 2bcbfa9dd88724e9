package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"regexp"
	"runtime"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"sluice/cmd/sluice/check"
	"sluice/engine/spec"
	"sluice/engine/store"
	"sluice/engine/trial"
	"sluice/engine/trial/report"
)

// testFlags are those of test.
type testFlags struct {
	only                   string
	junit                  string
	parallel               int
	update, keep, planOnly bool
}

func (a *app) testCmd() *cobra.Command {
	var f testFlags
	c := &cobra.Command{
		Use:   "test [GRAPH|FILE|FOLDER…]",
		Short: "Run the tests that stand in graphs",
		Long: `test runs what stands under "tests:" in graphs: it compiles them as the tests say, plays them with GStreamer in this
process, and compares what passes their nodes with what is expected. docs/testing.md describes how tests are written.
Without a name it runs the tests of ./graphs.

"sluice test jobs/transcode" runs those of one graph, "sluice test graphs/live --run opus" those of a folder whose graph and
name match, "sluice test --update" writes golden files as they are now.

Relative paths that a test reads are looked up in the working directory; the shipped graphs read media of sluice's repository,
and elsewhere their tests are skipped. What a test writes goes into a temporary folder that
is removed afterwards; --keep leaves it there and says where.

It exits with 0 if all tests passed, and with 1 if one failed or was skipped, as without GStreamer. With
--plan-only it looks only at plans and routes, which need none. Ctrl-C ends it with 130.`,
		Example: `  sluice test --plan-only                    plans and routes of all graphs in ./graphs
  sluice test --plan-only jobs/push live/rtmp
  sluice test --plan-only graphs/live --run rtmp`,
		ValidArgsFunction: a.completeGraphs,
		RunE: func(c *cobra.Command, names []string) error {
			return a.test(c.Context(), names, &f)
		},
	}
	c.Flags().StringVar(&f.only, "run", "", "only tests that match this regular expression; it is held against \"graph: name\"")
	c.Flags().IntVarP(&f.parallel, "parallel", "j", runtime.GOMAXPROCS(0), "how many tests run at once")
	c.Flags().BoolVar(&f.update, "update", false, "write golden files as they are seen")
	c.Flags().BoolVar(&f.keep, "keep", false, "keep the files that graphs write, and say where")
	c.Flags().BoolVar(&f.planOnly, "plan-only", false, "look only at plans and routes")
	c.Flags().StringVar(&f.junit, "junit", "", "write a report as JUnit XML to this file")
	a.wantsJSON(c)
	return c
}

// test runs the tests of what is named and says how it went.
func (a *app) test(ctx context.Context, names []string, f *testFlags) error {
	only, err := f.check()
	if err != nil {
		return err
	}
	if err := a.tryEncoders(ctx, slog.New(slog.DiscardHandler)); err != nil {
		return err
	}
	batches, broken, err := a.batches(names)
	if err != nil {
		return err
	}
	if check.Select(batches, only) == 0 && !broken {
		if f.only != "" {
			return usageError{fmt.Errorf("--run: no test matches %q", f.only)}
		}
		return usageError{fmt.Errorf("there are no tests; they stand under \"tests:\" in a graph")}
	}
	begun := time.Now()
	results, interrupted, err := a.runTests(ctx, batches, f)
	if err == nil {
		err = a.tellTests(results, time.Since(begun), f)
	}
	switch {
	case err != nil:
		return err
	case interrupted:
		return errInterrupted
	case broken, check.Failing(results, f.planOnly):
		return errFound
	}
	return nil
}

// check looks at the flags before anything is done, and gives the expression that tests must match.
func (f *testFlags) check() (*regexp.Regexp, error) {
	only, err := regexp.Compile(f.only)
	switch {
	case err != nil:
		return nil, usageError{fmt.Errorf("--run: %w", err)}
	case f.parallel < 1:
		return nil, usageError{fmt.Errorf("-j wants a number above 0, this is %d", f.parallel)}
	case f.update && f.planOnly:
		return nil, usageError{fmt.Errorf("--update needs media to flow, and --plan-only lets none")}
	case f.junit != "":
		err = creatable(f.junit)
	}
	return only, err
}

// runTests runs tests and prints what came of each.
func (a *app) runTests(ctx context.Context, batches []check.Batch, f *testFlags) ([]trial.Result, bool, error) {
	reg, err := a.elements()
	if err != nil {
		return nil, false, err
	}
	out := io.Discard
	if !a.json {
		out = a.out
	}
	signals, heard := a.signals()
	defer heard()
	return check.Check{
		Batches: batches, Registry: reg, Open: a.open, Lab: newLab,
		PlanOnly: f.planOnly, Lean: a.choice.Lean(), Update: f.update, Keep: f.keep, Parallel: f.parallel,
		Signals: signals, Out: out, Colours: a.colours(a.out), Screen: a.screen(),
	}.Run(ctx)
}

// batches loads what is named. Files with errors are told, and make broken true.
func (a *app) batches(names []string) (out []check.Batch, broken bool, err error) {
	if len(names) == 0 {
		folder := a.folder()
		if folder == "" {
			return nil, false, usageError{fmt.Errorf("there is no folder %q here; name a graph, a file or a folder", ownFolder)}
		}
		names = []string{folder}
	}
	byFolder := map[string]int{}
	for _, name := range names {
		path := isPath(name)
		folder := a.folder()
		if path {
			folder = a.folderOf(name)
			if err := readable(folder, name); err != nil {
				return nil, false, err
			}
		}
		i, ok := byFolder[folder]
		if !ok {
			set, err := a.loadBeside(name, folder)
			if err != nil {
				return nil, false, err
			}
			i = len(out)
			byFolder[folder], out = i, append(out, check.Batch{Set: set})
		}
		graphs, err := a.tested(out[i].Set, name, path)
		switch {
		case err == errFound: //nolint:errorlint // it is never wrapped
			broken = true
		case err != nil:
			return nil, false, err
		}
		for _, c := range trial.Cases(graphs...) {
			if !slices.Contains(out[i].Cases, c) {
				out[i].Cases = append(out[i].Cases, c)
			}
		}
	}
	return out, broken, nil
}

// isPath tells whether a name is that of a file or folder rather than of a graph.
func isPath(name string) bool {
	info, err := os.Stat(name)
	return isFile(name) || err == nil && info.IsDir()
}

// tested lists the graphs of a set that are meant. errFound tells that files among them have errors, which it prints.
func (a *app) tested(set *store.Set, name string, path bool) ([]*spec.Graph, error) {
	if !path {
		g, ok := set.Graph(name)
		if !ok {
			return nil, a.absent(set, name)
		}
		return []*spec.Graph{g}, nil
	}
	var out []*spec.Graph
	for _, g := range set.Graphs() {
		if src, ok := set.Source(g.Name); ok && !src.Shipped && within(src.File, name) {
			out = append(out, g)
		}
	}
	slices.SortFunc(out, func(a, b *spec.Graph) int {
		if a.Pos.Before(b.Pos) {
			return -1
		}
		return 1
	})
	return out, a.findings(set, func(file string) bool { return within(file, name) })
}

// creatable finds out whether a report can be written before the tests are run for it.
func creatable(file string) error {
	_, before := os.Lstat(file)
	w, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE, 0o644) //nolint:gosec // a report is for everybody
	if err != nil {
		return unreadable(file, err)
	}
	if err := w.Close(); err != nil {
		return unreadable(file, err)
	}
	if before != nil {
		return os.Remove(file)
	}
	return nil
}

// tellTests writes the reports that are asked for.
func (a *app) tellTests(results []trial.Result, took time.Duration, f *testFlags) error {
	if f.junit != "" {
		var b bytes.Buffer
		if err := report.JUnit(&b, results, took); err != nil {
			return err
		}
		if err := os.WriteFile(f.junit, b.Bytes(), 0o644); err != nil { //nolint:gosec // a report is for everybody
			return unreadable(f.junit, err)
		}
	}
	if a.json {
		return report.JSON(a.out, results, took)
	}
	return report.NewText(a.out, a.colours(a.out)).Summary(results, took)
}
