package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"sluice/engine/element"
	"sluice/engine/plan"
	"sluice/engine/spec"
)

// checkNodes tells whether the nodes that flags speak of are in the graph. Their names are those of a plan without what the
// flags say; if there is none, the compiler's own complaint is worth more.
func checkNodes(t *plan.Template, in plan.Inputs, reg *element.Registry) error {
	bare := in
	bare.Given, bare.Want, bare.Keys = nil, nil, nil
	if len(in.Keys) > 0 {
		p, err := t.Resolve(bare)
		if err != nil {
			return nil //nolint:nilerr // the plan that is asked for says it, too
		}
		known := keyed(p)
		for _, name := range slices.Sorted(maps.Keys(in.Keys)) {
			if !slices.Contains(known, name) {
				return noName("--key", "the graph has no node with keys that is called", name, known)
			}
		}
	}
	if len(in.Given)+len(in.Want) == 0 {
		return nil
	}
	bare.Keys = in.Keys
	p, err := t.Resolve(bare)
	if err != nil {
		return nil //nolint:nilerr // the plan that is asked for says it, too
	}
	sources, sinks := ends(p, reg)
	if err := onSide("--given", "source", in.Given, sources, sinks, "--want"); err != nil {
		return err
	}
	return onSide("--want", "sink", in.Want, sinks, sources, "--given")
}

// onSide checks the names of one flag; those that the other flag takes are told apart from those that nobody has.
func onSide(flag, what string, named map[string][]element.Format, fit, other []string, otherFlag string) error {
	for _, name := range slices.Sorted(maps.Keys(named)) {
		switch {
		case slices.Contains(fit, name):
		case slices.Contains(other, name):
			return usageError{fmt.Errorf("%s: %q is no %s; that is for %s", flag, name, what, otherFlag)}
		default:
			return noName(flag, "the graph has no "+what, name, fit)
		}
	}
	return nil
}

// ends lists the nodes of a plan where media begins, and those where it ends.
func ends(p *plan.Plan, reg *element.Registry) (sources, sinks []string) {
	for _, n := range p.Nodes {
		e, ok := reg.Spec(n.Element)
		switch {
		case !ok:
		case len(e.In()) == 0:
			sources = append(sources, n.Name)
		case len(e.Out()) == 0:
			sinks = append(sinks, n.Name)
		}
	}
	return sources, sinks
}

// keyed lists the nodes that have an instance for each key. Without keys a plan shows them once, as "seat[{guest}]"; no other
// name has a brace.
func keyed(p *plan.Plan) []string {
	var out []string
	for _, n := range p.Nodes {
		if name, _, ok := strings.Cut(n.Name, "[{"); ok && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// noName is the usage error for a name that is not among the known.
func noName(flag, what, name string, known []string) error {
	err := fmt.Errorf("%s: %s %q", flag, what, name)
	switch near, ok := spec.Nearest(name, known); {
	case ok:
		err = fmt.Errorf("%w; did you mean %q?", err, near)
	case len(known) > 0:
		err = fmt.Errorf("%w; there are %s", err, strings.Join(known, ", "))
	}
	return usageError{err}
}
