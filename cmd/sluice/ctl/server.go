package ctl

import (
	"context"

	"github.com/spf13/cobra"

	"sluice/cmd/sluice/ctl/show"
)

func (c *ctl) serverCmd() *cobra.Command {
	return c.leaf("server", "The server as a whole", cobra.NoArgs, func(ctx context.Context, _ []string) error {
		a, err := c.api.About(ctx)
		if err != nil {
			return err
		}
		return c.give(a, func(s show.Style) error {
			p := &show.Page{Title: "sluice " + a.Version + " at " + c.api.Server()}
			p.Field("up", "%s", show.Seconds(a.Uptime))
			p.Field("CPU", "%.1f s, and %.1f s in workers, of %d CPUs", a.CPU, a.Workers, a.CPUs)
			p.Field("memory", "%s, without workers", show.Size(float64(a.Memory)))
			p.Field("goroutines", "%d", a.Routines)
			p.Field("streams", "%d, read by %d", a.Streams, a.Readers)
			p.Field("pipelines", "%d", a.Pipelines)
			p.Field("codes", "%d encoders, %d decoders", a.Encoders, a.Decoders)
			p.Field("sessions", "%d: clients that publish or play", a.Sessions)
			p.Field("graphs", "%d", a.Graphs)
			if a.Held > 0 {
				p.Field("held back", "%d files of graphs have errors: `sluice ctl graphs` tells which", a.Held)
			}
			p.Field("GStreamer", "%s", a.GStreamer)
			return p.Write(c.Out, s)
		})
	})
}
