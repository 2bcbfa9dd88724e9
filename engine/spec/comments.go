package spec

import (
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// comment is one comment of a file. yaml.v3 has comments in its nodes, but attaches and loses them in ways that a formatter
// cannot live with, so they are collected from the text.
type comment struct {
	text   string // from "#" on, without blanks at the end
	offset int
	pos    Pos
	alone  bool       // nothing before it on its line but "-" of a list
	gap    bool       // the line above is blank
	flow   *yaml.Node // the innermost map in braces or list in brackets around it
}

// mark is a place where text is not to be searched for "#": a scalar, or where brackets open.
type mark struct {
	node   *yaml.Node
	offset int
	indent int // the column, from 0, of the collection around it
}

// commentScanner walks over the text of a file, from one scalar to the next.
type commentScanner struct {
	src   *source
	marks []mark
	flows []*yaml.Node
	found []comment
	i     int
}

// comments collects all comments of a file that yaml.v3 could read, in order.
func (s *source) comments(docs []*yaml.Node) []comment {
	c := &commentScanner{src: s}
	for _, d := range docs {
		c.addMarks(d, -1)
	}
	for c.i < len(s.text) {
		for len(c.marks) > 0 && c.marks[0].offset < c.i {
			c.marks = c.marks[1:]
		}
		if len(c.marks) > 0 && c.marks[0].offset == c.i {
			m := c.marks[0]
			c.marks = c.marks[1:]
			c.pass(m)
			continue
		}
		switch s.text[c.i] {
		case '#':
			c.comment()
			continue
		case ']', '}':
			c.flows = c.flows[:max(0, len(c.flows)-1)]
		}
		c.i++
	}
	return c.found
}

// addMarks lists scalars and flow collections in the order of the text.
func (c *commentScanner) addMarks(n *yaml.Node, indent int) {
	switch {
	case n.Kind == yaml.ScalarNode && n.Value == "" && scalarKind(n) == Null:
		return // nothing is written
	case n.Kind == yaml.ScalarNode || n.Style&yaml.FlowStyle != 0:
		c.marks = append(c.marks, mark{n, c.src.offset(n.Line, n.Column), indent})
	}
	if n.Kind == yaml.MappingNode || n.Kind == yaml.SequenceNode {
		indent = n.Column - 1
	}
	for _, child := range n.Content {
		c.addMarks(child, indent)
	}
}

// pass goes over a scalar, or into a flow collection.
func (c *commentScanner) pass(m mark) {
	text := c.src.text
	switch {
	case m.node.Kind != yaml.ScalarNode:
		// A single pair inside brackets, [a: b], is a map without braces.
		if text[c.i] == '[' || text[c.i] == '{' {
			c.flows = append(c.flows, m.node)
			c.i++
		}
	case m.node.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		c.blockScalar(m.indent)
	case m.node.Style&yaml.SingleQuotedStyle != 0:
		c.i = endOfSingle(text, c.i)
	case m.node.Style&yaml.DoubleQuotedStyle != 0:
		c.i = endOfDouble(text, c.i)
	default:
		c.i = endOfPlain(text, c.i, m.node.Value)
	}
}

func (c *commentScanner) comment() {
	text := c.src.text
	end := len(text)
	if n := strings.IndexByte(text[c.i:], '\n'); n >= 0 {
		end = c.i + n
	}
	pos := c.src.pos(c.i)
	k := comment{text: strings.TrimRight(text[c.i:end], " \t"), offset: c.i, pos: pos}
	k.alone = strings.Trim(text[c.src.lines[pos.Line-1]:c.i], " \t-") == ""
	k.gap = pos.Line > 1 && c.src.blank(pos.Line-1)
	if len(c.flows) > 0 {
		k.flow = c.flows[len(c.flows)-1]
	}
	c.found = append(c.found, k)
	c.i = end
}

// blockScalar passes "|" or ">" and the lines that belong to it: those indented as far as the first that is not blank, or
// as far as its header says (YAML 1.2 section 8.1.1).
func (c *commentScanner) blockScalar(parent int) {
	text := c.src.text
	explicit := 0
	for ; c.i < len(text) && text[c.i] != '\n' && text[c.i] != '#'; c.i++ {
		if d := text[c.i]; d >= '1' && d <= '9' {
			explicit = parent + int(d-'0')
		}
	}
	if c.i < len(text) && text[c.i] == '#' {
		c.comment()
	}
	indent, deepest := explicit, parent+1
	for n := c.src.pos(c.i).Line + 1; n <= len(c.src.lines); n++ {
		line := c.src.line(n)
		deep := len(line) - len(strings.TrimLeft(line, " "))
		deepest = max(deepest, deep) // yaml.v3 also looks at blank lines in front
		if deep == len(line) {
			continue
		}
		if indent == 0 {
			indent = max(deepest, 1)
		}
		if deep < indent {
			c.i = c.src.lines[n-1]
			return
		}
	}
	c.i = len(text)
}

func endOfSingle(text string, i int) int {
	for i++; i < len(text); i++ {
		if text[i] == '\'' {
			if !strings.HasPrefix(text[i:], "''") {
				return i + 1
			}
			i++
		}
	}
	return len(text)
}

func endOfDouble(text string, i int) int {
	for i++; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(text)
}

// endOfPlain finds where an unquoted text ends by comparing it with what was read from it: where that has a blank or a
// line feed, the file may have any number of both.
func endOfPlain(text string, i int, value string) int {
	for value != "" && i < len(text) {
		if isBlank(value[0]) {
			value = strings.TrimLeft(value, " \t\n")
			for i < len(text) && isBlank(text[i]) {
				i++
			}
			continue
		}
		_, size := utf8.DecodeRuneInString(value)
		if !strings.HasPrefix(text[i:], value[:size]) {
			return i
		}
		value, i = value[size:], i+size
	}
	return i
}
