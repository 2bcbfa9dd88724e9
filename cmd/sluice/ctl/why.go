package ctl

import (
	"context"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"sluice/api/rest/wire"
	"sluice/cmd/sluice/ctl/show"
	"sluice/engine/fault"
)

// Explain makes the command that tells why those who play a stream, or one of them, get what they get.
func Explain(o Options) *cobra.Command {
	if o.Now == nil {
		o.Now = time.Now
	}
	c := &ctl{Options: o}
	cmd := c.leaf("explain STREAM [SESSION]", "Why viewers of a stream get what they get", cobra.RangeArgs(1, 2), c.explain)
	cmd.Long = `explain asks a server that runs, as ctl does. Of each who reads the stream it tells what was offered, which track was given
and why that one, which conversion makes it, by which elements and at what cost, and what is left out. Of a stream that nobody
publishes it tells which graphs would bring it, and of one that somebody was refused lately, why. With a session it tells of
that one alone; "sluice ctl sessions" lists them.`
	cmd.Example = `  sluice explain live/cam
  sluice explain live/cam k3x9q2ab --json`
	cmd.ValidArgsFunction = c.offer(streamNames)
	c.dial.Add(cmd.Flags())
	cmd.Flags().BoolVar(&c.json, "json", false, "print JSON")
	cmd.Flags().BoolVar(&c.yaml, "yaml", false, "print YAML")
	return cmd
}

func (c *ctl) explain(ctx context.Context, args []string) error {
	if len(args) == 1 {
		return c.explainStream(ctx, args)
	}
	return c.explainSession(ctx, args[0], args[1])
}

// explainSession tells of a session; of one of its streams alone, if that is named.
func (c *ctl) explainSession(ctx context.Context, stream, id string) error {
	e, err := c.api.ExplainSession(ctx, id)
	if err != nil {
		return err
	}
	if stream != "" {
		e.Streams = slices.DeleteFunc(e.Streams, func(s wire.Explanation) bool { return s.Name != stream })
		if len(e.Streams) == 0 {
			return fault.New(fault.StreamNotFound, "", "the session %q has nothing to do with %q", id, stream).
				Advise("it is one of %q", e.Session.Stream)
		}
	}
	return c.give(e, func(s show.Style) error { return ExplainViewer(e, c.Now()).Write(c.Out, s) })
}
