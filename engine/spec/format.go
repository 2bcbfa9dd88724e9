package spec

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// Format writes a file of graphs in its one canonical form: the keys in the order of the language, a blank line between
// sections, two spaces of indentation, every item in the shorter of its forms, quotes where they are needed and nowhere
// else. Comments stay with what they are about, and single blank lines inside sections stay. A file with errors is refused
// with them; they name no file. Formatting what Format gave changes nothing.
func Format(data []byte) ([]byte, []Diagnostic) {
	w, docs, graphs := read("", "format", data)
	if w.errors > 0 {
		return nil, w.diagnostics()
	}
	if len(docs) == 0 {
		return onlyComments(w.src.text), nil
	}
	comments := w.src.comments(docs)
	var out []string
	for i, doc := range docs {
		end := len(w.src.text) + 1
		if i+1 < len(docs) {
			end = w.src.offset(docs[i+1].Line, docs[i+1].Column)
		}
		n, _ := slices.BinarySearchFunc(comments, end, func(c comment, end int) int { return c.offset - end })
		p := w.src.page(doc)
		w.src.attach(p, comments[:n])
		comments = comments[n:]
		p.shorten()
		if i > 0 {
			out = append(out, "---")
		}
		out = append(out, p.emit()...)
	}
	text := []byte(strings.Join(out, "\n") + "\n")
	if !w.kept(docs, graphs, text) {
		return nil, w.diagnostics()
	}
	return text, nil
}

// kept makes sure that what was written says what was read, so that a defect of this package can never damage a file.
func (w *walker) kept(docs []*yaml.Node, graphs []*Graph, text []byte) bool {
	again, newDocs, newGraphs := read("", "format", text)
	same := again.errors == 0 && len(graphs) == len(newGraphs) &&
		slices.Equal(texts(w.src.comments(docs)), texts(again.src.comments(newDocs)))
	for i := 0; same && i < len(graphs); i++ {
		same = Same(graphs[i], newGraphs[i])
	}
	if !same {
		w.errorf(Pos{Line: 1, Col: 1}, CodeUnsafeFormat, "formatting would change what the file says").
			Advise("this is a defect in sluice; please report it with the file")
	}
	return same
}

// texts gives the texts of comments, sorted: formatting may move them.
func texts(comments []comment) []string {
	out := make([]string, 0, len(comments))
	for _, c := range comments {
		out = append(out, c.text)
	}
	slices.Sort(out)
	return out
}

// onlyComments tidies a file without a graph.
func onlyComments(text string) []byte {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		out = append(out, strings.TrimRight(line, " \t"))
	}
	if text = strings.Trim(strings.Join(out, "\n"), "\n"); text == "" {
		return nil
	}
	return []byte(text + "\n")
}
