package describe

import (
	"slices"

	"sluice/api/rest/wire"
	"sluice/engine/plan"
	"sluice/engine/run/instance"
)

// Worked fills in of a conversion what the pipeline does that makes it: which elements, and what they cost.
func Worked(c *wire.Conversion, i *instance.Instance) {
	s := i.Status()
	c.Elements, c.Cost, c.Busy = Workers(i.Plan()), s.Cost, s.Busy
}

// Workers are the elements of GStreamer in a plan that do something to media, in the order of the plan; what only passes it on is left out.
func Workers(p *plan.Plan) []string {
	passes := []string{"appsrc", "appsink", "queue", "tee", "capsfilter", "identity"}
	var out []string
	for _, l := range p.Pipelines {
		for _, e := range l.Elements {
			if !slices.Contains(passes, e.Factory) {
				out = append(out, e.Factory)
			}
		}
	}
	return out
}
