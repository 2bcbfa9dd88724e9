package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"sluice/cmd/sluice/ctl"
	"sluice/cmd/sluice/ctl/dial"
	"sluice/cmd/sluice/top"
)

// leastEvery is how often the server may be asked at most.
const leastEvery = 100 * time.Millisecond

func (a *app) topCmd() *cobra.Command {
	var server dial.Flags
	var every time.Duration
	var once bool
	c := &cobra.Command{
		Use:   "top",
		Short: "Watch a server: its streams, its pipelines and what happens",
		Long: `top shows how a server is, anew every --every, until q or Ctrl-C: streams with their speeds and viewers, pipelines with what
their workers use, events. Enter explains the row that is chosen, x ends it after asking, / filters, s sorts, ? tells the other
keys. When the server is away it waits for it. With --once, and where there is no terminal, it prints one look as text; speeds
take a moment to measure.

It finds the server as ` + "`sluice ctl`" + ` does, and exits with the same codes.`,
		Example: `  sluice top
  sluice top -s https://media.example:8444 --token-file admin.token
  sluice top --once`,
		Args: args(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			if every < leastEvery {
				return usageError{fmt.Errorf("--every wants %s at least, this is %s", leastEvery, every)}
			}
			o := top.Options{Every: every, Out: a.out, In: a.in, Colour: a.colours(a.out)}
			if !once {
				o.Screen = screenOf(a.in, a.out)
			}
			return a.watch(c.Context(), &server, o)
		},
	}
	server.Add(c.Flags())
	c.Flags().DurationVarP(&every, "every", "e", time.Second, "time between two looks")
	c.Flags().BoolVar(&once, "once", false, "print one look as text")
	return c
}

// watch runs the view, or prints one look.
func (a *app) watch(ctx context.Context, server *dial.Flags, o top.Options) error {
	api, err := server.Client("sluice/"+release, a.err)
	if err != nil {
		return ended(ctl.Tell(a.err, err))
	}
	defer api.Close()
	o.API = api
	if o.Screen == nil {
		return ended(ctl.Tell(a.err, top.Once(ctx, o)))
	}
	if _, err := api.About(ctx); err != nil { // before the screen is taken: who is wrong here is told so, and not made to wait
		return ended(ctl.Tell(a.err, err))
	}
	if err := top.Run(ctx, o); err != nil {
		return errors.Join(errors.New("the screen cannot be used"), err)
	}
	return nil
}

// screenOf is the terminal that there is; nil if keys cannot come from one, or nothing be shown.
func screenOf(in io.Reader, out io.Writer) *os.File {
	if o, ok := out.(*output); ok {
		out = o.to
	}
	keys, ok := in.(*os.File)
	if !ok || !term.IsTerminal(int(keys.Fd())) {
		return nil
	}
	screen, ok := out.(*os.File)
	if !ok || os.Getenv("TERM") == "dumb" || !term.IsTerminal(int(screen.Fd())) {
		return nil
	}
	return screen
}
