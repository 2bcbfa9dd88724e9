package ctl

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"sluice/api/rest/client"
	"sluice/api/rest/wire"
	"sluice/cmd/sluice/ctl/show"
)

func (c *ctl) graphsCmd() *cobra.Command {
	var f client.GraphFilter
	list := func(ctx context.Context) error { return c.listGraphs(ctx, f) }
	all := c.family("graphs", "The server's graphs: list, show, schema, draw, lint, put, delete", "graph", list)
	ls := c.leaf("list", "List the graphs, and the files that are held back", cobra.NoArgs,
		func(ctx context.Context, _ []string) error { return list(ctx) })
	for _, one := range []*cobra.Command{all, ls} {
		one.Flags().StringVar(&f.Prefix, "prefix", "", "only those whose names begin with it")
		one.Flags().BoolVar(&f.Startable, "startable", false, "only those that can be started by their names")
	}
	var text bool
	sh := c.leaf("show NAME", "A graph, its version and parameters", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		return c.showGraph(ctx, args[0], text)
	})
	sh.Flags().BoolVar(&text, "text", false, "print the file that it is in, and nothing else")
	const about = "The parameters of a graph as JSON Schema"
	schema := c.leaf("schema NAME", about, cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		v, err := c.api.GraphSchema(ctx, args[0])
		if err != nil {
			return err
		}
		return c.give(v, func(show.Style) error { return show.JSON(c.Out, v) })
	})
	for _, one := range []*cobra.Command{sh, schema} {
		one.ValidArgsFunction = c.offer(graphNames(client.GraphFilter{}))
	}
	all.AddCommand(ls, sh, schema, c.drawCmd(), c.lintCmd(), c.putCmd(), c.deleteCmd())
	return all
}

func graphNames(f client.GraphFilter) func(context.Context, *client.Client, []string) ([]string, error) {
	return named(func(g wire.Graph) string { return g.Name },
		func(ctx context.Context, api *client.Client, p client.Paging) (wire.Page[wire.Graph], error) {
			page, err := api.Graphs(ctx, f, p)
			return page.Page, err
		})
}

func (c *ctl) listGraphs(ctx context.Context, f client.GraphFilter) error {
	held := []wire.Held{}
	all, err := client.All(ctx, func(ctx context.Context, p client.Paging) (wire.Page[wire.Graph], error) {
		page, err := c.api.Graphs(ctx, f, p)
		held = page.Held
		return page.Page, err
	})
	if err != nil {
		return err
	}
	for _, h := range held {
		kept := "it is left out"
		if h.Kept {
			kept = "the version before is used"
		}
		fmt.Fprintf(c.Err, "sluice: %s is held back, %s: %s\n", show.Safe(h.File), kept, show.Safe(h.Why))
	}
	return table(c, all, "no graphs", []string{"name", "kind", "from", "about"}, func(_ show.Style, g wire.Graph) []string {
		kind, from := "answers events", g.File
		switch {
		case g.Fragment:
			kind = "fragment"
		case g.Startable:
			kind = "startable"
		case len(g.Routes) == 0:
			kind = "no route"
		}
		if g.Shipped {
			from = "shipped"
		}
		return []string{g.Name, kind, from, g.About}
	})
}

func (c *ctl) showGraph(ctx context.Context, name string, text bool) error {
	g, version, err := c.api.Graph(ctx, name)
	if err != nil {
		return err
	}
	if text {
		_, err := c.Out.Write([]byte(g.Text))
		return err
	}
	versioned := struct {
		wire.GraphDetail
		Version string `json:"version"`
	}{g, version}
	return c.give(versioned, func(s show.Style) error {
		p := &show.Page{Title: g.Name}
		p.Field("about", "%s", g.About)
		from := "below the folder of graphs"
		if g.Shipped {
			from = "shipped"
		}
		p.Field("file", "%s, %s", g.File, from)
		p.Field("version", "%s", version)
		p.Field("startable", "%s", yes(g.Startable))
		var labels []string
		for k, v := range g.Labels {
			labels = append(labels, k+"="+v)
		}
		p.Field("labels", "%s", show.Several(labels))
		p.Field("routes", "%s", show.Several(g.Routes))
		params := &show.Table{Head: []string{"parameter", "type", "default", "about"}}
		for _, one := range g.Params {
			params.Add(one.Name, one.Type, defaultText(one), one.About)
		}
		p.Table("Parameters", params)
		return p.Write(c.Out, s)
	})
}

// defaultText says what a parameter is if it is not given.
func defaultText(p wire.Param) string {
	switch {
	case p.Required:
		return "required"
	case p.Default == nil:
		return "depends"
	}
	return fmt.Sprint(p.Default)
}

func (c *ctl) drawCmd() *cobra.Command {
	var as string
	var params []string
	cmd := c.leaf("draw NAME", "Show what would run", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		drawn, err := c.api.DrawGraph(ctx, args[0], as, params)
		if err != nil {
			return err
		}
		_, err = c.Out.Write(drawn)
		return err
	})
	inner := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		for _, form := range client.Forms() {
			if form == as {
				return inner(cmd, args)
			}
		}
		return Usage{fmt.Errorf("--as is one of %s, not %q", strings.Join(client.Forms(), ", "), as)}
	}
	cmd.Example = "  sluice ctl graphs draw rooms/mixer -p room=lobby --as svg > mixer.svg"
	cmd.ValidArgsFunction = c.offer(graphNames(client.GraphFilter{}))
	cmd.Flags().StringVar(&as, "as", "launch", strings.Join(client.Forms(), ", "))
	_ = cmd.RegisterFlagCompletionFunc("as", cobra.FixedCompletions(client.Forms(), cobra.ShellCompDirectiveNoFileComp))
	cmd.Flags().StringArrayVarP(&params, "param", "p", nil, "a parameter, capture or variable: name=value")
	return cmd
}
