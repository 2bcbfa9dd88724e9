package main

import (
	"errors"
	"io"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"sluice/cmd/sluice/ctl"
	"sluice/cmd/sluice/ctl/show"
)

func (a *app) ctlCmd() *cobra.Command {
	c := ctl.Command(ctl.Options{In: a.in, Out: a.out, Err: a.err, Style: a.style, Agent: "sluice/" + release})
	a.adopt(c)
	return c
}

// adopt gives the commands of another package this program's exit codes.
func (a *app) adopt(c *cobra.Command) {
	if check := c.Args; check != nil {
		c.Args = func(c *cobra.Command, list []string) error {
			err := check(c, list)
			if usage, ok := errors.AsType[ctl.Usage](err); ok {
				return usageError{usage}
			}
			return args(func(*cobra.Command, []string) error { return err })(c, list)
		}
	}
	if run := c.RunE; run != nil {
		c.RunE = func(c *cobra.Command, list []string) error { return ended(run(c, list)) }
	}
	for _, one := range c.Commands() {
		a.adopt(one)
	}
}

// ended gives the error that stands for the exit code of a command that speaks to a server.
func ended(err error) error {
	switch {
	case errors.Is(err, ctl.ErrRefused):
		return errFound
	case errors.Is(err, ctl.ErrUnreached):
		return errUnread
	case errors.Is(err, ctl.ErrInterrupted):
		return errInterrupted
	}
	if usage, ok := errors.AsType[ctl.Usage](err); ok {
		return usageError{usage}
	}
	return err
}

// style says how to show things to whoever looks at w.
func (a *app) style(w io.Writer) show.Style {
	s := show.Style{Colour: a.colours(w)}
	if o, ok := w.(*output); ok {
		w = o.to
	}
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return s
	}
	s.Terminal = true
	if width, _, err := term.GetSize(int(f.Fd())); err == nil {
		s.Width = width
	}
	return s
}
