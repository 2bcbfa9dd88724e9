package plan

import (
	"cmp"
	"slices"

	"sluice/engine/element"
	"sluice/engine/fault"
	"sluice/engine/param"
)

// edge makes the wirings of one written edge: one for each instance of the repeated node it touches.
func (r *resolver) edge(e *edge, ends scopeEnds, scope param.Scope) error {
	r.knowHosts(e, ends)
	over := repeatedNode(e, ends)
	if over == "" {
		return r.join(e, ends, scope, "")
	}
	for _, inst := range ends[over] {
		if err := r.join(e, ends, scope, inst.label); err != nil {
			return err
		}
	}
	return nil
}

// repeatedNode is the `each` node that an edge touches by name or by key; "" if none.
func repeatedNode(e *edge, ends scopeEnds) string {
	for _, name := range []string{e.from.node, e.to.node, e.from.key, e.to.key} {
		if list := ends[name]; len(list) > 1 || len(list) == 1 && list[0].label != "" {
			return name
		}
		if list, ok := ends[name]; ok && len(list) == 0 {
			return name // repeated, but there is none yet: no wiring
		}
	}
	return ""
}

// join makes one wiring.
func (r *resolver) join(e *edge, ends scopeEnds, scope param.Scope, label string) error {
	w := &wiring{edge: e, optional: e.from.optional || e.to.optional, fallback: e.fallback}
	for _, c := range e.caps {
		v, err := c.Eval(scope)
		if err != nil {
			return broken(e.pos, "caps: %v", err)
		}
		w.caps = append(w.caps, textOf(v))
	}
	for _, a := range e.pad {
		v, err := a.expr.Eval(scope)
		if err != nil {
			return broken(a.pos, "pad %s: %v", a.name, err)
		}
		w.pad = append(w.pad, setting(a.name, v))
	}
	var err error
	if w.queue, err = evalQueue(e.queue, scope); err != nil {
		return broken(e.pos, "queue: %v", err)
	}
	from, err := r.targets(e, e.from, ends, label)
	if err != nil {
		return err
	}
	to, err := r.targets(e, e.to, ends, label)
	if err != nil {
		return err
	}
	from, to = r.sidesOf(from, element.Source), r.sidesOf(to, element.Sink)
	for _, f := range from {
		for _, t := range to {
			c := *w
			c.from, c.fromPad, c.fromKey = f.node, f.pad, keyed(e.from, label)
			c.to, c.toPad, c.toKey = t.node, t.pad, keyed(e.to, label)
			c.try = len(from)*len(to) > 1
			r.edges = append(r.edges, &c)
		}
	}
	return nil
}

// sidesOf keeps the targets that lie on the right side of their nodes: a fragment may export both sources and sinks.
func (r *resolver) sidesOf(list []target, d element.Dir) []target {
	if len(list) < 2 {
		return list
	}
	return slices.DeleteFunc(list, func(t target) bool { return !t.on(d) || t.on(opposite(d)) && r.joined(t, d) })
}

// on tells whether the pad lies on a side of its node. That of a conversion lies on both.
func (t target) on(d element.Dir) bool {
	return slices.ContainsFunc(t.node.spec.Ports, func(p element.Port) bool { return p.Dir == d && p.Matches(t.pad) })
}

// joined tells whether the pad is linked on that side already, inside its fragment: so the other side is what is exported.
func (r *resolver) joined(t target, d element.Dir) bool {
	return slices.ContainsFunc(r.edges, func(w *wiring) bool {
		if d == element.Sink {
			return w.to == t.node && (w.toPad == "" || w.toPad == t.pad)
		}
		return w.from == t.node && (w.fromPad == "" || w.fromPad == t.pad)
	})
}

func opposite(d element.Dir) element.Dir {
	if d == element.Sink {
		return element.Source
	}
	return element.Sink
}

// keyed is the key of an end written as minus[seat].
func keyed(e end, label string) string {
	if e.key != "" {
		return label
	}
	return ""
}

// targets finds the flattened pads that one end means. A fragment without a pad means all its exports.
func (r *resolver) targets(e *edge, at end, ends scopeEnds, label string) ([]target, error) {
	list, ok := ends[at.node]
	if !ok {
		return nil, broken(e.pos, "there is no node %q", at.node)
	}
	for _, inst := range list {
		if inst.label != "" && inst.label != label {
			continue
		}
		if inst.node != nil {
			return []target{{inst.node, at.pad}}, nil
		}
		if at.pad != "" {
			t, ok := inst.exports[at.pad]
			if !ok || t.node == nil {
				return nil, broken(e.pos, "%q exports no %q", at.node, at.pad)
			}
			return []target{t}, nil
		}
		return exportsOf(inst), nil
	}
	return nil, fault.New(fault.Internal, e.pos.String(), "node %q has no instance %q", at.node, label)
}

// exportsOf lists an instance's exports in the order of their nodes in the file, so that plans are deterministic.
func exportsOf(inst instance) []target {
	var out []target
	for _, t := range inst.exports {
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b target) int {
		return cmp.Or(cmp.Compare(a.node.rank, b.node.rank), cmp.Compare(a.pad, b.pad))
	})
	return out
}
