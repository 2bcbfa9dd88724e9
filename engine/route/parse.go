package route

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// PatternError says what is wrong with a pattern, and where in it.
type PatternError struct {
	Offset int // bytes from the start of the pattern
	Msg    string
	Hint   string // what to write instead; may be empty
}

// Error reads "at character n: message", counting from 1.
func (e *PatternError) Error() string { return fmt.Sprintf("at character %d: %s", e.Offset+1, e.Msg) }

// ParsePattern reads a pattern such as "/live/{room}/{rest...}". The error is a *PatternError.
func ParsePattern(text string) (Pattern, error) {
	if len(text) > MaxPattern {
		return Pattern{}, bad(MaxPattern, "", "the pattern is longer than %d bytes", MaxPattern)
	}
	if !strings.HasPrefix(text, "/") {
		return Pattern{}, bad(0, "write \"/"+strings.TrimSpace(text)+"\"", "a pattern begins with \"/\"")
	}
	if i := strings.IndexFunc(text, unprintable); i >= 0 {
		return Pattern{}, bad(i, "", "white space and control characters cannot be in a pattern")
	}
	p := Pattern{text: text}
	for at := 1; at <= len(text); {
		word, _, _ := strings.Cut(text[at:], "/")
		s, err := parseSegment(word, at)
		if err == nil {
			err = p.add(s, at)
		}
		if err != nil {
			return Pattern{}, err
		}
		at += len(word) + 1
	}
	return p, nil
}

// add appends a segment after checking it against those before it.
func (p *Pattern) add(s segment, at int) error {
	if n := len(p.segments); n == MaxSegments {
		return bad(at, "", "more than %d segments", MaxSegments)
	} else if n > 0 && p.segments[n-1].kind == rest {
		return bad(at-1, "", "%q takes all the rest and must be last", p.segments[n-1])
	}
	p.segments = append(p.segments, s)
	if s.kind == literal {
		return nil
	}
	if slices.Contains(p.names, s.text) {
		return bad(at+1, "", "two captures are called %q", s.text)
	}
	if len(p.names) == MaxCaptures {
		return bad(at, "", "more than %d captures", MaxCaptures)
	}
	p.names = append(p.names, s.text)
	return nil
}

// parseSegment reads what stands between two slashes.
func parseSegment(word string, at int) (segment, error) {
	switch {
	case word == "" && at == 1:
		return segment{}, bad(at, `write "/{name...}" to take every path`, "\"/\" alone names nothing")
	case word == "":
		return segment{}, bad(at, `write "{name...}" to take what follows`, "an empty segment")
	case word == "." || word == "..":
		return segment{}, bad(at, "", "%q cannot be a segment", word)
	}
	i := strings.IndexAny(word, "{}")
	if i < 0 {
		return segment{kind: literal, text: word}, nil
	}
	if i != 0 || word[0] != '{' {
		return segment{}, bad(at+i, `a capture is the whole segment, as in "/{name}/"`, "a brace inside a segment")
	}
	name, closed := strings.CutSuffix(word[1:], "}")
	if !closed {
		return segment{}, bad(at+len(word), "", "a capture ends with \"}\" and the segment with it")
	}
	s := segment{kind: one, text: name}
	if short, ok := strings.CutSuffix(name, "..."); ok {
		s = segment{kind: rest, text: short}
	}
	if !isName(s.text) {
		return segment{}, bad(at+1, "use small letters, digits and _, a letter first", "%q cannot name a capture", s.text)
	}
	return s, nil
}

// isName tells whether s is [a-z][a-z0-9_]*.
func isName(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (i == 0 || c != '_' && (c < '0' || c > '9')) {
			return false
		}
	}
	return s != ""
}

func unprintable(r rune) bool {
	return r == utf8.RuneError || unicode.IsSpace(r) || unicode.IsControl(r)
}

func bad(at int, hint, format string, args ...any) *PatternError {
	return &PatternError{Offset: at, Msg: fmt.Sprintf(format, args...), Hint: hint}
}
