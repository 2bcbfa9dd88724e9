package spec

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// ignoreMark begins a comment that silences a diagnostic.
const ignoreMark = "lint:ignore"

// ignores collects the lint:ignore comments of a file. One on its own line silences the next line that is neither blank nor
// a comment, one behind something its own line.
func (w *walker) ignores(docs []*yaml.Node, graphs []*Graph) {
	for _, c := range w.src.comments(docs) {
		rest, ok := strings.CutPrefix(strings.TrimLeft(c.text, "# \t"), ignoreMark)
		if !ok {
			continue
		}
		words := strings.Fields(rest)
		if len(words) < 2 || rest[0] != ' ' && rest[0] != '\t' {
			w.errorf(c.pos, CodeBadIgnore, "%s needs a code and a reason", ignoreMark).
				Advise(`write "# %s caps_never_match the camera lies about its caps"`, ignoreMark)
			continue
		}
		i := Ignore{Pos: c.pos, Line: c.pos.Line, Code: words[0], Reason: strings.Join(words[1:], " ")}
		if c.alone {
			i.Line = w.nextLine(c.pos.Line)
		}
		if g := graphAt(graphs, i.Line); g != nil {
			g.Ignores = append(g.Ignores, i)
		}
	}
}

// nextLine finds the line after n that has something on it.
func (w *walker) nextLine(n int) int {
	for n++; n < len(w.src.lines); n++ {
		if line := strings.TrimSpace(w.src.line(n)); line != "" && line[0] != '#' {
			break
		}
	}
	return n
}

// graphAt finds the graph whose document has a line: the last that begins at or before it, or the first.
func graphAt(graphs []*Graph, line int) *Graph {
	var found *Graph
	for _, g := range graphs {
		if found == nil || g.Pos.Line <= line {
			found = g
		}
	}
	return found
}
