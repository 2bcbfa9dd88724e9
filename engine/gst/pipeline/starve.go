//go:build cgo && !nogst

package pipeline

import (
	"slices"
	"strings"

	"sluice/engine/plan"
)

// fedOnlyBy gives the elements that get media from a link and from nothing else, in the order of their names.
func (l *Pipeline) fedOnlyBy(k *plan.Link) []*elem {
	l.mu.Lock()
	defer l.mu.Unlock()
	starved := map[string]bool{k.To.Of: true}
	for grown := true; grown; {
		grown = false
		for name, e := range l.elems {
			if !starved[name] && !e.source && l.starves(name, starved, k) {
				starved[name], grown = true, true
			}
		}
	}
	if !l.starves(k.To.Of, starved, k) { // a muxer that has other inputs
		return nil
	}
	var out []*elem
	for name := range starved {
		if e := l.elems[name]; e != nil {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b *elem) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// starves tells whether all that feeds an element is starved, or the link that is never made.
func (l *Pipeline) starves(name string, starved map[string]bool, never *plan.Link) bool {
	fed := name == never.To.Of
	for _, w := range l.wires {
		feeder := w.From.Of
		if w.filter != nil && w.filter.Name == name {
			return starved[feeder]
		}
		if w.To.Of != name {
			continue
		}
		if !starved[feeder] {
			return false
		}
		fed = true
	}
	for _, k := range l.delayed {
		if k.To.Of != name {
			continue
		}
		if !starved[k.From.Of] {
			return false
		}
		fed = true
	}
	return fed
}
