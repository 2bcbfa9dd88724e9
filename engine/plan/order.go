package plan

import (
	"slices"
	"strings"

	"sluice/engine/element"
	"sluice/engine/fault"
)

// placeFallbacks puts a conversion between a fallback and the node it stands in for, so that viewers, who negotiated
// once, get the codecs they already have. Where the codecs are the same it turns out to have nothing to do.
func (r *resolver) placeFallbacks() error {
	conv, ok := r.tmpl.reg.Spec("convert")
	var out []*wiring
	for _, w := range r.edges {
		if !w.fallback {
			out = append(out, w)
			continue
		}
		if !ok {
			return r.wrong(fault.ElementUnavailable, w.to.name, "a fallback needs the element \"convert\"")
		}
		name := w.to.name + fallbackSuffix
		n := r.byName[name]
		if n == nil {
			n = &node{
				name: name, spec: conv, conf: element.Conf{}, domain: conv.Domain, rank: len(r.nodes),
				stmt:   &stmt{name: "fallback", spec: conv, about: "brings what plays meanwhile into the codecs its viewers have"},
				stands: w.to,
			}
			r.nodes = append(r.nodes, n)
			r.byName[name] = n
			out = append(out, &wiring{edge: w.edge, from: n, to: w.to, fallback: true})
		}
		c := *w
		c.to, c.toPad, c.fallback, c.try = n, "", false, true
		out = append(out, &c)
	}
	r.edges = out
	return nil
}

// order sorts the nodes so that media flows from first to last, keeping the file's order where it may. A circle is an
// error: media may come back only through the hub.
func (r *resolver) order() error {
	waits := map[*node]int{}
	next := map[*node][]*node{}
	depend := func(from, to *node) {
		waits[to]++
		next[from] = append(next[from], to)
	}
	for _, w := range r.edges {
		w.to.fed = true
		depend(w.from, w.to)
		if w.to.stands != nil { // it needs to know what it stands in for
			for _, m := range r.edges {
				if m.to == w.to.stands && !m.fallback {
					depend(m.from, w.to)
				}
			}
		}
	}
	var out []*node
	left := slices.Clone(r.nodes)
	for len(left) > 0 {
		i := slices.IndexFunc(left, func(n *node) bool { return waits[n] == 0 })
		if i < 0 {
			var names []string
			for _, n := range left {
				names = append(names, n.name)
			}
			return r.wrong(fault.LintFailed, left[0].name, "these nodes form a circle: %s", strings.Join(names, ", "))
		}
		n := left[i]
		left = slices.Delete(left, i, i+1)
		out = append(out, n)
		for _, m := range next[n] {
			waits[m]--
		}
	}
	r.nodes = out
	return nil
}
