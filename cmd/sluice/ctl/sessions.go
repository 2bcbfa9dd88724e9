package ctl

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"sluice/api/rest/client"
	"sluice/api/rest/wire"
	"sluice/cmd/sluice/ctl/show"
)

func (c *ctl) sessionsCmd() *cobra.Command {
	var f client.SessionFilter
	list := func(ctx context.Context) error { return c.listSessions(ctx, f) }
	all := c.family("sessions", "Who is connected: list, show, explain, end", "session", list)
	ls := c.leaf("list", "List who is connected", cobra.NoArgs, func(ctx context.Context, _ []string) error { return list(ctx) })
	for _, one := range []*cobra.Command{all, ls} {
		one.Flags().StringVar(&f.Protocol, "protocol", "", "only those of this protocol")
		one.Flags().StringVar(&f.Direction, "direction", "", "only those who publish, or play")
		one.Flags().StringVar(&f.Stream, "stream", "", "only those of this stream")
		_ = one.RegisterFlagCompletionFunc("direction", cobra.FixedCompletions([]string{"publish", "play"}, cobra.ShellCompDirectiveNoFileComp))
		_ = one.RegisterFlagCompletionFunc("stream", c.offering(streamNames))
	}
	sh := c.leaf("show ID", "A session", cobra.ExactArgs(1), c.showSession)
	end := c.leaf("end ID…", "End sessions; their clients are told in the words of their protocols", cobra.MinimumNArgs(1),
		func(ctx context.Context, args []string) error {
			return each(args, func(id string) error { return c.api.EndSession(ctx, id) })
		})
	why := c.leaf("explain ID", "Why a session gets what it gets", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		return c.explainSession(ctx, "", args[0])
	})
	sh.ValidArgsFunction = c.offer(sessionNames)
	why.ValidArgsFunction = c.offer(sessionNames)
	end.ValidArgsFunction = func(cmd *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
		return c.offer(sessionNames)(cmd, nil, begun)
	}
	all.AddCommand(ls, sh, why, end)
	return all
}

func sessionNames(ctx context.Context, api *client.Client, args []string) ([]string, error) {
	return named(func(s wire.Session) string { return s.ID },
		func(ctx context.Context, api *client.Client, p client.Paging) (wire.Page[wire.Session], error) {
			return api.Sessions(ctx, client.SessionFilter{}, p)
		},
	)(ctx, api, args)
}

func (c *ctl) listSessions(ctx context.Context, f client.SessionFilter) error {
	all, err := client.All(ctx, func(ctx context.Context, p client.Paging) (wire.Page[wire.Session], error) {
		return c.api.Sessions(ctx, f, p)
	})
	if err != nil {
		return err
	}
	head := []string{"id", "protocol", "does", "stream", "from", "user", "since", "graph", "state", "what went wrong"}
	return table(c, all, "nobody is connected", head, func(s show.Style, one wire.Session) []string {
		return []string{
			one.ID, one.Protocol, one.Direction, one.Stream, show.Or(one.Remote), show.Or(one.User), c.age(s, one.Since),
			show.Or(one.Graph), show.Or(one.State), faultText(one.Fault),
		}
	})
}

func (c *ctl) showSession(ctx context.Context, args []string) error {
	one, err := c.api.Session(ctx, args[0])
	if err != nil {
		return err
	}
	return c.give(one, func(s show.Style) error { return ExplainSession(one, c.Now()).Write(c.Out, s) })
}

// ExplainSession tells what is known of a session.
func ExplainSession(one wire.Session, now time.Time) *show.Page {
	p := &show.Page{Title: one.ID}
	p.Field(one.Direction, "%s", one.Stream)
	p.Field("protocol", "%s", one.Protocol)
	p.Field("from", "%s", one.Remote)
	p.Field("user", "%s", one.User)
	p.Field("since", "%s", show.Span(now.Sub(one.Since)))
	p.Field("graph", "%s", one.Graph)
	p.Field("pipeline", "%s", one.Pipeline)
	p.Field("state", "%s", one.State)
	p.Field("publishes", "%s", show.Several(one.Publishes))
	p.Field("reads", "%s", show.Several(one.Reads))
	p.Field("fault", "%s", faultText(one.Fault))
	return p
}
