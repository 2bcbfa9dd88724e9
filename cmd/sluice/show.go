package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"sluice/engine/param"
	"sluice/engine/plan"
	"sluice/engine/plan/draw"
)

func (a *app) showCmd() *cobra.Command {
	var f inputFlags
	var as string
	c := &cobra.Command{
		Use:   "show NAME",
		Short: "Show a graph as a gst-launch line, DOT, SVG, JSON or JSON Schema",
		Long: `show prints a graph in another form:
  launch   a gst-launch-1.0 line; sluice's own nodes become appsrc and appsink, with a comment
  dot      for Graphviz: blue Go, orange GStreamer, dashed lazy, dotted optional, red crossings
  svg      the same picture, drawn without any other program
  json     the plan itself
  schema   JSON Schema of the graph's parameters`,
		Example: `  sluice show jobs/transcode -p source=in.flv -p target=out.webm --as launch | sh
  sluice show rooms/mixer -p room=lobby --as svg > mixer.svg
  sluice show rooms/mixer --as schema`,
		Args:              args(cobra.ExactArgs(1)),
		ValidArgsFunction: a.completeGraphs,
		RunE: func(c *cobra.Command, list []string) error {
			if as == "schema" {
				return a.showSchema(list[0])
			}
			form, ok := forms()[as]
			if !ok {
				return usageError{fmt.Errorf("--as is one of %s, not %q", strings.Join(formNames(), ", "), as)}
			}
			p, err := a.compile(c.Context(), list[0], &f)
			if err != nil {
				return err
			}
			return form(a.out, p)
		},
	}
	c.Flags().StringVar(&as, "as", "launch", strings.Join(formNames(), ", "))
	_ = c.RegisterFlagCompletionFunc("as", cobra.FixedCompletions(formNames(), cobra.ShellCompDirectiveNoFileComp))
	f.add(c)
	return c
}

func formNames() []string { return []string{"launch", "dot", "svg", "json", "schema"} }

func forms() map[string]func(io.Writer, *plan.Plan) error {
	return map[string]func(io.Writer, *plan.Plan) error{"launch": draw.Launch, "dot": draw.DOT, "svg": draw.SVG, "json": draw.JSON}
}

func (a *app) showSchema(name string) error {
	t, err := a.template(name)
	if err != nil {
		return err
	}
	return writeJSON(a.out, param.Schema(t.Graph(), t.Params()))
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
