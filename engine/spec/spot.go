package spec

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// spot knows where the characters of a scalar stand in the file, so that an error inside a chain or a node's text points
// at the part that is wrong. Scalars of several lines only know where they begin.
type spot struct {
	text  string
	pos   Pos
	cols  []int // for every byte of text and its end; nil if the text stands in the file as it is
	blunt bool  // only the start is known

	seen, seenCol int // the byte last asked for, and the characters before it
}

func (w *walker) spot(n *yaml.Node) spot {
	s := spot{text: n.Value, pos: w.at(n)}
	raw := w.src.text[w.src.offset(n.Line, n.Column):]
	switch {
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle|yaml.TaggedStyle) != 0:
		s.blunt = true
	case n.Style&yaml.SingleQuotedStyle != 0:
		s.unquote(raw, singleQuoted)
	case n.Style&yaml.DoubleQuotedStyle != 0:
		s.unquote(raw, doubleQuoted)
	default:
		s.blunt = !strings.HasPrefix(raw, n.Value)
	}
	return s
}

// at gives the place of a byte of the text.
func (s *spot) at(offset int) Pos {
	p := s.pos
	offset = min(offset, len(s.text))
	switch {
	case s.blunt:
	case s.cols != nil:
		p.Col += s.cols[offset]
	default:
		if offset < s.seen {
			s.seen, s.seenCol = 0, 0
		}
		s.seenCol += utf8.RuneCountInString(s.text[s.seen:offset])
		s.seen = offset
		p.Col += s.seenCol
	}
	return p
}

// unquote fills cols by reading the quoted text again. step gives how many bytes the first character takes in the file and
// what it stands for.
func (s *spot) unquote(raw string, step func(string) (int, rune)) {
	cols := make([]int, len(s.text)+1)
	col, from := 1, 1
	for i, want := range s.text {
		if from >= len(raw) {
			s.blunt = true
			return
		}
		size, got := step(raw[from:])
		if got != want {
			s.blunt = true // folded, or an escape that step does not know
			return
		}
		for k := range utf8.RuneLen(want) {
			cols[i+k] = col
		}
		col += utf8.RuneCountInString(raw[from : from+size])
		from += size
	}
	cols[len(s.text)] = col
	s.cols = cols
}

func singleQuoted(raw string) (int, rune) {
	if strings.HasPrefix(raw, "''") {
		return 2, '\''
	}
	c, size := utf8.DecodeRuneInString(raw)
	return size, c
}

func doubleQuoted(raw string) (int, rune) {
	if raw[0] != '\\' || len(raw) < 2 {
		c, size := utf8.DecodeRuneInString(raw)
		return size, c
	}
	digits := 0
	switch raw[1] {
	case '"', '\\', ' ':
		return 2, rune(raw[1])
	case 'n':
		return 2, '\n'
	case 't':
		return 2, '\t'
	case 'x':
		digits = 2
	case 'u':
		digits = 4
	case 'U':
		digits = 8
	}
	if digits == 0 || len(raw) < 2+digits {
		return 1, utf8.RuneError
	}
	c, err := strconv.ParseUint(raw[2:2+digits], 16, 32)
	if err != nil {
		return 1, utf8.RuneError
	}
	return 2 + digits, rune(c)
}
