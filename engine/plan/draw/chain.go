package draw

import "sluice/engine/plan"

// chain is a list of links, each of which begins at the element where the one before it ends.
type chain []*plan.Link

// chains puts links into reading order: along the flow from each source, then from each fork on the way. Every link is
// in one chain. A link from a named pad begins a chain, as in a graph's own text.
func chains(elements []plan.Element, links []*plan.Link) []chain {
	t := threader{out: map[string][]*plan.Link{}, used: map[*plan.Link]bool{}}
	fed := map[string]bool{}
	for _, l := range links {
		t.out[l.From.Of] = append(t.out[l.From.Of], l)
		fed[l.To.Of] = true
	}
	for i := range elements {
		if name := elements[i].Name; !fed[name] {
			t.walk(name)
		}
	}
	for _, l := range links { // what is left begins nowhere: it goes round in circles
		t.walk(l.From.Of)
	}
	return t.chains
}

type threader struct {
	out    map[string][]*plan.Link
	used   map[*plan.Link]bool
	chains []chain
}

// walk follows every link that leaves an element, each with all that leaves the elements on its way.
func (t *threader) walk(name string) {
	for _, l := range t.out[name] {
		if t.used[l] {
			continue
		}
		c := t.follow(l)
		t.chains = append(t.chains, c)
		for _, l := range c {
			t.walk(l.To.Of)
		}
	}
}

// follow goes on from a link as long as the way is plain.
func (t *threader) follow(l *plan.Link) chain {
	t.used[l] = true
	out := chain{l}
	for {
		next := t.plain(l.To.Of)
		if next == nil {
			return out
		}
		t.used[next] = true
		out, l = append(out, next), next
	}
}

// plain is the first link from an element that is not used yet, if it begins at no pad in particular.
func (t *threader) plain(name string) *plan.Link {
	for _, l := range t.out[name] {
		if !t.used[l] {
			if l.From.Name != "" {
				return nil
			}
			return l
		}
	}
	return nil
}
