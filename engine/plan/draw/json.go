package draw

import (
	"encoding/json"
	"io"
	"slices"

	"sluice/engine/plan"
)

// JSON prints the whole plan, indented, with a newline at its end. Errors are the writer's.
func JSON(w io.Writer, p *plan.Plan) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(discreet(p))
}

// discreet copies what holds settings, so that a secret's text is stars even in a plan that somebody put together by
// hand.
func discreet(p *plan.Plan) *plan.Plan {
	out := *p
	out.Nodes = slices.Clone(p.Nodes)
	for i := range out.Nodes {
		out.Nodes[i].Settings = starred(out.Nodes[i].Settings)
	}
	out.Pipelines = slices.Clone(p.Pipelines)
	for i := range out.Pipelines {
		l := &out.Pipelines[i]
		l.Elements, l.Links = slices.Clone(l.Elements), slices.Clone(l.Links)
		for k := range l.Elements {
			l.Elements[k].Props = starred(l.Elements[k].Props)
		}
		for k := range l.Links {
			l.Links[k].PadProps = starred(l.Links[k].PadProps)
		}
	}
	return &out
}

func starred(list []plan.Setting) []plan.Setting {
	out := slices.Clone(list)
	for i := range out {
		out[i].Text = shown(out[i])
	}
	return out
}
