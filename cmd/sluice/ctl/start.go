package ctl

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"sluice/api/rest/client"
	"sluice/api/rest/wire"
	"sluice/cmd/sluice/ctl/show"
	"sluice/engine/fault"
)

// startFlags are those of start.
type startFlags struct {
	params   []string
	id, key  string
	wait     time.Duration
	waitsFor bool
}

// forever is how long a --wait without a time waits: the graph's own policy ends it sooner.
const forever = 24 * time.Hour

func (c *ctl) startCmd() *cobra.Command {
	var f startFlags
	cmd := c.leaf("start GRAPH", "Start a graph by its name", cobra.ExactArgs(1), nil)
	cmd.Long = `start starts a graph that has the route rest.start, and prints the name of its pipeline. With --wait it comes back when media
flows, or with exit code 1 when the pipeline has failed, or is not live in the time that was given. Ctrl-C ends only the waiting.`
	cmd.Example = `  sluice ctl pipelines start rooms/mixer -p room=lobby --id lobby
  sluice ctl pipelines start jobs/pattern -p target=/media/bars.flv --id bars --wait=10s`
	cmd.RunE = c.run(func(ctx context.Context, args []string) error {
		f.waitsFor = cmd.Flags().Changed("wait")
		return c.start(ctx, args[0], f)
	})
	cmd.ValidArgsFunction = c.offer(graphNames(client.GraphFilter{Startable: true}))
	cmd.Flags().StringArrayVarP(&f.params, "param", "p", nil, "a parameter: name=value")
	cmd.Flags().StringVar(&f.id, "id", "", "name of the pipeline, if it matters")
	cmd.Flags().StringVar(&f.key, "key", "", "Idempotency-Key: of several starts with the same one only the first starts anything")
	cmd.Flags().DurationVar(&f.wait, "wait", 0, "wait until it is live, so long at most; without a time, as long as the graph's policy says")
	cmd.Flags().Lookup("wait").NoOptDefVal = forever.String()
	return cmd
}

func (c *ctl) start(ctx context.Context, graph string, f startFlags) error {
	params, err := values(f.params)
	switch {
	case err != nil:
		return err
	case f.waitsFor && f.wait <= 0:
		return Usage{fmt.Errorf("--wait wants a time above 0, this is %s", f.wait)}
	case f.key == "":
		f.key = rand.Text() // a proxy may make a request again, even if nobody here does
	}
	begun := c.Now()
	p, err := c.begin(ctx, wire.Start{Graph: graph, Params: params, ID: f.id}, f)
	if p.ID == "" {
		return err
	}
	switch {
	case !f.waitsFor:
		c.say("%s: %s", p.Graph, p.State)
	case err == nil:
		c.say("%s: %s after %s", p.Graph, p.State, c.Now().Sub(begun).Round(time.Millisecond))
	}
	return errors.Join(c.give(p, func(show.Style) error {
		_, err := fmt.Fprintln(c.Out, show.Safe(p.ID))
		return err
	}), err)
}

// begin starts a pipeline, and waits until it is live if it is to. It fails, too, if the pipeline ends badly instead, or takes too long.
func (c *ctl) begin(ctx context.Context, s wire.Start, f startFlags) (wire.Pipeline, error) {
	var p wire.Pipeline
	start := func(ctx context.Context) (string, error) {
		var err error
		p, err = c.api.Start(ctx, s, client.Starting{Key: f.key})
		return p.ID, err
	}
	if !f.waitsFor {
		_, err := start(ctx)
		return p, err
	}
	short, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	got, err := c.api.Settled(short, func(ctx context.Context) (string, error) {
		id, err := start(ctx)
		// Not before, or a pipeline could be started of which nobody is told the name.
		late := time.AfterFunc(f.wait, func() { stop(context.DeadlineExceeded) })
		context.AfterFunc(short, func() { late.Stop() })
		return id, err
	}, client.Up, c.progress)
	c.clear()
	switch {
	case p.ID == "":
		return p, err
	case ctx.Err() != nil:
		c.say("%s goes on by itself; `sluice ctl pipelines end %s` ends it", p.ID, p.ID)
		return p, ctx.Err()
	case err != nil && errors.Is(context.Cause(short), context.DeadlineExceeded):
		return p, fault.New(fault.StartTimeout, p.Graph+"#"+p.ID, "it is not live after %s", f.wait).
			Advise("it goes on; `sluice ctl pipelines explain %s`", p.ID)
	case err != nil:
		return p, err
	case got.State == "failed" || got.State == "lost":
		return got, failed(got)
	}
	return got, nil
}

// ended is the error of a pipeline that ended badly. Its code is what went wrong there: it says nothing of the command line, nor of files.
type ended struct{ *fault.Fault }

// Unwrap gives the fault.
func (e *ended) Unwrap() error { return e.Fault }

// failed is that error.
func failed(p wire.Pipeline) error {
	if p.Fault == nil {
		return &ended{fault.New(fault.Lost, p.Graph+"#"+p.ID, "it is %s", p.State)}
	}
	f := fault.New(fault.Code(p.Fault.Code), p.Fault.Place, "%s", withoutPlace(p.Fault))
	return &ended{f.Advise("`sluice ctl pipelines explain %s`", p.ID)}
}

// progress writes a pipeline's state over the line before, on a terminal.
func (c *ctl) progress(p wire.Pipeline) {
	if c.Style(c.Err).Terminal {
		fmt.Fprintf(c.Err, "\r%s: %s…\x1b[K", show.Safe(p.Graph+"#"+p.ID), show.Safe(p.State))
	}
}

// clear takes that line away.
func (c *ctl) clear() {
	if c.Style(c.Err).Terminal {
		fmt.Fprint(c.Err, "\r\x1b[K")
	}
}
