// Package ctl is the command line of a server that runs: it sees, explains, starts, changes and ends what the REST API has, one command
// for each operation. It speaks to the server and prints what came; what is in its answers is the server's business, and the exit codes
// are the program's, which gets errors of three kinds for them.
package ctl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sluice/api/rest/client"
	"sluice/cmd/sluice/ctl/dial"
	"sluice/cmd/sluice/ctl/show"
	"sluice/engine/spec"
)

// Options are what the commands are made with.
type Options struct {
	In       io.Reader
	Out, Err io.Writer
	Style    func(io.Writer) show.Style // asked when something is printed
	Agent    string                     // how the server's log calls this program
	Now      func() time.Time           // nil: time.Now
}

// What a command may end with once it has said what is wrong.
var (
	ErrRefused     = errors.New("the server refused")          // or what was started failed, or a graph has errors
	ErrUnreached   = errors.New("the server was not reached")  // or a file could not be read or written
	ErrInterrupted = errors.New("the command was interrupted") // and has changed nothing more
)

// Usage marks a wrong command line, about which nothing was said yet.
type Usage struct{ error }

// ctl is what every command gets.
type ctl struct {
	Options
	dial       dial.Flags
	json, yaml bool
	api        *client.Client // while a command runs
}

// Command makes the command with all that are below it.
func Command(o Options) *cobra.Command {
	if o.Now == nil {
		o.Now = time.Now
	}
	c := &ctl{Options: o}
	root := c.family("ctl", "See, start, change and end what runs in a server", "", nil)
	root.Long = `ctl speaks to a server's REST API, on this machine at ` + client.Default + ` if nothing else is said:
--server or SLUICE_SERVER name another. A server that wants credentials is shown the token in the file that --token-file names or in
SLUICE_TOKEN, or --user with SLUICE_PASSWORD or --password-file. Secrets are never arguments, where others could read them.

Lists are tables on a terminal; elsewhere columns are set apart by tabs, without a head. --json and --yaml print what the API said.

It exits with 0 if all is well, with 1 if the server refuses, if what was started fails, or if a graph has errors, with 2 if the command
line is wrong, with 3 if the server cannot be reached or a file cannot be read, and with 130 if it was interrupted while it waited.`
	root.Example = `  sluice ctl pipelines                                           what runs
  sluice ctl pipelines start rooms/mixer -p room=lobby --wait    start a graph, and wait until it is live
  sluice ctl streams explain live/cam                            why each reader gets what it gets
  sluice ctl events --filter 'stream.*'                          follow what happens`
	c.dial.Add(root.PersistentFlags())
	root.PersistentFlags().BoolVar(&c.json, "json", false, "print JSON")
	root.PersistentFlags().BoolVar(&c.yaml, "yaml", false, "print YAML")
	root.AddCommand(c.serverCmd(), c.pipelinesCmd(), c.streamsCmd(), c.sessionsCmd(), c.graphsCmd(), c.routesCmd(), c.elementsCmd(),
		c.eventsCmd())
	return root
}

// family makes a command whose arguments are commands; without any it does what list does, or prints its help.
func (c *ctl) family(name, short, alias string, list func(ctx context.Context) error) *cobra.Command {
	cmd := &cobra.Command{Use: name, Short: short, Args: func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		err := fmt.Errorf("`%s` has no command %q", cmd.CommandPath(), args[0])
		var names []string
		for _, one := range cmd.Commands() {
			names = append(names, one.Name())
		}
		if near, ok := spec.Nearest(args[0], names); ok {
			err = fmt.Errorf("%w; did you mean %q?", err, near)
		} else if len(names) > 0 {
			err = fmt.Errorf("%w; it has %s", err, strings.Join(names, ", "))
		}
		return Usage{err}
	}}
	if alias != "" {
		cmd.Aliases = []string{alias}
	}
	if list == nil {
		cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		return cmd
	}
	cmd.RunE = c.run(func(ctx context.Context, _ []string) error { return list(ctx) })
	return cmd
}

// leaf makes a command that does something.
func (c *ctl) leaf(use, short string, check cobra.PositionalArgs, do func(ctx context.Context, args []string) error) *cobra.Command {
	return &cobra.Command{Use: use, Short: short, Args: check, RunE: c.run(do), ValidArgsFunction: cobra.NoFileCompletions}
}

// run gives a command the server, and tells what went wrong.
func (c *ctl) run(do func(ctx context.Context, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		if c.json && c.yaml {
			return Usage{errors.New("--json and --yaml do not go together")}
		}
		api, err := c.dial.Client(c.Agent, c.Err)
		if err != nil {
			return c.tell(err)
		}
		defer api.Close()
		c.api = api
		return c.tell(do(cmd.Context(), args))
	}
}

// give prints what came: as it is for programs, or as text makes it for people.
func (c *ctl) give(v any, text func(show.Style) error) error {
	switch {
	case c.json:
		return show.JSON(c.Out, v)
	case c.yaml:
		return show.YAML(c.Out, v)
	}
	return text(c.Style(c.Out))
}

// forPrograms tells whether what is printed is JSON or YAML.
func (c *ctl) forPrograms() bool { return c.json || c.yaml }

// table prints a list: as it is, or as the rows that row makes of its items.
func table[T any](c *ctl, all []T, none string, head []string, row func(s show.Style, item T) []string) error {
	return c.give(all, func(s show.Style) error {
		if len(all) == 0 && s.Terminal {
			fmt.Fprintln(c.Err, none)
			return nil
		}
		t := &show.Table{
			Head: head, Bad: []string{"failed", "lost"}, Busy: []string{"planned", "starting", "degraded", "draining"},
		}
		for _, one := range all {
			t.Add(row(s, one)...)
		}
		return t.Write(c.Out, s)
	})
}

// age is how long ago something was; for programs the time itself.
func (c *ctl) age(s show.Style, t time.Time) string {
	if !s.Terminal {
		return t.UTC().Format(time.RFC3339)
	}
	return show.Span(c.Now().Sub(t))
}

// say tells something beside the result, on standard error, to who looks.
func (c *ctl) say(format string, args ...any) {
	if c.Style(c.Err).Terminal {
		fmt.Fprintln(c.Err, show.Safe(fmt.Sprintf(format, args...)))
	}
}

// each does something with one after the other, also if some fail, and joins what went wrong.
func each(list []string, do func(string) error) error {
	var out []error
	for _, one := range slices.Compact(list) {
		out = append(out, do(one))
	}
	return errors.Join(out...)
}
