package main

import (
	"strings"

	"github.com/spf13/cobra"
)

func (a *app) newCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "new EVENT/ELEMENT/…",
		Short: "Write the skeleton of a graph, with every setting explained",
		Long: `new prints a graph that lints: the event that starts it, the nodes in a chain, and their settings as comments.
What the event implies need not be written: a publisher's session is put in front, a stream behind.`,
		Example: `  sluice new rtmp.publish/convert/stream.out > graphs/live/mine.yaml
  sluice new ws.play
  sluice new rest.start/file.in/convert/file.out`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, list []string) error {
			reg, err := a.elements()
			if err != nil {
				return err
			}
			s, err := newSkeleton(reg, strings.Split(list[0], "/"))
			if err != nil {
				return err
			}
			return s.write(a.out)
		},
	}
}
