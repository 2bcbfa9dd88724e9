package ctl

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sluice/api/rest/client"
	"sluice/api/rest/wire"
	"sluice/cmd/sluice/ctl/show"
	"sluice/engine/fault"
)

func (c *ctl) routesCmd() *cobra.Command {
	var q client.RouteQuery
	cmd := c.leaf("routes [EVENT [PATH]]", "Which graph answers which event, and would take this one", cobra.MaximumNArgs(2), nil)
	cmd.RunE = c.run(func(ctx context.Context, args []string) error {
		if len(args) > 0 {
			q.Event = args[0]
		}
		if len(args) > 1 {
			q.Path = args[1]
		}
		if _, err := values(q.Vars); err != nil {
			return err
		}
		return c.routes(ctx, q)
	})
	cmd.Example = `  sluice ctl routes                            all of them
  sluice ctl routes rtmp.publish /live/cam     the one that is taken comes first
  sluice ctl routes stream.convert /cam -p kind=audio`
	cmd.Flags().StringArrayVarP(&q.Vars, "param", "p", nil, "a variable of the event, for conditions: name=value")
	return cmd
}

func (c *ctl) routes(ctx context.Context, q client.RouteQuery) error {
	list, err := c.api.Routes(ctx, q)
	if err != nil {
		return err
	}
	if q.Path == "" {
		return table(c, list, "no routes", []string{"route", "graph", "place"}, func(_ show.Style, r wire.Route) []string {
			return []string{r.Route, r.Graph, r.Place}
		})
	}
	if len(list) == 0 && !c.forPrograms() {
		return fault.New(fault.NoRoute, "", "no graph has a route for %s %s", q.Event, q.Path).
			Advise("`sluice ctl routes %s` lists what there is", q.Event)
	}
	return c.give(list, func(show.Style) error {
		for _, r := range list {
			taken := ""
			if r.Taken {
				taken = ", taken"
			}
			fmt.Fprintf(c.Out, "%s -> %s (%s)%s\n  %s\n", show.Safe(r.Route), show.Safe(r.Graph), show.Safe(r.Place), taken, show.Safe(r.Why))
		}
		return nil
	})
}

func (c *ctl) elementsCmd() *cobra.Command {
	var f client.ElementFilter
	list := func(ctx context.Context) error { return c.listElements(ctx, f) }
	all := c.family("elements", "What the server's graphs can be made of: list, show", "element", list)
	ls := c.leaf("list [PART]", "List elements, those with PART in their names", cobra.MaximumNArgs(1),
		func(ctx context.Context, args []string) error {
			f.Part = strings.Join(args, "")
			return list(ctx)
		})
	for _, one := range []*cobra.Command{all, ls} {
		one.Flags().BoolVar(&f.All, "all", false, "GStreamer's, too")
	}
	sh := c.leaf("show NAME", "An element, its pads, settings and actions", cobra.ExactArgs(1), c.showElement)
	sh.ValidArgsFunction = c.offer(named(func(e wire.ElementName) string { return e.Name },
		func(ctx context.Context, api *client.Client, p client.Paging) (wire.Page[wire.ElementName], error) {
			return api.Elements(ctx, client.ElementFilter{All: true}, p)
		}))
	all.AddCommand(ls, sh)
	return all
}

func (c *ctl) listElements(ctx context.Context, f client.ElementFilter) error {
	all, err := client.All(ctx, func(ctx context.Context, p client.Paging) (wire.Page[wire.ElementName], error) {
		return c.api.Elements(ctx, f, p)
	})
	if err != nil {
		return err
	}
	return table(c, all, "no elements", []string{"name", "status", "in", "about"}, func(_ show.Style, e wire.ElementName) []string {
		return []string{e.Name, e.Status, e.Domain, e.About}
	})
}

func (c *ctl) showElement(ctx context.Context, args []string) error {
	e, err := c.api.Element(ctx, args[0])
	if err != nil {
		return err
	}
	return c.give(e, func(s show.Style) error {
		p := &show.Page{Title: e.Name + ": " + e.About}
		p.Field("runs in", "%s, %s", e.Domain, e.Status)
		p.Field("package", "%s", e.Package)
		p.Field("speaks for", "%s", strings.Join(e.Sessions, " or "))
		pads := &show.Table{Head: []string{"pad", "direction", "presence", "carries"}}
		for _, one := range e.Ports {
			carries := strings.Join(one.Codecs, " ")
			if carries == "" {
				carries = one.Caps
			}
			pads.Add(one.Name, one.Direction, one.Presence, show.Or(carries))
		}
		p.Table("Pads", pads)
		p.Table("Settings", fields(e.Fields))
		for _, a := range e.Actions {
			p.Section("Action " + show.Safe(a.Name))
			p.Line("%s", a.About)
			for _, one := range a.Args {
				p.Line("  %s (%s) %s", one.Name, one.Type, one.About)
			}
		}
		for _, one := range e.Examples {
			p.Section("Example")
			p.Line("%s", one)
		}
		return p.Write(c.Out, s)
	})
}

func fields(list []wire.Field) *show.Table {
	t := &show.Table{Head: []string{"setting", "type", "default", "live", "about"}}
	for _, f := range list {
		text := "-"
		if f.Default != nil {
			text = fmt.Sprint(f.Default)
		}
		if f.Required {
			text = "required"
		}
		t.Add(f.Name, f.Type, text, yes(f.Live), f.About)
	}
	return t
}
