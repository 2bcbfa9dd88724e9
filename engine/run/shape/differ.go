package shape

import (
	"reflect"
	"slices"

	"sluice/engine/element"
	"sluice/engine/plan"
)

// Differ tells whether there is something about a plan's values that concerns GStreamer.
func Differ(from, to *plan.Plan) bool {
	if !reflect.DeepEqual(from.Pipelines, to.Pipelines) {
		return true
	}
	return !slices.EqualFunc(from.Nodes, to.Nodes, func(a, b plan.Node) bool {
		return a.Domain != element.Gst || slices.Equal(a.Settings, b.Settings)
	})
}
