package spec

import (
	"slices"
	"strings"
)

// attacher gives every comment of a document to an entry, so that it moves with it.
type attacher struct {
	page *page
	// toHead is set once a comment between two entries was given to the second: those after it must follow.
	toHead bool
}

// attach distributes the comments of one document, which come in the order of the file.
func (s *source) attach(p *page, comments []comment) {
	a := &attacher{page: p}
	i := 0
	for _, c := range comments {
		for ; i < len(p.order) && p.order[i].offset < c.offset; i++ {
			a.toHead = false
		}
		var last, next *entry
		if i > 0 {
			last = p.order[i-1]
		}
		if i < len(p.order) {
			next = p.order[i]
		}
		if c.alone {
			a.alone(c, last, next)
		} else {
			a.beside(c, last, next)
		}
	}
	for _, e := range p.order {
		switch above := !e.flow && s.blank(e.pos.Line-1) && e.pos.Line > 1; {
		case above && len(e.head) > 0:
			e.head = append(e.head, "")
		case above:
			e.gap = true
		}
	}
	for _, e := range slices.Backward(p.order) {
		e.lift()
	}
}

// lift moves comments above the first entry inside an item above the item, for the two begin on the same line.
func (e *entry) lift() {
	if e.key != nil || len(e.value.entries) == 0 {
		return
	}
	inner := e.value.entries[0]
	e.head, inner.head = append(e.head, inner.head...), nil
}

// alone places a comment that has its line for itself: mostly above the next entry, but one that is indented deeper than
// that belongs below what came before.
func (a *attacher) alone(c comment, last, next *entry) {
	if c.flow != nil {
		a.inBrackets(c, next)
		return
	}
	if last != nil && c.offset < last.start && !last.value.null() && !last.value.inBlock() {
		last.above(c) // between a key and its value
		return
	}
	col := 1
	if next != nil {
		col = next.pos.Col
	}
	if c.pos.Col > col && !a.toHead {
		for e := last; e != nil && e.pos.Col >= col; e = e.up {
			if e.takesFoot(c.pos.Col) {
				e.foot = below(e.foot, c)
				return
			}
		}
	}
	a.toHead = true
	a.before(c, next)
}

// takesFoot tells whether a comment at a column stands below the last line of the entry's value and belongs to it: below
// the entries of a block, or indented deeper than the key of anything else, as a comment over several lines is.
func (e *entry) takesFoot(col int) bool {
	switch {
	case e.flow:
		return false
	case e.value.inBlock():
		return e.value.entries[0].pos.Col <= col
	}
	return e.pos.Col < col && !strings.Contains(e.value.text, "\n") // below a block scalar it would become text
}

// inBrackets places a comment inside a map or list in brackets: above the next entry if that is inside too.
func (a *attacher) inBrackets(c comment, next *entry) {
	owner := a.page.owner[c.flow]
	for e := next; e != nil; e = e.up {
		if e.up == owner && next.flow {
			next.above(c)
			return
		}
	}
	if owner == nil {
		a.page.foot = below(a.page.foot, c)
		return
	}
	owner.foot = below(owner.foot, c)
}

// beside places a comment behind something: beside the innermost entry that goes on over the line's end.
func (a *attacher) beside(c comment, last, next *entry) {
	e := last
	if c.flow != nil {
		owner := a.page.owner[c.flow]
		for e != nil && e.up != owner {
			e = e.up
		}
		if e == nil || !e.flow {
			a.inBrackets(c, next)
			return
		}
	} else {
		for e != nil && e.flow {
			e = e.up
		}
	}
	switch {
	case e == nil:
		a.before(c, next)
	case e.side == "":
		e.side = c.text
	default:
		e.head = append(e.head, c.text)
	}
}

// before puts a comment above the next entry, or at the document's end.
func (a *attacher) before(c comment, next *entry) {
	if next == nil {
		a.page.foot = below(a.page.foot, c)
		return
	}
	next.above(c)
}

// above adds a comment above the entry, with the blank line above that.
func (e *entry) above(c comment) {
	if c.gap && !e.flow {
		if len(e.head) == 0 {
			e.gap = true
		} else {
			e.head = append(e.head, "")
		}
	}
	e.head = append(e.head, c.text)
}

func below(foot []string, c comment) []string {
	if c.gap {
		foot = append(foot, "")
	}
	return append(foot, c.text)
}
