// Package route decides which graph answers an event: patterns over paths, conditions on variables, precedence, and
// the conflicts between graphs, found before anything runs. It raises no events, starts nothing and knows no event
// by name; that an event exists and which variables it declares is checked by lint.
package route

import (
	"iter"
	"strings"
)

// The limits of a pattern and of the paths matched against it. Paths beyond MaxPath match nothing.
const (
	MaxPattern  = 512  // bytes of a pattern
	MaxSegments = 32   // segments of a pattern
	MaxCaptures = 8    // captures of a pattern: a match holds them in an array of this size
	MaxPath     = 4096 // bytes of a path
)

// kind is what a segment of a pattern takes. The order is the order of precedence.
type kind uint8

const (
	literal kind = iota // exactly this text
	one                 // {x}: one segment, not empty
	rest                // {x...}: all that is left, perhaps nothing, slashes included
)

// segment is one piece of a pattern; text is the literal, or the capture's name.
type segment struct {
	kind kind
	text string
}

// String writes the segment as in the pattern.
func (s segment) String() string {
	switch s.kind {
	case one:
		return "{" + s.text + "}"
	case rest:
		return "{" + s.text + "...}"
	}
	return s.text
}

// Pattern is a parsed path pattern. It is immutable and safe for concurrent use. The zero Pattern stands for "no
// path" and matches nothing.
type Pattern struct {
	text     string
	segments []segment
	names    []string // of the captures, in order
}

// String is the pattern as written.
func (p Pattern) String() string { return p.text }

// IsZero tells whether there is no path at all, as in a route that is only an event ("boot").
func (p Pattern) IsZero() bool { return len(p.segments) == 0 }

// Rooted tells whether the first segment is a word, and no capture.
func (p Pattern) Rooted() bool { return len(p.segments) > 0 && p.segments[0].kind == literal }

// Names lists the captures in the order of the pattern.
func (p Pattern) Names() []string { return append([]string(nil), p.names...) }

// Match tests a path and gives what the captures took. A path starts with "/". As in net/http.ServeMux, "{x...}"
// takes an empty rest ("/a/" but not "/a" matches "/a/{x...}"), "{x}" takes no empty segment, and a path with a "."
// or ".." segment matches nothing. Nothing is percent-decoded: that is the door's work.
func (p Pattern) Match(path string) (Captures, bool) {
	c := Captures{names: p.names}
	if p.IsZero() || !routable(path) {
		return Captures{}, false
	}
	taken := 0
	for _, s := range p.segments {
		if path == "" {
			return Captures{}, false
		}
		if s.kind == rest {
			c.values[taken] = path[1:]
			return c, true
		}
		var head string
		head, path = cut(path)
		switch {
		case head == "" || s.kind == literal && head != s.text:
			return Captures{}, false
		case s.kind == one:
			c.values[taken] = head
			taken++
		}
	}
	if path != "" {
		return Captures{}, false
	}
	return c, true
}

// cut takes the first segment off a path that starts with "/". What remains is empty or starts with "/".
func cut(path string) (head, tail string) {
	if i := strings.IndexByte(path[1:], '/'); i >= 0 {
		return path[1 : i+1], path[i+1:]
	}
	return path[1:], ""
}

// routable tells whether a path may match at all: it is rooted, of bearable length, and has no "." or ".." segment,
// which a capture could carry into a file name.
func routable(path string) bool {
	if path == "" || path[0] != '/' || len(path) > MaxPath {
		return false
	}
	for i := 0; ; {
		j := strings.Index(path[i:], "/.")
		if j < 0 {
			return true
		}
		i += j + 1
		if head, _, _ := strings.Cut(path[i:], "/"); head == "." || head == ".." {
			return false
		}
	}
}

// Captures is what a pattern's captures took from a path. It is a value without pointers to anything mutable.
type Captures struct {
	names  []string
	values [MaxCaptures]string
}

// Len is the number of captures.
func (c Captures) Len() int { return len(c.names) }

// Value finds a capture by name. With it, Captures can serve as Vars.
func (c Captures) Value(name string) (string, bool) {
	for i, n := range c.names {
		if n == name {
			return c.values[i], true
		}
	}
	return "", false
}

// All gives names and values in the order of the pattern.
func (c Captures) All() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for i, n := range c.names {
			if !yield(n, c.values[i]) {
				return
			}
		}
	}
}
