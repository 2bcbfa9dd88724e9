package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"sluice/cmd/sluice/job"
	"sluice/cmd/sluice/progress"
	"sluice/engine/plan"
)

// runFlags are those of run beside the plan's inputs.
type runFlags struct {
	inputFlags
	span             time.Duration
	overwrite, quiet bool
	worker           bool
}

func (a *app) runCmd() *cobra.Command {
	var f runFlags
	c := &cobra.Command{
		Use:   "run NAME",
		Short: "Run a graph here and now: convert files, make test media, record",
		Long: `run plays a graph with GStreamer in this process, to its end. NAME is a graph's name, or a file. Graphs with nodes
that stand for sessions or streams need a server, ` + "`sluice serve`" + `; a test in the graph runs them with mock.

Ctrl-C, or SIGTERM, ends it properly: what is under way is finished, and files can be played. The second one stops at once.

A file that is there already is not replaced unless --overwrite is given; one that is also read never is. Of a run that
fails, what was written so far is kept and named. If less came than a file says it holds, as of one that was cut off, the
summary ends with a warning; that is no failure.

Progress goes to standard error: one line on a terminal, elsewhere a line every few seconds. The summary goes to standard
output. It exits with 0 if all was done or --for was over, 1 if it failed, 2 if the command line is wrong, and 130 if it was
interrupted. With GST_DEBUG in the environment GStreamer tells on standard error what it does, also in a worker.`,
		Example: `  sluice run jobs/pattern -p target=bars.flv -p length=2s     make a file to test with
  sluice run jobs/transcode -p source=bars.flv --overwrite    convert it
  sluice run jobs/pattern -y --for 1s --worker --json         for scripts`,
		Args:              args(cobra.ExactArgs(1)),
		ValidArgsFunction: a.completeGraphs,
		RunE:              func(c *cobra.Command, list []string) error { return a.runGraph(c.Context(), list[0], &f) },
	}
	c.Flags().StringArrayVarP(&f.params, "param", "p", nil, "a parameter, capture or variable: name=value")
	c.Flags().StringArrayVar(&f.keys, "key", nil, "an instance of a keyed node: node=key,param=value")
	c.Flags().DurationVar(&f.span, "for", 0, "end it properly after so long, such as 10s; counted in real time")
	c.Flags().BoolVar(&f.worker, "worker", false, "play in a process of its own, which may crash or hang alone")
	c.Flags().BoolVarP(&f.overwrite, "overwrite", "y", false, "replace files that are there already")
	c.Flags().BoolVarP(&f.quiet, "quiet", "q", false, "no progress and no summary, only errors")
	a.wantsJSON(c)
	return c
}

// runGraph runs one graph and says what came of it.
func (a *app) runGraph(ctx context.Context, name string, f *runFlags) error {
	if f.span < 0 {
		return usageError{fmt.Errorf("--for wants a time above 0, this is %s", f.span)}
	}
	if err := a.tryEncoders(ctx, slog.New(slog.DiscardHandler)); err != nil {
		return err
	}
	t, err := a.template(name)
	if err != nil {
		return err
	}
	reg, err := a.elements()
	if err != nil {
		return err
	}
	if err := a.shun(); err != nil {
		return err
	}
	in, err := f.inputs(t)
	if err != nil {
		return err
	}
	if err := checkNodes(t, in, reg); err != nil {
		return err
	}
	p, err := t.Resolve(in)
	if err != nil {
		return err
	}
	if err := job.Check(p, reg.Spec); err != nil {
		return a.tell(job.Refused(p.Graph, err), f)
	}
	// Now that it needs no session, whatever stands in for what sessions tell is no longer good enough.
	f.strict = true
	if in, err = f.inputs(t); err != nil {
		return err
	}
	if p, err = t.Resolve(in); err != nil {
		return err
	}
	if err := job.CheckFiles(p, reg.Spec, f.overwrite); err != nil {
		return a.tell(job.Refused(p.Graph, err), f)
	}
	return a.tell(a.play(ctx, job.Job{Graph: p.Graph, Template: t, Inputs: in, Plan: p, Spec: reg.Spec, For: f.span}, f), f)
}

// play runs a job with GStreamer in this process, or in one of its own.
func (a *app) play(ctx context.Context, j job.Job, f *runFlags) *job.Result {
	words := a.err
	if !f.quiet {
		j.Progress = progress.New(time.Now(), a.screen())
		j.Say = func(text string) { fmt.Fprintf(j.Progress, "sluice: %s\n", text) }
		words = j.Progress
		for _, node := range idle(j.Plan) {
			j.Say(node + " is lazy, and nobody reads it here: it does not run")
		}
	}
	j.Log = slog.New(plain{warnings(words).Handler(), words})
	open := a.open
	if f.worker {
		open = a.workers
	}
	var stop func()
	var err error
	if j.Open, stop, err = open(ctx, j.Log); err != nil {
		return job.Refused(j.Graph, err)
	}
	defer stop()
	signals, done := a.signals()
	defer done()
	j.Signals = signals
	return j.Run(ctx)
}

// tell prints what came of a job, and gives the error that stands for its exit code.
func (a *app) tell(r *job.Result, f *runFlags) error {
	var err error
	switch {
	case a.json:
		err = r.JSON(a.out)
	case !f.quiet:
		err = r.Text(a.out)
	}
	if err != nil {
		return err
	}
	switch r.End {
	case job.Failed:
		if !a.json {
			r.Trouble().Text(a.err)
		}
		return errFound
	case job.Interrupted:
		return errInterrupted
	case job.Ended, job.Timed:
	}
	return nil
}

// screen says how progress is shown on standard error.
func (a *app) screen() progress.Options {
	o := progress.Options{Out: a.err}
	f, ok := a.err.(*os.File)
	if !ok || os.Getenv("TERM") == "dumb" || !term.IsTerminal(int(f.Fd())) {
		return o
	}
	o.Terminal = true
	o.Width = func() int {
		width, _, err := term.GetSize(int(f.Fd()))
		if err != nil {
			return 0
		}
		return width
	}
	return o
}

// idle lists the nodes that run only while somebody reads.
func idle(p *plan.Plan) []string {
	var out []string
	for _, n := range p.Nodes {
		if n.Lazy {
			out = append(out, n.Name)
		}
	}
	return out
}

// notified hears the signals that end a job.
func notified() (<-chan os.Signal, func()) {
	const several = 4
	c := make(chan os.Signal, several)
	signal.Notify(c, os.Interrupt, syscall.SIGTERM)
	return c, func() { signal.Stop(c) }
}
