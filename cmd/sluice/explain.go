package main

import (
	"github.com/spf13/cobra"

	"sluice/cmd/sluice/ctl"
)

// explainCmd asks a server that runs why viewers get what they get.
func (a *app) explainCmd() *cobra.Command {
	c := ctl.Explain(ctl.Options{In: a.in, Out: a.out, Err: a.err, Style: a.style, Agent: "sluice/" + release})
	a.adopt(c)
	return c
}
