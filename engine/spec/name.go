package spec

import "strings"

// isName tells whether s can name a node, parameter or export: a letter, then letters, digits and "_".
func isName(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter, other := c >= 'a' && c <= 'z', c >= '0' && c <= '9' || c == '_'
		if !letter && (i == 0 || !other) {
			return false
		}
	}
	return s != ""
}

// isSegment tells whether s can be one part of a graph's name.
func isSegment(s string) bool {
	for i := range len(s) {
		c := s[i]
		plain, joins := c >= 'a' && c <= 'z' || c >= '0' && c <= '9', c == '_' || c == '-'
		if !plain && (i == 0 || !joins) {
			return false
		}
	}
	return s != ""
}

// isGraphName tells whether s can name a graph: parts with "/" between them.
func isGraphName(s string) bool {
	for part := range strings.SplitSeq(s, "/") {
		if !isSegment(part) {
			return false
		}
	}
	return true
}

// checkName reports a name of a node, parameter or export that is not spelt as names are.
func (w *walker) checkName(t Text, what string) bool {
	if isName(t.Text) {
		return true
	}
	d := w.errorf(t.Pos, CodeBadName, "%q cannot name a %s: a letter a-z, then a-z, 0-9 and _", short(t.Text), what)
	if better := strings.Map(nameLetter, strings.ToLower(t.Text)); isName(better) {
		d.Advise("write %q", better)
	}
	return false
}

func nameLetter(c rune) rune {
	if c == '-' || c == '.' || c == ' ' || c == '/' {
		return '_'
	}
	return c
}
