package ctl

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"sluice/api/rest/client"
	"sluice/api/rest/wire"
	"sluice/cmd/sluice/ctl/show"
)

func (c *ctl) pipelinesCmd() *cobra.Command {
	var f client.PipelineFilter
	list := func(ctx context.Context) error { return c.listPipelines(ctx, f) }
	all := c.family("pipelines", "Graphs that run: list, show, explain, start, set, do, add, remove, end", "pipeline", list)
	ls := c.leaf("list", "List what runs", cobra.NoArgs, func(ctx context.Context, _ []string) error { return list(ctx) })
	for _, one := range []*cobra.Command{all, ls} {
		one.Flags().StringVar(&f.Graph, "graph", "", "only those of this graph")
		one.Flags().StringVar(&f.State, "state", "", "only those in this state")
		_ = one.RegisterFlagCompletionFunc("graph", c.offering(graphNames(client.GraphFilter{})))
		_ = one.RegisterFlagCompletionFunc("state", cobra.FixedCompletions(
			[]string{"planned", "starting", "live", "degraded", "draining", "stopped", "failed", "lost"}, cobra.ShellCompDirectiveNoFileComp))
	}
	sh := c.leaf("show ID", "A pipeline, with its nodes and what is counted in them", cobra.ExactArgs(1), c.showPipeline)
	why := c.leaf("explain ID", "Why a pipeline is as it is, and what comes next", cobra.ExactArgs(1), c.explainPipeline)
	for _, one := range []*cobra.Command{sh, why} {
		one.ValidArgsFunction = c.offer(pipelineNames)
	}
	all.AddCommand(ls, sh, why, c.startCmd(), c.setCmd(), c.doCmd(), c.addCmd(), c.removeCmd(), c.endPipelinesCmd())
	return all
}

// offering is offer for the value of a flag.
func (c *ctl) offering(by func(context.Context, *client.Client, []string) ([]string, error)) cobra.CompletionFunc {
	return func(cmd *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
		return c.offer(by)(cmd, nil, begun)
	}
}

func pipelineNames(ctx context.Context, api *client.Client, args []string) ([]string, error) {
	return named(func(p wire.Pipeline) string { return p.ID },
		func(ctx context.Context, api *client.Client, p client.Paging) (wire.Page[wire.Pipeline], error) {
			return api.Pipelines(ctx, client.PipelineFilter{}, p)
		})(ctx, api, args)
}

// nodeNames gives the nodes of the pipeline that is named first, if keep lets them through.
func nodeNames(keep func(wire.Node) bool) func(context.Context, *client.Client, []string) ([]string, error) {
	return func(ctx context.Context, api *client.Client, args []string) ([]string, error) {
		p, err := api.Pipeline(ctx, args[0])
		if err != nil {
			return nil, err
		}
		var out []string
		for _, n := range p.Nodes {
			if keep(n) {
				out = append(out, n.Name)
			}
		}
		return out, nil
	}
}

func (c *ctl) listPipelines(ctx context.Context, f client.PipelineFilter) error {
	all, err := client.All(ctx, func(ctx context.Context, p client.Paging) (wire.Page[wire.Pipeline], error) {
		return c.api.Pipelines(ctx, f, p)
	})
	if err != nil {
		return err
	}
	return table(c, all, "no pipelines", []string{"id", "graph", "state", "since", "restarts", "publishes", "reads", "what went wrong"},
		func(s show.Style, p wire.Pipeline) []string {
			return []string{
				p.ID, p.Graph, p.State, c.age(s, p.Since), strconv.Itoa(p.Restarts), show.Or(show.Several(append(p.Publishes, p.Converts...))),
				show.Or(show.Several(p.Reads)), faultText(p.Fault),
			}
		})
}

// faultText is a fault in one line.
func faultText(f *wire.Fault) string {
	if f == nil {
		return ""
	}
	return f.Code + ": " + f.Text
}

func (c *ctl) showPipeline(ctx context.Context, args []string) error {
	p, err := c.api.Pipeline(ctx, args[0])
	if err != nil {
		return err
	}
	return c.give(p, func(s show.Style) error { return c.pipelinePage(p).Write(c.Out, s) })
}

// pipelinePage describes a pipeline.
func (c *ctl) pipelinePage(p wire.PipelineDetail) *show.Page {
	page := &show.Page{Title: p.Graph + "#" + p.ID}
	page.Field("state", "%s for %s", p.State, show.Span(c.Now().Sub(p.Since)))
	page.Field("fault", "%s", faultText(p.Fault))
	if p.Restarts > 0 {
		page.Field("restarts", "%d", p.Restarts)
	}
	page.Field("publishes", "%s", show.Several(p.Publishes))
	page.Field("converts", "%s", show.Several(p.Converts))
	page.Field("reads", "%s", show.Several(p.Reads))
	page.Field("sessions", "%s", show.Several(p.Sessions))
	if w := p.Process; w != nil {
		where := "in the server"
		if w.PID != 0 {
			where = "process " + strconv.Itoa(w.PID)
		}
		page.Field("worker", "%s, %s, %.1f s of CPU, %s", where, w.Phase, w.CPU, show.Size(float64(w.Memory)))
	}
	if q := p.Policy; q != nil {
		page.Field("policy", "start %s, stall %s, drain %s, restart %s, reload %s, worker %s", q.Start, q.Stall, q.Drain, q.Restart,
			q.Reload, q.Worker)
	}
	nodes := &show.Table{Head: []string{"node", "element", "in", "units", "size", "drops", "silent", ""}}
	able := &show.Table{Head: []string{"node", "do", "set"}}
	for _, n := range p.Nodes {
		counts := n.Counts
		if counts == nil {
			counts = &wire.Counts{}
		}
		nodes.Add(n.Name, n.Element, n.Domain, units(n.Counts), sizeOf(n.Counts), show.Or(drops(*counts)), silent(n.Silent), manner(n))
		if len(n.Live)+len(n.Actions) > 0 {
			able.Add(n.Name, show.Or(strings.Join(n.Actions, " ")), show.Or(strings.Join(n.Live, " ")))
		}
	}
	page.Table("Nodes", nodes)
	parts := &show.Table{Head: []string{"part", "kind", "units", "size", "drops", "waiting"}}
	for _, x := range p.Parts {
		parts.Add(x.Name, x.Kind, units(&x.Counts), sizeOf(&x.Counts), show.Or(drops(x.Counts)), strconv.FormatInt(x.Counts.Level, 10))
	}
	page.Table("Queues and bridges", parts)
	page.Table("Branches", branches(p.Branches))
	page.Table("What can be done and set", able)
	return page
}
