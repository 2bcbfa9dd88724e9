package spec

// ReadValue reads a text that holds one YAML value and is no graph: a configuration. file is what diagnostics call it. What
// makes YAML dangerous or unclear is refused as in graphs, with the codes of this package. All errors are reported together,
// ordered by place; what could not be read is left out of the value. A text without a value, and one of which nothing can be
// trusted, is Null. ReadValue never panics and is safe for concurrent use.
func ReadValue(file string, data []byte) (Value, []Diagnostic) {
	w := new(walker)
	root := Value{Pos: Pos{file, 1, 1}}
	if !w.open(file, data) {
		return root, w.plainly()
	}
	docs, _ := w.decode()
	sound := true
	for _, doc := range docs {
		sound = w.guard(doc, 0) && sound
	}
	w.refuseAnchors()
	if len(docs) == 0 || !sound || len(docs) == 1 && nothing(docs[0]) {
		return root, w.plainly()
	}
	if len(docs) > 1 {
		w.errorf(w.at(docs[1]), CodeSyntax, "a second document begins here").Advise("remove the line with ---")
	}
	return w.value(docs[0].Content[0], "the file"), w.plainly()
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
