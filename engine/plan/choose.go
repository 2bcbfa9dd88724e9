package plan

import (
	"slices"

	"sluice/engine/element"
	"sluice/engine/fault"
)

// chooser is who picks the elements of a node: that of the registry, but for those that failed there.
func (r *resolver) chooser(n *node) element.Chooser {
	c := r.tmpl.reg.Chooser()
	if without := r.in.Without[n.name]; c != nil && len(without) > 0 {
		return sparing{c, without}
	}
	return c
}

// sparing leaves out elements as long as there are others.
type sparing struct {
	element.Chooser
	without []string
}

// Choose implements element.Chooser.
func (s sparing) Choose(among []string) (string, error) {
	left := slices.DeleteFunc(slices.Clone(among), func(name string) bool { return slices.Contains(s.without, name) })
	if len(left) == 0 {
		left = among
	}
	return s.Chooser.Choose(left)
}

// permitted refuses a plan with an element that is not to be used here.
func (r *resolver) permitted() error {
	for _, e := range r.net.elems {
		if err := r.tmpl.reg.Refuse(e.Factory); err != nil {
			return r.wrong(fault.CodeOf(err), e.node.name, "%s", message(err)).Advise("%s", hint(err))
		}
	}
	return nil
}
