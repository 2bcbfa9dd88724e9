package plan

import (
	"maps"
	"slices"

	"sluice/engine/fault"
)

// reset gives a node the values that were set while media flows, in place of those that the graph has.
func (r *resolver) reset(n *node) error {
	fields := r.in.Set[n.name]
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		f, ok := n.spec.Field(name)
		if !ok {
			return r.wrong(fault.InvalidParams, n.name, "%q has no field %q", n.spec.Name, name)
		}
		if !f.Live {
			return r.wrong(fault.InvalidParams, n.name, "%q cannot be changed while media flows", name).
				Advise("change it in the graph, or stop the instance and start it with another value")
		}
		v, err := f.Constraint.Accept(fields[name])
		if err != nil {
			return r.wrong(fault.InvalidParams, n.name, "%s: %v", name, err)
		}
		n.conf[name] = v
		s := setting(name, v)
		if i := slices.IndexFunc(n.settings, func(o Setting) bool { return o.Name == name }); i >= 0 {
			n.settings[i] = s
		} else {
			n.settings = append(n.settings, s)
		}
	}
	return nil
}

// knowSet refuses values for nodes that are not there.
func (r *resolver) knowSet() error {
	for _, name := range slices.Sorted(maps.Keys(r.in.Set)) {
		if r.byName[name] == nil {
			return r.wrong(fault.InvalidParams, name, "there is no node %q whose fields can be set", name)
		}
	}
	return nil
}
