package spec

import (
	"path"
	"strings"

	"gopkg.in/yaml.v3"
)

// Parse reads a file of graphs. file is what diagnostics call it; graphName is the name that its path gives ("live/rtmp" for
// graphs/live/rtmp.yaml). All errors are reported together, ordered by place; what could not be read is left out of the
// trees, and Graph.Broken and Graph.Gaps say so. An empty file has no graphs and no errors. Parse never panics and is safe
// for concurrent use.
func Parse(file, graphName string, data []byte) ([]*Graph, []Diagnostic) {
	w, docs, graphs := read(file, graphName, data)
	for _, doc := range docs {
		w.first(doc)
	}
	return graphs, w.diagnostics()
}

// read does what Parse and Format share. The documents are those of the graphs. Format does not ask for graph: to come
// first, since it can move it there.
func read(file, graphName string, data []byte) (*walker, []*yaml.Node, []*Graph) {
	w := new(walker)
	if !w.open(file, data) {
		return w, nil, nil
	}
	all, whole := w.decode()
	docs, graphs := w.documents(all)
	switch {
	case !isGraphName(graphName):
		w.errorf(Pos{file, 1, 1}, CodeBadName, "the file's path gives the graph the name %q", short(graphName)).
			Advise("use a-z, 0-9, _ and - in the names of folders and files")
	case len(all) > 1:
		w.manyNames(graphs, graphName)
	case len(graphs) == 1:
		w.oneName(graphs[0], graphName, whole)
	}
	if strings.Contains(w.src.text, ignoreMark) {
		w.ignores(docs, graphs)
	}
	return w, docs, graphs
}

// documents reads every document and gives the graphs with the documents they came from.
func (w *walker) documents(docs []*yaml.Node) ([]*yaml.Node, []*Graph) {
	refused := make(map[*yaml.Node]bool)
	for _, doc := range docs {
		refused[doc] = !w.guard(doc, 0)
	}
	w.refuseAnchors()
	if len(docs) == 1 && nothing(docs[0]) {
		return nil, nil
	}
	var kept []*yaml.Node
	var graphs []*Graph
	for _, doc := range docs {
		if refused[doc] {
			continue
		}
		if nothing(doc) {
			w.errorf(w.at(doc.Content[0]), CodeMissingKey, "an empty document").Advise("remove its line with ---")
			continue
		}
		if g := w.document(doc); g != nil {
			kept = append(kept, doc)
			graphs = append(graphs, g)
		}
	}
	return kept, graphs
}

// nothing tells whether a document has neither a key nor a value.
func nothing(doc *yaml.Node) bool {
	root := doc.Content[0]
	return root.Kind == yaml.ScalarNode && root.Value == "" && scalarKind(root) == Null
}

// oneName names the graph of a file by the file. If the file could not be read to its end (whole is false), there may be
// more documents, and then name: may be right.
func (w *walker) oneName(g *Graph, graphName string, whole bool) {
	g.Name = graphName
	if name := g.Document; name.Set() && whole {
		w.errorf(name.Pos, CodeBadName, `"name" is only for files of several documents`).
			Advise("remove it: the file's path names the graph %q", graphName)
	}
}

// manyNames names the graphs of a file of several documents: each its own name, in the file's folder.
func (w *walker) manyNames(graphs []*Graph, graphName string) {
	folder := path.Dir(graphName)
	lines := make(map[string]int, len(graphs))
	for _, g := range graphs {
		g.Name = graphName
		switch name := g.Document; {
		case !name.Set():
			if !g.Gap("name") {
				w.errorf(g.Pos, CodeMissingKey, `every document of a file needs "name"`).
					Advise("the graph is then called %q", path.Join(folder, "name"))
			}
		case !isSegment(name.Text):
			w.errorf(name.Pos, CodeBadName, "%q cannot name a graph: a-z, 0-9, _ and -", short(name.Text))
		case lines[name.Text] > 0:
			w.errorf(name.Pos, CodeBadName, "the name %q is used twice", name.Text).
				Advise("the first is on line %d", lines[name.Text])
		default:
			lines[name.Text] = name.Pos.Line
			g.Name = path.Join(folder, name.Text)
		}
	}
}
