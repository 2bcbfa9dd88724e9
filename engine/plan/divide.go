package plan

import (
	"slices"

	"sluice/engine/element"
)

// branch is a part of the graph that comes or goes by itself.
type branch struct{ Branch }

func (b *branch) label() string {
	if b == nil {
		return ""
	}
	return b.Name
}

// branches finds every element's branch. A lazy node takes with it the nodes that only serve it; so does a node that
// may fail alone; the instances of a keyed node are branches of their own.
func (r *resolver) branches() {
	of := map[*node]*branch{}
	for _, n := range r.nodes {
		if n.stands == nil || n.stands.stmt.warm {
			continue
		}
		b := standsIn(n)
		for _, m := range r.serving([]*node{n}) {
			of[m] = b
		}
	}
	for _, unit := range r.units() {
		n := unit[0]
		if n.keyNode != "" && !n.lazy {
			continue // its key's branch already comes and goes alone
		}
		b := &branch{Branch{Name: n.unit, Kind: Apart, OnError: n.onError}}
		if n.lazy {
			b.Kind, b.Linger, b.Key = Lazy, n.linger, n.key
		}
		for _, m := range r.serving(unit) {
			if of[m] == nil {
				of[m] = b
			}
		}
	}
	for _, e := range r.net.elems {
		if e.branch != nil {
			continue
		}
		if b := of[r.makerOf(e)]; b != nil {
			e.branch = b
		} else if e.node.keyNode != "" {
			e.branch = keyedBranch(r, e.node.key)
		}
	}
}

// makerOf is the node that an element is in. The end of a bridge is its reader's, but where it brings what stands in for another.
func (r *resolver) makerOf(e *elem) *node {
	if e.bridge != nil && e.bridge.Direction == OutOfGst && e.bridge.Fallback {
		return r.byName[e.node.name+fallbackSuffix]
	}
	return e.node
}

// units groups the nodes that are lazy or may fail alone together, in the order of the file.
func (r *resolver) units() [][]*node {
	var out [][]*node
	at := map[string]int{}
	for _, n := range r.nodes {
		if n.unit == "" || !n.lazy && n.onError != "drop" && n.onError != "restart" {
			continue
		}
		i, ok := at[n.unit]
		if !ok {
			i = len(out)
			at[n.unit], out = i, append(out, nil)
		}
		out[i] = append(out[i], n)
	}
	return out
}

// keyedBranch is the branch of a key; nil for the empty key.
func keyedBranch(r *resolver, key string) *branch {
	if key == "" {
		return nil
	}
	for _, n := range r.nodes {
		if n.key != key {
			continue
		}
		if r.keyed == nil {
			r.keyed = map[string]*branch{}
		}
		name := n.keyNode + "[" + key + "]"
		if r.keyed[name] == nil {
			b := Branch{Name: name, Kind: Keyed, Key: key, OnError: n.onError, Max: r.most[n.keyNode]}
			r.keyed[name] = &branch{b}
		}
		return r.keyed[name]
	}
	return nil
}

// branchName is the branch of a flow between two Go nodes.
func (r *resolver) branchName(from, to *node) string {
	for _, n := range []*node{to, from} {
		if n.keyNode != "" {
			return n.keyNode + "[" + n.key + "]"
		}
	}
	return ""
}

// serving lists the nodes and those that only serve them: first what they alone feed, then what feeds only those. What feeds guests, or
// is fed by them, does not serve these alone, also while there is none: it would else go to sleep with them when the last guest leaves.
func (r *resolver) serving(unit []*node) []*node {
	in := map[*node]bool{}
	for _, n := range unit {
		in[n] = true
	}
	grow := func(from func(*node) []*wire, end func(*wire) *node, back func(*node) []*wire, start func(*wire) *node, not func(*node) bool) {
		for changed := true; changed; {
			changed = false
			for m := range in {
				for _, w := range from(m) {
					x := end(w)
					if in[x] || not(x) || slices.ContainsFunc(back(x), func(o *wire) bool { return !in[start(o)] }) {
						continue
					}
					in[x], changed = true, true
				}
			}
		}
	}
	outs, ins := func(m *node) []*wire { return m.outs }, func(m *node) []*wire { return m.ins }
	to, from := func(w *wire) *node { return w.to }, func(w *wire) *node { return w.from }
	grow(outs, to, ins, from, func(x *node) bool { return x.hosts })
	grow(ins, from, outs, to, func(x *node) bool { return x.feeds })
	var out []*node
	for _, m := range r.nodes {
		if in[m] {
			out = append(out, m)
		}
	}
	return out
}

// divide groups elements into pipelines: whatever is linked inside GStreamer is one (R2).
func (r *resolver) divide() {
	parent := map[*elem]*elem{}
	var find func(*elem) *elem
	find = func(e *elem) *elem {
		p, ok := parent[e]
		if !ok || p == e {
			return e
		}
		root := find(p)
		parent[e] = root
		return root
	}
	for _, l := range r.net.links {
		a, b := find(l.from), find(l.to)
		if a != b {
			parent[b] = a
		}
	}
	// A mixer's parts stay together: with one guest, the mix for that guest is not linked to anything yet.
	together := map[*node]*elem{}
	for _, e := range r.net.elems {
		if e.Role != RolePart || !keyedPiece(e.node) {
			continue
		}
		if first, ok := together[e.node]; ok {
			parent[find(e)] = find(first)
		} else {
			together[e.node] = e
		}
	}
	groups := map[*elem]int{}
	for _, e := range r.net.elems {
		root := find(e)
		if _, ok := groups[root]; !ok {
			groups[root] = len(groups)
		}
		e.group = groups[root]
	}
}

// keyedPiece tells whether a builder made parts for keys.
func keyedPiece(n *node) bool {
	return n.piece != nil && slices.ContainsFunc(n.piece.Parts, func(p element.Part) bool { return p.Key != "" })
}

// visible is the domain that the plan shows: a conversion with nothing to do costs nothing.
func (n *node) visible() element.Domain {
	if n.piece != nil && len(n.piece.Parts) == 0 {
		return element.Go
	}
	return n.domain
}
