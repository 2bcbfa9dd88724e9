package spec

import (
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// maxWidth is how far a line in brackets may go before it is written as a block.
const maxWidth = 120

// emit writes one document: the keys of the language in their order, and a blank line before every section.
func (p *page) emit() []string {
	known := topKeys()
	slices.SortStableFunc(p.root.entries, func(a, b *entry) int {
		return slices.Index(known, a.key.Value) - slices.Index(known, b.key.Value)
	})
	var out []string
	for i, e := range p.root.entries {
		e.gap = i > 0 && e.key.Value != "name" && e.key.Value != "about"
		out = append(out, e.lines(0)...)
	}
	if len(p.foot) > 0 {
		if len(out) > 0 && p.foot[0] != "" {
			out = append(out, "")
		}
		out = append(out, p.foot...)
	}
	return out
}

// block writes a map or list, one entry a line or more.
func (o *outline) block(indent int) []string {
	var out []string
	for i, e := range o.entries {
		e.gap = e.gap && i > 0
		out = append(out, e.lines(indent)...)
	}
	return out
}

// lines writes an entry with its comments.
func (e *entry) lines(indent int) []string {
	var out []string
	if e.gap {
		out = append(out, "")
	}
	body := e.body(indent) // moves comments into head
	out = append(out, pad(e.head, indent)...)
	out = append(out, body...)
	return append(out, pad(e.foot, indent+2)...)
}

// body writes the entry without the comments above and below it.
func (e *entry) body(indent int) []string {
	first := strings.Repeat(" ", indent) + e.label(false)
	if text, ok := e.inline(first); ok {
		return []string{e.beside(first + text)}
	}
	if e.value.kind == yaml.ScalarNode {
		header, lines, _ := blockText(e.value.text)
		return append([]string{e.beside(first + " " + header)}, pad(lines, indent+2)...)
	}
	if e.key != nil {
		return append([]string{e.beside(first)}, e.value.block(indent+2)...)
	}
	if e.side != "" {
		e.head, e.side = append(e.head, e.side), "" // beside the item's first line is for its first entry
	}
	body := e.value.block(indent + 2)
	body[0] = first + " " + body[0][indent+2:]
	return body
}

// label is what stands before the value.
func (e *entry) label(inBrackets bool) string {
	if e.key == nil {
		return "-"
	}
	return quoteKey(e.key, inBrackets) + ":"
}

// inline gives the value as it follows the label on the same line, if it can.
func (e *entry) inline(first string) (string, bool) {
	o := e.value
	if o.null() {
		return "", true
	}
	if o.kind == yaml.ScalarNode {
		if !o.quoted {
			return " " + o.text, true
		}
		if _, _, ok := blockText(o.text); ok && strings.Contains(o.text, "\n") {
			return "", false
		}
		return " " + quote(o.text, false), true
	}
	if len(o.entries) > 0 && (!o.flow || o.commented()) {
		return "", false
	}
	text := " " + o.brackets()
	return text, len(o.entries) == 0 || utf8.RuneCountInString(first+text) <= maxWidth
}

// brackets writes a value on one line.
func (o *outline) brackets() string {
	if o.kind == yaml.ScalarNode {
		switch {
		case o.null():
			return "null"
		case o.quoted:
			return quote(o.text, true)
		}
		return o.text
	}
	items := make([]string, 0, len(o.entries))
	for _, e := range o.entries {
		item := e.value.brackets()
		if e.key != nil {
			item = e.label(true) + " " + item
		}
		items = append(items, item)
	}
	if o.kind == yaml.MappingNode {
		return "{" + strings.Join(items, ", ") + "}"
	}
	return "[" + strings.Join(items, ", ") + "]"
}

func (e *entry) beside(line string) string {
	if e.side == "" {
		return line
	}
	return line + "  " + e.side
}

// pad indents lines that are not empty.
func pad(lines []string, indent int) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		if l != "" {
			out[i] = strings.Repeat(" ", indent) + l
		}
	}
	return out
}
