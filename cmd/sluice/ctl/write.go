package ctl

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sluice/api/rest/client"
	"sluice/api/rest/problem"
	"sluice/api/rest/wire"
	"sluice/cmd/sluice/ctl/show"
	"sluice/engine/fault"
)

func (c *ctl) lintCmd() *cobra.Command {
	var name string
	cmd := c.leaf("lint FILE", "Check a graph against the server's others, without keeping it", cobra.ExactArgs(1),
		func(ctx context.Context, args []string) error {
			text, err := c.text(args[0])
			if err != nil {
				return err
			}
			l, err := c.api.Lint(ctx, name, text)
			if err != nil {
				return err
			}
			if err := c.findings(l, args[0]); err != nil || l.Errors == 0 {
				return err
			}
			return fault.New(fault.LintFailed, args[0], "%d errors, %d warnings", l.Errors, l.Warnings)
		})
	cmd.Long = `lint has the server check a file, or standard input if it is called "-", as if it were among the server's graphs.`
	cmd.ValidArgsFunction = nil // a file
	cmd.Flags().StringVar(&name, "name", "", "what the graph would be called")
	return cmd
}

// findings prints what the linter found as `sluice lint` does.
func (c *ctl) findings(l wire.Lint, file string) error {
	return c.give(l, func(s show.Style) error {
		for _, f := range l.Findings {
			fmt.Fprintf(c.Out, "%s:%d:%d: %s[%s]: %s\n", file, f.Line, f.Column, f.Severity, f.Code, show.Safe(f.Message))
			if f.Hint != "" {
				fmt.Fprintf(c.Out, "  hint: %s\n", show.Safe(f.Hint))
			}
		}
		if len(l.Findings) == 0 && s.Terminal {
			fmt.Fprintln(c.Out, "no errors, no warnings: "+show.Safe(strings.Join(l.Graphs, ", ")))
		}
		return nil
	})
}

// versionFlags say which version of a graph a change is about.
type versionFlags struct {
	is    string
	force bool
}

func (f *versionFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.is, "version", "", "only if this is the version that is there, as show tells it")
	cmd.Flags().BoolVar(&f.force, "force", false, "whichever version is there")
}

func (f *versionFlags) version() (client.Version, error) {
	if f.is != "" && f.force {
		return client.Version{}, Usage{errors.New("--version and --force do not go together")}
	}
	return client.Version{Is: f.is, Any: f.force}, nil
}

func (c *ctl) putCmd() *cobra.Command {
	var f versionFlags
	cmd := c.leaf("put NAME FILE", "Write a graph into the server's folder; it is used at once", cobra.ExactArgs(2),
		func(ctx context.Context, args []string) error {
			v, err := f.version()
			if err != nil {
				return err
			}
			text, err := c.text(args[1])
			if err != nil {
				return err
			}
			w, made, err := c.api.PutGraph(ctx, args[0], text, v)
			if err != nil {
				return guarded(err, v)
			}
			if made {
				c.say("%s is new", w.Name)
			}
			return c.give(w, func(show.Style) error {
				_, err := fmt.Fprintln(c.Out, w.Version)
				return err
			})
		})
	cmd.Long = `put writes a file, or standard input if it is called "-", as the graph NAME, and prints its version. Without a flag it
writes only what is not there yet; --version says which version is changed, so that nobody's changes are lost. The server checks the
graph first: one with errors, or one that would break others, is not written. The configuration's key "rest.write" has to allow it.`
	cmd.Example = `  sluice ctl graphs put mine/cam cam.yaml
  sluice ctl graphs put mine/cam cam.yaml --version c34f74fc7a08c1ddf645ef7728acc81d`
	cmd.ValidArgsFunction = func(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		if len(args) == 1 {
			return nil, cobra.ShellCompDirectiveDefault
		}
		return c.offer(graphNames(client.GraphFilter{}))(cmd, args, begun)
	}
	f.add(cmd)
	return cmd
}

// guarded adds to a refusal which flag would help, to who gave none.
func guarded(err error, v client.Version) error {
	r, ok := errors.AsType[*problem.Refusal](err)
	if !ok || r.Code != fault.StaleVersion || v != (client.Version{}) {
		return err
	}
	hint := "give the version that you changed as --version, or --force"
	if r.Hint != "" {
		hint = r.Hint + "; " + hint
	}
	return r.With(hint)
}

func (c *ctl) deleteCmd() *cobra.Command {
	var f versionFlags
	const about = "Remove a graph from the server's folder"
	cmd := c.leaf("delete NAME", about, cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		v, err := f.version()
		if err != nil {
			return err
		}
		if v == (client.Version{}) {
			return Usage{errors.New("delete wants --version, or --force")}
		}
		return c.api.DeleteGraph(ctx, args[0], v)
	})
	cmd.Long = "delete removes a graph. One that came with sluice is back when the one of its name is removed."
	cmd.ValidArgsFunction = c.offer(graphNames(client.GraphFilter{}))
	f.add(cmd)
	return cmd
}
