package route

import (
	"fmt"
	"slices"
)

// Candidate is one route whose path matches, and why it stands where it does.
type Candidate struct {
	Entry    *Entry
	Captures Captures
	Why      string
}

// Explain lists the routes of an event whose path matches, the winner first. Conditions are not tested but named:
// the first candidate whose conditions hold is taken.
func (t *Table) Explain(event, path string) []Candidate {
	tree := t.trees[event]
	if tree == nil || !routable(path) {
		return nil
	}
	var out []Candidate
	tree.each(path, func(l *leaf) {
		for _, e := range l.all() {
			c, _ := e.Pattern.Match(path)
			out = append(out, Candidate{Entry: e, Captures: c})
		}
	})
	for i := range out {
		if i == 0 {
			out[i].Why = "the most specific path"
		} else {
			out[i].Why = because(out[i-1].Entry, out[i].Entry)
		}
		if len(out) == 1 {
			out[i].Why = "the only route that matches"
		}
		if len(out[i].Entry.Where) > 0 {
			out[i].Why += "; taken if its conditions hold"
		}
	}
	return out
}

// because says why an entry stands behind the winner before it.
func because(winner, e *Entry) string {
	switch winner.Compare(e) {
	case Equivalent, Overlaps:
		return "in conflict with the one above: neither is more specific"
	}
	a, b := winner.Pattern.segments, e.Pattern.segments
	at := 0
	for at < len(a) && at < len(b) && compareOrder(a[at], b[at]) == 0 {
		at++
	}
	switch {
	case at < len(a) && at < len(b):
		return fmt.Sprintf("segment %d, %s, is wider than %s", at+1, b[at], a[at])
	case len(e.Where) == 0:
		return "the same path without conditions"
	case slices.EqualFunc(winner.Where, e.Where, func(c, d Condition) bool { return c.Name == d.Name }):
		return "the same path, with more values allowed"
	}
	return "the same path, with other conditions"
}
