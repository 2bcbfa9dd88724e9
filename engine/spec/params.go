package spec

import "gopkg.in/yaml.v3"

func paramKeys() []string {
	return []string{"type", "default", "min", "max", "of", "pattern", "item", "example", "about"}
}

// params reads params:, a map of names to types.
func (w *walker) params(n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		w.gap("params")
		w.wrongKind(n, `"params"`, "a map").Advise(`write "name: type", as in "stream: string"`)
		return
	}
	before := w.faults
	for _, p := range w.pairs(n, `"params"`) {
		if w.checkName(p.key, "parameter") {
			w.param(p)
		}
	}
	if w.faults > before {
		w.gap("params")
	}
}

// param reads one parameter; one with an error is left out.
func (w *walker) param(p pair) {
	before := w.faults
	what := `the parameter "` + p.key.Text + `"`
	if p.value.Kind == yaml.MappingNode {
		f, _ := w.fields(p.value, what, paramKeys())
		f.require("type", "as in {type: int, default: 1280}")
		f.text("type")
		f.text("about")
		f.text("pattern")
		w.words(f.get("of"))
	} else {
		w.text(p.value, what)
	}
	if w.faults == before {
		w.graph.Params = append(w.graph.Params, Param{p.key, w.value(p.value, what)})
	}
}

// words checks the list under of:, where a bare on or off would be read as a boolean by other tools.
func (w *walker) words(n *yaml.Node) {
	if n == nil {
		return
	}
	if n.Kind != yaml.SequenceNode {
		w.wrongKind(n, `"of"`, "a list").Advise("as in [grid, speaker]")
		return
	}
	for _, c := range n.Content {
		w.text(c, `a word of "of"`)
	}
}
