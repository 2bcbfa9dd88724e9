package plan

import (
	"errors"
	"slices"

	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/media"
)

// leftOut is an optional link that is left out for one kind of media, because a node behind it can do nothing with what comes. As an
// error it says so of a link that is still there.
type leftOut struct {
	edge     *edge
	from, to string
	kind     media.Kind
	why      *fault.Fault
}

func (l *leftOut) Error() string { return l.why.Error() }

// unbuilt is the fault of a node whose builder failed: a *leftOut, if that lies at one input and what brings this may be missing.
func (r *resolver) unbuilt(n *node, err error) error {
	var unable *element.Unable
	if !errors.As(err, &unable) {
		return r.wrong(fault.CodeOf(err), n.name, "%s", message(err)).Advise("%s", hint(err))
	}
	why := r.wrong(unable.Why.Code, n.name, "%s", unable.Why.Msg).Advise("%s", unable.Why.Hint)
	i := slices.IndexFunc(n.ins, func(w *wire) bool { return w.toPort.Name == unable.Port && !w.fallback })
	if i < 0 {
		return why
	}
	for w := n.ins[i]; ; w = w.from.ins[0] {
		if w.optional {
			return &leftOut{edge: w.edge, from: w.from.name, to: w.to.name, kind: w.kind, why: why}
		}
		if len(w.from.ins) != 1 {
			return why
		}
	}
}

// leaves tells whether a wiring is left out for a kind.
func (r *resolver) leaves(w *wiring, k media.Kind) bool {
	return slices.ContainsFunc(r.without, func(l *leftOut) bool {
		return l.edge == w.edge && l.from == w.from.name && l.to == w.to.name && l.kind == k
	})
}

// omitted writes down what is left out. A node of which nothing is left is refused: it would seem to be there and never be seen or
// heard.
func (r *resolver) omitted() error {
	for _, l := range r.without {
		if n := r.byName[l.from]; n == nil || len(n.outs) == 0 {
			return l.why
		}
		r.plan.Omitted = append(r.plan.Omitted, Omission{From: l.from, Kind: l.kind, Why: l.why.Msg})
	}
	return nil
}
