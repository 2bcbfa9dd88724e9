package cause

import "slices"

// Way is what an element feeds, and whether that was told a format.
type Way[E comparable] struct {
	To   E
	Told bool
}

// Culprit finds, from the element that posts the error on, one that was told a format and gave none on, on whichever way behind a
// fork. One with several inputs may just wait for the others, and is blamed only if nobody else is there. tee tells which
// elements give the same to all.
func Culprit[E comparable](from E, ways map[E][]Way[E], tee func(E) bool) E {
	waits, seen := from, map[E]bool{from: true}
	for next := []E{from}; len(next) > 0; next = next[1:] {
		at, told := next[0], false
		for _, w := range ways[at] {
			if !w.Told && tee(at) {
				return w.To // this one did not take it
			}
			told = told || w.Told
			if w.Told && !seen[w.To] {
				seen[w.To] = true
				next = append(next, w.To)
			}
		}
		switch {
		case told || len(ways[at]) == 0: // or a sink that took the format
		case untold(at, ways):
			waits = at
		default:
			return at
		}
	}
	return waits
}

// untold tells whether an element has an input that was told no format yet.
func untold[E comparable](e E, ways map[E][]Way[E]) bool {
	for _, list := range ways {
		if slices.ContainsFunc(list, func(w Way[E]) bool { return w.To == e && !w.Told }) {
			return true
		}
	}
	return false
}
