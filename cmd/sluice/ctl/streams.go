package ctl

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"sluice/api/rest/client"
	"sluice/api/rest/wire"
	"sluice/cmd/sluice/ctl/show"
)

func (c *ctl) streamsCmd() *cobra.Command {
	var prefix string
	list := func(ctx context.Context) error { return c.listStreams(ctx, prefix) }
	all := c.family("streams", "What is published: list, show, readers, explain, end", "stream", list)
	ls := c.leaf("list", "List what is published", cobra.NoArgs, func(ctx context.Context, _ []string) error { return list(ctx) })
	for _, one := range []*cobra.Command{all, ls} {
		one.Flags().StringVar(&prefix, "prefix", "", "only those whose names begin with it")
	}
	sh := c.leaf("show NAME", "A stream, its tracks, and the pipelines that have to do with it", cobra.ExactArgs(1), c.showStream)
	readers := c.leaf("readers NAME", "Who reads a stream, and what each gets", cobra.ExactArgs(1), c.listReaders)
	why := c.leaf("explain NAME", "Why each reader gets which track, and which conversion makes it", cobra.ExactArgs(1), c.explainStream)
	why.Long = "explain also tells of a stream that nobody publishes which graphs would bring it."
	end := c.leaf("end NAME…", "End the pipelines that publish streams, and with them the sessions that do", cobra.MinimumNArgs(1),
		func(ctx context.Context, args []string) error {
			return each(args, func(name string) error { return c.api.EndStream(ctx, name) })
		})
	for _, one := range []*cobra.Command{sh, readers, why} {
		one.ValidArgsFunction = c.offer(streamNames)
	}
	end.ValidArgsFunction = func(cmd *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
		return c.offer(streamNames)(cmd, nil, begun)
	}
	all.AddCommand(ls, sh, readers, why, end)
	return all
}

func streamNames(ctx context.Context, api *client.Client, args []string) ([]string, error) {
	return named(func(s wire.Stream) string { return s.Name },
		func(ctx context.Context, api *client.Client, p client.Paging) (wire.Page[wire.Stream], error) {
			return api.Streams(ctx, "", p)
		},
	)(ctx, api, args)
}

func (c *ctl) listStreams(ctx context.Context, prefix string) error {
	all, err := client.All(ctx, func(ctx context.Context, p client.Paging) (wire.Page[wire.Stream], error) {
		return c.api.Streams(ctx, prefix, p)
	})
	if err != nil {
		return err
	}
	return table(c, all, "no streams", []string{"name", "since", "readers", "size", "tracks"}, func(s show.Style, one wire.Stream) []string {
		var bytes uint64
		var tracks []string
		for _, t := range one.Tracks {
			text := trackText(t)
			if t.Converted {
				text += " (converted)"
			} else {
				bytes += t.Counts.Bytes
			}
			tracks = append(tracks, text)
		}
		size := show.Size(float64(bytes))
		if !s.Terminal {
			size = strconv.FormatUint(bytes, 10)
		}
		return []string{one.Name, c.age(s, one.Since), strconv.Itoa(one.Readers), size, show.Several(tracks)}
	})
}

func (c *ctl) showStream(ctx context.Context, args []string) error {
	d, err := c.api.Stream(ctx, args[0])
	if err != nil {
		return err
	}
	return c.give(d, func(s show.Style) error {
		p := &show.Page{Title: d.Name}
		p.Field("published", "%s ago, publication %d", show.Span(c.Now().Sub(d.Since)), d.Publication)
		p.Field("readers", "%d", d.Readers)
		p.Field("muted", "%s", show.Several(d.Muted))
		p.Table("Tracks", tracks(d.Tracks))
		p.Table("Pipelines", around(d.Pipelines))
		return p.Write(c.Out, s)
	})
}

func tracks(list []wire.Track) *show.Table {
	t := &show.Table{Head: []string{"track", "kind", "what", "form", "readers", "units", "size", "keyframes", "drops"}}
	for _, one := range list {
		form := one.Form
		if one.Converted {
			form += ", converted"
		}
		t.Add(one.ID, one.Kind, trackText(one), form, strconv.Itoa(one.Readers), units(&one.Counts), sizeOf(&one.Counts),
			strconv.FormatUint(one.Counts.Keyframes, 10), show.Or(drops(one.Counts)))
	}
	return t
}

// around lists the pipelines that have to do with a stream.
func around(list []wire.StreamPipeline) *show.Table {
	t := &show.Table{Head: []string{"pipeline", "does", "graph", "state", "sessions"}, Bad: []string{"failed", "lost"}}
	for _, p := range list {
		t.Add(p.ID, doing(p.Does), p.Graph, p.State, show.Or(show.Several(p.Sessions)))
	}
	return t
}

// doing says what a pipeline does to a stream: "publishes and reads".
func doing(does []string) string {
	out := make([]string, 0, len(does))
	for _, one := range does {
		if one == "publish" {
			one += "e"
		}
		out = append(out, one+"s")
	}
	return strings.Join(out, " and ")
}

func (c *ctl) listReaders(ctx context.Context, args []string) error {
	all, err := client.All(ctx, func(ctx context.Context, p client.Paging) (wire.Page[wire.Reader], error) {
		return c.api.Readers(ctx, args[0], p)
	})
	if err != nil {
		return err
	}
	head := []string{"reader", "name", "since", "units", "drops", "gets"}
	return table(c, all, "nobody reads it", head, func(s show.Style, r wire.Reader) []string {
		var gets []string
		for _, t := range r.Tracks {
			gets = append(gets, t.Track+" ("+t.How+")")
		}
		return []string{
			strconv.FormatUint(r.ID, 10), show.Or(r.Name), c.age(s, r.Since), strconv.FormatUint(r.Counts.Units, 10), show.Or(drops(r.Counts)),
			show.Or(show.Several(gets)),
		}
	})
}

func (c *ctl) explainStream(ctx context.Context, args []string) error {
	e, err := c.api.ExplainStream(ctx, args[0])
	if err != nil {
		return err
	}
	return c.give(e, func(s show.Style) error { return ExplainStream(e, c.Now()).Write(c.Out, s) })
}

// conversionText is a conversion in a few words: "h264 1280x720 2.5M".
func conversionText(v wire.Conversion) string {
	out := []string{v.Codec}
	switch {
	case v.Width > 0 && v.Height > 0:
		out = append(out, fmt.Sprintf("%dx%d", v.Width, v.Height))
	case v.Width > 0: // the other one follows from the picture
		out = append(out, fmt.Sprintf("%d wide", v.Width))
	case v.Height > 0:
		out = append(out, fmt.Sprintf("%d high", v.Height))
	}
	if v.FPS > 0 {
		out = append(out, fmt.Sprintf("%d fps", v.FPS))
	}
	if v.Bitrate > 0 {
		out = append(out, show.Rate(float64(v.Bitrate))+"bit/s")
	}
	if v.Quality > 0 {
		out = append(out, fmt.Sprintf("quality %d", v.Quality))
	}
	if v.Rate > 0 {
		out = append(out, fmt.Sprintf("%d Hz", v.Rate))
	}
	if v.Channels > 0 {
		out = append(out, fmt.Sprintf("%d ch", v.Channels))
	}
	return strings.Join(out, " ")
}

// graphText is the graph of a conversion with so much of its version as tells it from others: "live/convert@5f2c71b0".
func graphText(graph string) string {
	const enough = 8
	name, version, ok := strings.Cut(graph, "@")
	if !ok {
		return graph
	}
	return name + "@" + version[:min(len(version), enough)]
}
