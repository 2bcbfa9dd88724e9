package plan

import (
	"slices"
	"strings"

	"sluice/engine/element"
)

// partBranch is the branch of a part of a built node; nil for one that is always there.
func (r *resolver) partBranch(n *node, p element.Part) *branch {
	b := keyedBranch(r, p.Key)
	if p.Apart == "" {
		return b
	}
	name := n.name + "/" + p.Apart
	if b != nil {
		name = b.Name + "/" + name
	}
	if r.apart == nil {
		r.apart = map[string]*branch{}
	}
	if r.apart[name] == nil {
		r.apart[name] = &branch{Branch{Name: name, Kind: Apart, OnError: "drop"}}
	}
	return r.apart[name]
}

// absentKeys are the keys whose links to a node bring nothing, sorted: all that they could come from has turned out not to be
// there.
func (r *resolver) absentKeys(n *node) []string {
	var out []string
	for _, w := range r.edges {
		k := branchKey(w.from, n)
		if w.to != n || k == "" || strings.HasPrefix(k, "{") || slices.Contains(out, k) {
			continue
		}
		if !slices.ContainsFunc(n.ins, func(i *wire) bool { return branchKey(i.from, n) == k }) {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}

// Loose tells whether nothing of a change touches what always plays: the elements that come and go are in branches that may
// be away, and so is an end of each link.
func (d Diff) Loose(from, to *Pipeline) bool {
	apart := func(p *Pipeline, list []Element, links []Link) bool {
		away := func(of string) bool {
			i := slices.IndexFunc(p.Elements, func(e Element) bool { return e.Name == of })
			return i >= 0 && slices.ContainsFunc(p.Branches, func(b Branch) bool { return b.Kind == Apart && b.Name == p.Elements[i].Branch })
		}
		return !slices.ContainsFunc(list, func(e Element) bool { return !away(e.Name) }) &&
			!slices.ContainsFunc(links, func(l Link) bool { return !away(l.From.Of) && !away(l.To.Of) })
	}
	return apart(from, d.Gone, d.Cut) && apart(to, d.Come, d.Made)
}
