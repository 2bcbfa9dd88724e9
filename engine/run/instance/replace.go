package instance

import (
	"errors"
	"strings"

	"sluice/engine/fault"
	"sluice/engine/plan"
)

// replace notes that elements failed which others can do the work of, encoders on devices that is: the next plan has those. It
// tells whether there are any. Where a whole worker went nobody knows whose doing it was, and all that are replaceable are.
func (o *owner) replace(err error) bool {
	node, all := o.culprit(err)
	found := false
	for _, p := range []*plan.Plan{o.shape.Plan(), o.latest} { // what was to be added and failed is in the latter
		for _, l := range p.Pipelines {
			for _, e := range l.Elements {
				if e.Replaceable && (all || e.Node == node) && o.roster.Spare(e.Node, e.Factory) {
					found = true
					o.log().Warn("encoder replaced from the next start on", "node", e.Node, "element", e.Factory, "err", err)
				}
			}
		}
	}
	return found
}

// culprit is the node that an error blames. all tells that it may have been any, as when a worker died or hung.
func (o *owner) culprit(err error) (node string, all bool) {
	var f *fault.Fault
	if !errors.As(err, &f) {
		return "", false
	}
	here := place(o.graph(), o.inst.id, "")
	if f.Place == here {
		return "", f.Code == fault.Lost || f.Code == fault.GstElement
	}
	return strings.TrimPrefix(f.Place, here+"/"), false
}
