package spec

import "gopkg.in/yaml.v3"

// ReadMap reads a file that holds one YAML map and is no graph: a configuration. file is what diagnostics call it. What makes
// YAML dangerous or unclear is refused as in graphs, with the codes of this package. All errors are reported together, ordered
// by place; what could not be read is left out of the map. An empty file is an empty map. ReadMap never panics and is safe for
// concurrent use.
func ReadMap(file string, data []byte) (Value, []Diagnostic) {
	w := new(walker)
	root := Value{Kind: Map, Pos: Pos{file, 1, 1}}
	if !w.open(file, data) {
		return root, w.plainly()
	}
	docs, _ := w.decode()
	sound := true
	for _, doc := range docs {
		sound = w.guard(doc, 0) && sound
	}
	w.refuseAnchors()
	switch {
	case len(docs) == 0 || !sound || len(docs) == 1 && nothing(docs[0]):
		return root, w.plainly()
	case len(docs) > 1:
		w.errorf(w.at(docs[1]), CodeSyntax, "a second document begins here").Advise("remove the line with ---")
	}
	if top := docs[0].Content[0]; top.Kind != yaml.MappingNode {
		w.wrongKind(top, "the file", "a map").Advise(`write "key: value"`)
	} else {
		root = w.value(top, "the file")
	}
	return root, w.plainly()
}

// plainly is diagnostics with hints that do not speak of graphs.
func (w *walker) plainly() []Diagnostic {
	list := w.diagnostics()
	for i, d := range list {
		switch d.Code {
		case CodeAnchor:
			list[i].Hint = "write the value wherever it is needed"
		case CodeTag:
			list[i].Hint = "write the value without it: every key knows its type"
		case CodeFileTooLarge, CodeTooManyValues, CodeTooDeep:
			list[i].Hint = "is this the right file?"
		}
	}
	return list
}
