package spec

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxBytes bounds a file before anything looks at it. The largest sensible graph has a few kilobytes.
const maxBytes = 1 << 20

// source is the text of one file, with line feeds only and without a byte order mark, and where its lines begin. It is not
// safe for concurrent use.
type source struct {
	file  string
	text  string
	lines []int // offset of every line's first byte

	// What offset was last asked for, and gave.
	last   Pos
	lastAt int
}

// open checks that data is text and takes it over. What it refuses here (control characters, Unicode line separators) YAML
// would refuse too, or count as a line, and then our lines would not be an editor's.
func (w *walker) open(file string, data []byte) bool {
	s := &source{file: file}
	if len(data) > maxBytes {
		w.errorf(Pos{file, 1, 1}, CodeFileTooLarge, "the file has %d bytes, more than %d", len(data), maxBytes).
			Advise("a graph is a few kilobytes; is this the right file?")
		return false
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	s.text = strings.ReplaceAll(string(data), "\r\n", "\n")
	s.lines = append(make([]int, 0, 64), 0)
	for i := 0; i < len(s.text); i++ {
		if s.text[i] == '\n' {
			s.lines = append(s.lines, i+1)
		}
	}
	w.src, w.bangs = s, strings.Contains(s.text, "!")
	return w.checkText()
}

func (w *walker) checkText() bool {
	s := w.src
	for i, c := range s.text {
		if c >= ' ' && c <= '~' || c == '\n' || c == '\t' {
			continue
		}
		_, size := utf8.DecodeRuneInString(s.text[i:])
		switch {
		case c == utf8.RuneError && size == 1:
			w.errorf(s.pos(i), CodeNotText, "byte 0x%02x is not UTF-8 text", s.text[i]).Hint = s.odd("save the file as UTF-8")
			return false
		case c == '\r':
			w.errorf(s.pos(i), CodeNotText, "a carriage return stands alone").Hint = s.odd("save the file with Unix line endings")
			return false
		case !printable(c):
			w.errorf(s.pos(i), CodeNotText, "character %U may not stand in a file", c).
				Hint = s.odd(fmt.Sprintf(`in double quotes it can be written as "\u%04x"`, c))
			return false
		}
	}
	return true
}

// odd gives what to do about a character that is not text, unless the whole file is none: then there is nothing to mend in
// it. Old encodings have other letters than UTF-8, but no more control characters.
func (s *source) odd(remedy string) string {
	utf16 := strings.HasPrefix(s.text, "\xff\xfe") || strings.HasPrefix(s.text, "\xfe\xff")
	sample := s.text[:min(len(s.text), 1<<10)]
	controls := 0
	for i := range len(sample) {
		if c := sample[i]; c < ' ' && !strings.ContainsRune("\t\n\r", rune(c)) || c == 0x7f {
			controls++
		}
	}
	if !utf16 && (strings.IndexByte(s.text, 0) >= 0 || controls > len(sample)/20) {
		return "this is not a text file; is it the right one?"
	}
	return remedy
}

// printable tells whether a character may stand in a file as it is: YAML 1.2 section 5.1, without the characters that
// YAML 1.1 counts as line breaks.
func printable(c rune) bool {
	switch {
	case c >= ' ' && c <= '~', c == '\n', c == '\t':
		return true
	case c == 0x2028, c == 0x2029, c == 0xFEFF:
		return false
	}
	return c >= 0xA0 && c <= 0xD7FF || c >= 0xE000 && c <= 0xFFFD || c >= 0x10000
}

// line gives the text of a line, which counts from 1, without its line feed. Lines outside the file are empty.
func (s *source) line(n int) string {
	if n < 1 || n > len(s.lines) {
		return ""
	}
	end := len(s.text)
	if n < len(s.lines) {
		end = s.lines[n] - 1
	}
	return s.text[s.lines[n-1]:end]
}

// offset turns a line and a column in characters into a byte offset; past the line's end it gives the end. Asking for places
// in the order of the file makes it fast even where everything is on one line.
func (s *source) offset(line, col int) int {
	if line < 1 || line > len(s.lines) {
		return len(s.text)
	}
	if s.last.Line != line || s.last.Col > col {
		s.last, s.lastAt = Pos{Line: line, Col: 1}, s.lines[line-1]
	}
	for s.last.Col < col && s.lastAt < len(s.text) && s.text[s.lastAt] != '\n' {
		_, size := utf8.DecodeRuneInString(s.text[s.lastAt:])
		s.lastAt += size
		s.last.Col++
	}
	return s.lastAt
}

// pos turns a byte offset into a place.
func (s *source) pos(offset int) Pos {
	offset = min(max(offset, 0), len(s.text))
	low, high := 0, len(s.lines)
	for high-low > 1 {
		if mid := (low + high) / 2; s.lines[mid] <= offset {
			low = mid
		} else {
			high = mid
		}
	}
	return Pos{s.file, low + 1, utf8.RuneCountInString(s.text[s.lines[low]:offset]) + 1}
}

// blank tells whether a line has nothing but spaces.
func (s *source) blank(line int) bool { return strings.TrimSpace(s.line(line)) == "" }
