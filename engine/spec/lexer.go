package spec

import "strings"

// lexer reads one of the language's short forms: a node's text, a chain, a route.
type lexer struct {
	w    *walker
	spot spot
	i    int
	code string // of the errors it reports
}

// maxShort bounds a short form; what is longer has a long form.
const maxShort = 8 << 10

// lex begins to read a short form. It tells whether the text has a sensible length.
func (w *walker) lex(s spot, code string) (*lexer, bool) {
	l := &lexer{w: w, spot: s, code: code}
	if len(s.text) > maxShort {
		l.fail(0, "the text has %d bytes, more than %d", len(s.text), maxShort).Advise("use the long form, or several items")
		return l, false
	}
	return l, true
}

// rest is what is still to be read.
func (l *lexer) rest() string { return l.spot.text[l.i:] }

func (l *lexer) done() bool { return l.i >= len(l.spot.text) }

// peek gives the next byte, or 0 at the end.
func (l *lexer) peek() byte {
	if l.done() {
		return 0
	}
	return l.spot.text[l.i]
}

// skip passes blanks.
func (l *lexer) skip() {
	for !l.done() && isBlank(l.peek()) {
		l.i++
	}
}

// take passes bytes as long as they fit and gives them.
func (l *lexer) take(fits func(c byte) bool) string {
	start := l.i
	for !l.done() && fits(l.peek()) {
		l.i++
	}
	return l.spot.text[start:l.i]
}

// accept passes a text if it comes next.
func (l *lexer) accept(text string) bool {
	if !strings.HasPrefix(l.rest(), text) {
		return false
	}
	l.i += len(text)
	return true
}

// fail reports an error at a byte of the text.
func (l *lexer) fail(at int, format string, args ...any) *Diagnostic {
	return l.w.errorf(l.spot.at(at), l.code, format, args...)
}

// word gives the text up to the next blank, for messages.
func (l *lexer) word() string {
	end := strings.IndexAny(l.rest(), " \t\n")
	if end < 0 {
		end = len(l.rest())
	}
	return short(l.rest()[:end])
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' }

func isAlnum(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

func isNameByte(c byte) bool { return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_' }
