// Package findings prints what the linter found: as text for people, with the place marked, and as JSON for programs.
package findings

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"sluice/engine/spec"
)

// Result is what a run of the linter found, ready to be printed.
type Result struct {
	Registry string // where what is known of GStreamer comes from: element.Registry.Source
	Graphs   int
	Found    []spec.Diagnostic // ordered by place
}

// Lines gives a line of a file, which counts from 1, without its line feed; false if there is none.
type Lines func(file string, line int) (string, bool)

// Style says how Text prints.
type Style struct {
	Colour bool
	Lines  Lines // if not nil, each finding is followed by its line, with the place marked
}

// Counts gives how many errors and warnings there are.
func (r Result) Counts() (errors, warnings int) {
	for _, d := range r.Found {
		if d.Severity == spec.Error {
			errors++
		} else {
			warnings++
		}
	}
	return errors, warnings
}

// Text prints a line "file:line:col: severity[code]: message (hint)" for each finding, and a line that counts them and
// names the registry. Lines of files that hold a secret are not shown. The error is that of w.
func (r Result) Text(w io.Writer, s Style) error {
	var b strings.Builder
	secret := map[string]bool{}
	for _, d := range r.Found {
		secret[lineKey(d.Pos)] = secret[lineKey(d.Pos)] || d.Code == "secret_in_text"
	}
	for _, d := range r.Found {
		s.finding(&b, d, secret[lineKey(d.Pos)])
	}
	errors, warnings := r.Counts()
	fmt.Fprintf(&b, "%s, %s in %s; elements of %s\n",
		count(errors, "error"), count(warnings, "warning"), count(r.Graphs, "graph"), r.Registry)
	_, err := io.WriteString(w, b.String())
	return err
}

func lineKey(p spec.Pos) string { return fmt.Sprintf("%s:%d", p.File, p.Line) }

// count reads "no errors", "1 error", "2 errors".
func count(n int, what string) string {
	switch n {
	case 0:
		return "no " + what + "s"
	case 1:
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// finding prints one diagnostic.
func (s Style) finding(b *strings.Builder, d spec.Diagnostic, secret bool) {
	word := s.paint(red, string(d.Severity))
	if d.Severity != spec.Error {
		word = s.paint(yellow, string(d.Severity))
	}
	fmt.Fprintf(b, "%s: %s[%s]: %s", s.paint(bold, visible(d.Pos.String())), word, d.Code, visible(d.Msg))
	line, shown := "", false
	if s.Lines != nil && !secret {
		line, shown = s.Lines(d.Pos.File, d.Pos.Line)
	}
	switch {
	case d.Hint != "" && !shown:
		fmt.Fprintf(b, " (%s)\n", visible(d.Hint))
	default:
		b.WriteByte('\n')
	}
	if !shown {
		return
	}
	s.quote(b, line, d)
	if d.Hint != "" {
		fmt.Fprintf(b, "        %s %s\n", s.paint(bold, "hint:"), visible(d.Hint))
	}
}

// widest is how many characters of a line are shown.
const widest = 120

// quote prints a line of the file with the place marked below. Of a long line the part around the place is shown.
func (s Style) quote(b *strings.Builder, text string, d spec.Diagnostic) {
	line := []rune(visible(text))
	from := min(max(d.Pos.Col-1, 0), len(line))
	to := min(max(wordEnd(line, from), from+1), from+widest/2)
	start := 0
	if to > widest {
		start = from - widest/4
	}
	shown := line[start:min(len(line), start+widest)]
	fmt.Fprintf(b, "%6d | %s\n", d.Pos.Line, string(shown))
	colour := red
	if d.Severity != spec.Error {
		colour = yellow
	}
	fmt.Fprintf(b, "       | %s%s\n", strings.Repeat(" ", from-start), s.paint(colour, strings.Repeat("^", to-from)))
}

// wordEnd finds where the word at a place ends: at a blank or what separates words in YAML, or at its closing quote.
func wordEnd(line []rune, from int) int {
	if from >= len(line) {
		return from
	}
	if q := line[from]; q == '"' || q == '\'' {
		for i := from + 1; i < len(line); i++ {
			if line[i] == q {
				return i + 1
			}
		}
	}
	i := from
	for i < len(line) && !unicode.IsSpace(line[i]) && !strings.ContainsRune(",]}", line[i]) {
		i++
	}
	if i > from && line[i-1] == ':' {
		i-- // a key
	}
	return i
}

// visible makes characters that steer a terminal harmless; tabs become single blanks, so that columns still count.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r):
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

const (
	bold   = "1"
	red    = "1;31"
	yellow = "1;33"
)

func (s Style) paint(colour, text string) string {
	if !s.Colour {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}
