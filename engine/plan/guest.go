package plan

import (
	"slices"

	"sluice/engine/element"
)

// knowGuests marks the ends of edges at nodes whose instances come and go.
func (m *module) knowGuests() {
	guests := func(name string) bool {
		return slices.ContainsFunc(m.stmts, func(s *stmt) bool { return s.name == name && s.each != nil && s.each.list == nil })
	}
	for i := range m.edges {
		e := &m.edges[i]
		e.from.guests, e.to.guests = guests(e.from.node), guests(e.to.node)
	}
}

// knowHosts marks the nodes that an edge joins to guests, whether or not there are any: what always runs must not depend on who is
// there.
func (r *resolver) knowHosts(e *edge, ends scopeEnds) {
	if e.from.guests == e.to.guests {
		return
	}
	if e.to.guests {
		for _, n := range nodesAt(e.from, ends, element.Source) {
			n.feeds = true
		}
		return
	}
	for _, n := range nodesAt(e.to, ends, element.Sink) {
		n.hosts = true
	}
}

// nodesAt lists the nodes that one end of an edge may mean, in all copies.
func nodesAt(at end, ends scopeEnds, d element.Dir) []*node {
	var out []*node
	for _, inst := range ends[at.node] {
		if inst.node != nil {
			out = append(out, inst.node)
			continue
		}
		for pad, t := range inst.exports {
			if t.node != nil && (at.pad == pad || at.pad == "" && t.on(d)) {
				out = append(out, t.node)
			}
		}
	}
	return out
}
