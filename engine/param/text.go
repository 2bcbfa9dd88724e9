package param

import (
	"errors"
	"strings"
	"unicode/utf8"

	"sluice/engine/fault"
	"sluice/engine/spec"
	"sluice/engine/value"
)

// parseText cuts text into what stands for itself and references.
func parseText(v spec.Value) (Expr, error) {
	if len(v.Text) > value.MaxText {
		return constantOf(v.Pos, nil), wrong(v, 0, "this text is %d bytes long, above the most allowed, %d", len(v.Text), value.MaxText)
	}
	c := cutter{v: v}
	for c.at < len(v.Text) {
		rest := v.Text[c.at:]
		switch dollar := strings.IndexByte(rest, '$'); dollar {
		case -1:
			c.add(rest, len(rest))
		case 0:
			c.dollar(rest)
		default:
			c.add(rest[:dollar], dollar)
		}
	}
	return c.expr(), errors.Join(c.errs...)
}

// cutter is the state of cutting one text.
type cutter struct {
	v     spec.Value
	at    int             // how far, in bytes
	plain strings.Builder // text since the last reference
	parts []part
	errs  []error
}

// add takes text that stands for itself and goes size bytes on.
func (c *cutter) add(text string, size int) {
	c.plain.WriteString(text)
	c.at += size
}

// flush makes a part of the text since the last reference.
func (c *cutter) flush() {
	if c.plain.Len() > 0 {
		c.parts = append(c.parts, part{text: c.plain.String()})
		c.plain.Reset()
	}
}

// dollar reads what begins with a "$".
func (c *cutter) dollar(rest string) {
	name := nameAt(rest[1:])
	switch {
	case strings.HasPrefix(rest, "$$"):
		c.add("$", 2)
	case name != "":
		c.refer(name, 1+len(name))
	case strings.HasPrefix(rest, "$("):
		c.enclosed(rest)
	case strings.HasPrefix(rest, "${"):
		inner := nameAt(rest[2:])
		if inner == "" {
			inner = "name"
		}
		c.wrong(2, `"${" begins no reference`, "write $%s or $(%s)", inner, inner)
	default:
		c.wrong(1, `a "$" is followed by no name`, "write $$ for a dollar sign")
	}
}

// enclosed reads "$(name)".
func (c *cutter) enclosed(rest string) {
	name := nameAt(rest[2:])
	end := 2 + len(name)
	switch {
	case name == "":
		c.wrong(2, `a "$(" is followed by no name`, "write $(name), or $$( for a dollar sign")
	case !strings.HasPrefix(rest[end:], ")"):
		c.wrong(end, `the ")" after "$(`+name+`" is missing`, "write $(%s)", name)
	default:
		c.refer(name, end+1)
	}
}

func (c *cutter) refer(name string, size int) {
	c.flush()
	c.parts = append(c.parts, part{name: name, pos: place(c.v, c.at)})
	c.at += size
}

// wrong notes an error at the present place and goes size bytes on.
func (c *cutter) wrong(size int, msg, hint string, args ...any) {
	err := wrong(c.v, c.at, "%s", msg)
	err.Fault = err.Fault.Advise(hint, args...)
	c.errs = append(c.errs, err)
	c.at += size
}

// expr is what the parts make.
func (c *cutter) expr() Expr {
	if len(c.parts) == 0 {
		return constantOf(c.v.Pos, c.plain.String())
	}
	c.flush()
	if len(c.parts) == 1 {
		return Expr{pos: c.v.Pos, shape: reference, parts: c.parts}
	}
	return Expr{pos: c.v.Pos, shape: mixture, parts: c.parts}
}

// nameAt gives the name at the start of text: words with dots between them. A dot that no word follows is not of it.
func nameAt(text string) string {
	end := wordEnd(text, 0)
	for end > 0 && end < len(text) && text[end] == '.' {
		next := wordEnd(text, end+1)
		if next == end+1 {
			break
		}
		end = next
	}
	return text[:end]
}

// wordEnd gives the end of the word that begins at i: letters, digits and "_", no digit first. It is i if there is none.
func wordEnd(text string, i int) int {
	for start := i; i < len(text); i++ {
		c := text[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_'
		if !letter && (i == start || c < '0' || c > '9') {
			break
		}
	}
	return i
}

// wrong makes the error of a place in a value's text.
func wrong(v spec.Value, offset int, format string, args ...any) *SyntaxError {
	return &SyntaxError{Pos: place(v, offset), Offset: offset, Fault: fault.New(fault.LintFailed, "", format, args...)}
}

// place turns an offset in a value's text into a place in the file. What was written is not known exactly, quotes and
// escapes are gone, so that this may be a few columns off in quoted text; text of several lines gives its beginning.
func place(v spec.Value, offset int) spec.Pos {
	p := v.Pos
	if !strings.Contains(v.Text, "\n") {
		p.Col += utf8.RuneCountInString(v.Text[:offset])
	}
	return p
}
