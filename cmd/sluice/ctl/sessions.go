package ctl

import (
	"context"

	"github.com/spf13/cobra"

	"sluice/api/rest/client"
	"sluice/api/rest/wire"
	"sluice/cmd/sluice/ctl/show"
)

func (c *ctl) sessionsCmd() *cobra.Command {
	all := c.family("sessions", "Who is connected: list, show, end", "session", c.listSessions)
	ls := c.leaf("list", "List who is connected", cobra.NoArgs, func(ctx context.Context, _ []string) error { return c.listSessions(ctx) })
	sh := c.leaf("show ID", "A session", cobra.ExactArgs(1), c.showSession)
	end := c.leaf("end ID…", "End sessions; their peers are told in the words of their protocols", cobra.MinimumNArgs(1),
		func(ctx context.Context, args []string) error {
			return each(args, func(id string) error { return c.api.EndSession(ctx, id) })
		})
	sh.ValidArgsFunction = c.offer(sessionNames)
	end.ValidArgsFunction = func(cmd *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
		return c.offer(sessionNames)(cmd, nil, begun)
	}
	all.AddCommand(ls, sh, end)
	return all
}

func sessionNames(ctx context.Context, api *client.Client, args []string) ([]string, error) {
	return named(func(s wire.Session) string { return s.ID },
		func(ctx context.Context, api *client.Client, p client.Paging) (wire.Page[wire.Session], error) {
			return api.Sessions(ctx, p)
		},
	)(ctx, api, args)
}

func (c *ctl) listSessions(ctx context.Context) error {
	all, err := client.All(ctx, c.api.Sessions)
	if err != nil {
		return err
	}
	return table(c, all, "nobody is connected", []string{"id", "who", "graph", "state", "since", "publishes", "reads", "what went wrong"},
		func(s show.Style, one wire.Session) []string {
			return []string{
				one.ID, show.Several(one.Roles), one.Graph, one.State, c.age(s, one.Since), show.Or(show.Several(one.Publishes)),
				show.Or(show.Several(one.Reads)), faultText(one.Fault),
			}
		})
}

func (c *ctl) showSession(ctx context.Context, args []string) error {
	one, err := c.api.Session(ctx, args[0])
	if err != nil {
		return err
	}
	return c.give(one, func(s show.Style) error {
		p := &show.Page{Title: one.Graph + "#" + one.ID}
		p.Field("who", "%s", show.Several(one.Roles))
		p.Field("state", "%s for %s", one.State, show.Span(c.Now().Sub(one.Since)))
		p.Field("publishes", "%s", show.Several(one.Publishes))
		p.Field("reads", "%s", show.Several(one.Reads))
		p.Field("fault", "%s", faultText(one.Fault))
		return p.Write(c.Out, s)
	})
}
