package show

import (
	"fmt"
	"io"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Page is one thing described: a title, fields, and sections with tables. It reads the same on a terminal and elsewhere.
type Page struct {
	Title string
	parts []any // field, section, line, *Table
}

type (
	field   struct{ name, text string }
	section string
	line    string
)

// Field adds a field, unless its text is empty.
func (p *Page) Field(name, format string, args ...any) {
	if text := Safe(fmt.Sprintf(format, args...)); text != "" {
		p.parts = append(p.parts, field{name, text})
	}
}

// Section begins a section.
func (p *Page) Section(title string) { p.parts = append(p.parts, section(title)) }

// Line adds a line of text.
func (p *Page) Line(format string, args ...any) {
	p.parts = append(p.parts, line(Safe(fmt.Sprintf(format, args...))))
}

// Table adds a table under a title, unless it has no rows.
func (p *Page) Table(title string, t *Table) {
	if len(t.Rows) == 0 {
		return
	}
	p.Section(title)
	p.parts = append(p.parts, t)
}

// Write writes the page.
func (p *Page) Write(w io.Writer, s Style) error {
	out := &lines{w: w}
	out.print(p.heading(Safe(p.Title), s))
	width := 0
	for _, part := range p.parts {
		if f, ok := part.(field); ok {
			width = max(width, ansi.StringWidth(f.name))
		}
	}
	for _, part := range p.parts {
		switch part := part.(type) {
		case field:
			out.print("  " + part.name + strings.Repeat(" ", width-ansi.StringWidth(part.name)+2) + part.text)
		case section:
			out.print("\n" + p.heading(string(part), s))
		case line:
			out.print("  " + string(part))
		case *Table:
			if out.err == nil {
				out.err = part.aligned(w, s, "  ")
			}
		}
	}
	return out.err
}

func (p *Page) heading(text string, s Style) string {
	if s.Colour {
		return bold + text + plain
	}
	return text
}

// lines writes until it fails.
type lines struct {
	w   io.Writer
	err error
}

func (l *lines) print(text string) {
	if l.err == nil {
		_, l.err = fmt.Fprintln(l.w, text)
	}
}
