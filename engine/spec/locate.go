package spec

import (
	"errors"
	"io"
	"sort"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// maxLocate bounds the files that are read again to find the exact place of an error.
const maxLocate = 64 << 10

// problem finds where yaml.v3 stopped, which it does not tell: the end of the shortest beginning of the file that fails with
// the same message.
func (w *walker) problem(line int, msg string) Pos {
	text := w.src.text
	if len(text) > maxLocate {
		return w.lineStart(max(line, 1))
	}
	lines := w.src.lines
	n := 1 + sort.Search(len(lines)-1, func(i int) bool { return failure(text[:lines[i+1]]) == msg })
	start, wrong := lines[n-1], w.src.line(n)
	ends := make([]int, 0, len(wrong)) // of the line's characters
	for i, c := range wrong {
		ends = append(ends, i+utf8.RuneLen(c))
	}
	col := 1 + sort.Search(len(ends), func(i int) bool { return failure(text[:start+ends[i]]) == msg })
	return Pos{w.src.file, n, col}
}

// failure gives the message with which yaml.v3 refuses a text, or "".
func failure(text string) string {
	dec := yaml.NewDecoder(strings.NewReader(text))
	for {
		_, err := next(dec)
		if errors.Is(err, io.EOF) {
			return ""
		}
		if err != nil {
			_, msg := splitMessage(err)
			return msg
		}
	}
}

// lineStart is the first character of a line that is not a space; of the last line, if the file has no line n.
func (w *walker) lineStart(n int) Pos {
	n = min(n, len(w.src.lines))
	line := w.src.line(n)
	return Pos{w.src.file, n, 1 + len(line) - len(strings.TrimLeft(line, " "))}
}

// opening finds the bracket on line n that begins a map or list, or the "?" behind it: YAML 1.1 ends a text in brackets at
// "?", which surprises people who write an address or an optional pad there. Without a bracket on line n it is on the first:
// yaml.v3 then names the line where it gave up.
func (w *walker) opening(n int) Pos {
	for _, n := range []int{n, 1} {
		switch clues := lookAt(w.src.line(n)); {
		case clues.question > 0:
			return w.src.pos(w.src.offset(n, 1) + clues.question)
		case clues.bracket >= 0:
			return w.src.pos(w.src.offset(n, 1) + clues.bracket)
		}
	}
	return w.lineStart(n)
}

// quote finds the quote on line n that is not closed there, or else on the first line, as opening does.
func (w *walker) quote(n int) Pos {
	for _, n := range []int{n, 1} {
		if at := lookAt(w.src.line(n)).quote; at >= 0 {
			return w.src.pos(w.src.offset(n, 1) + at)
		}
	}
	return w.lineStart(n)
}

// clues are what may be wrong on a line: where its first bracket is, the first "?" after that, and the quote it does not
// close; -1 where there is none.
type clues struct{ bracket, question, quote int }

func lookAt(line string) clues {
	found := clues{-1, -1, -1}
	for i := range len(line) {
		begins := i == 0 || strings.IndexByte(" \t,[{", line[i-1]) >= 0
		if found.quote < 0 {
			found.see(line[i], i, begins)
		} else if line[i] == line[found.quote] && (line[i] == '\'' || line[i-1] != '\\') {
			found.quote = -1
		}
	}
	return found
}

// see looks at one character outside of quotes; begins tells whether a value may begin there.
func (f *clues) see(c byte, at int, begins bool) {
	switch {
	case begins && (c == '"' || c == '\''):
		f.quote = at
	case begins && f.bracket < 0 && (c == '{' || c == '['):
		f.bracket = at
	case f.bracket >= 0 && f.question < 0 && c == '?':
		f.question = at
	}
}
