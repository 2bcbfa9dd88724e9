package main

import (
	"context"
	"log/slog"

	"github.com/spf13/cobra"

	"sluice/engine/plan"
	"sluice/engine/plan/draw"
)

func (a *app) planCmd() *cobra.Command {
	var f inputFlags
	c := &cobra.Command{
		Use:   "plan NAME",
		Short: "Print what would run: pipelines, bridges, queues, lazy branches",
		Long: `plan compiles a graph for one instance and prints the outcome: which nodes GStreamer runs and which stay in Go,
where media crosses, and everything the compiler put in. NAME is a graph's name, or a file.

What sessions would say can be given by hand; what is not given is assumed, and the plan says so.`,
		Example: `  sluice plan jobs/transcode -p rate=1M
  sluice plan phone/call --given phone=pcmu,h264 --want speaker=opus,vp8
  sluice plan rooms/mixer -p room=red --key seat=alice,stream=alice`,
		Args:              args(cobra.ExactArgs(1)),
		ValidArgsFunction: a.completeGraphs,
		RunE: func(c *cobra.Command, list []string) error {
			p, err := a.compile(c.Context(), list[0], &f)
			if err != nil {
				return err
			}
			if a.json {
				return draw.JSON(a.out, p)
			}
			return draw.Text(a.out, p, a.colours(a.out))
		},
	}
	f.add(c)
	a.wantsJSON(c)
	return c
}

// compile loads, lints and plans one graph.
func (a *app) compile(ctx context.Context, name string, f *inputFlags) (*plan.Plan, error) {
	if err := a.tryEncoders(ctx, slog.New(slog.DiscardHandler)); err != nil {
		return nil, err
	}
	t, err := a.template(name)
	if err != nil {
		return nil, err
	}
	in, err := f.inputs(t)
	if err != nil {
		return nil, err
	}
	reg, err := a.elements()
	if err != nil {
		return nil, err
	}
	if err := checkNodes(t, in, reg); err != nil {
		return nil, err
	}
	return t.Resolve(in)
}
