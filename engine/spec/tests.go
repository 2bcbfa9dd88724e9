package spec

import "gopkg.in/yaml.v3"

// tests reads tests:, a list of maps.
func (w *walker) tests(n *yaml.Node) {
	if n.Kind != yaml.SequenceNode {
		w.gap("tests")
		w.wrongKind(n, `"tests"`, "a list").Advise(`begin every test with "- name: …"`)
		return
	}
	lines := make(map[string]int, len(n.Content))
	for _, item := range n.Content {
		before := w.faults
		t := w.test(item)
		if name := t.Name; lines[name.Text] > 0 {
			w.errorf(name.Pos, CodeBadName, "two tests are called %q", short(name.Text)).
				Advise("the first is on line %d; give this one another name", lines[name.Text])
		} else if name.Set() {
			lines[name.Text] = name.Pos.Line
		}
		if w.faults > before {
			w.gap("tests")
			continue
		}
		w.graph.Tests = append(w.graph.Tests, t)
	}
}

func (w *walker) test(n *yaml.Node) Test {
	f, ok := w.fields(n, "a test", []string{"name", "with", "mock", "limit", "expect"})
	if !ok {
		return Test{}
	}
	f.require("name", "say in a few words what must hold")
	return Test{
		Pos: f.pos, Name: f.text("name"), With: f.entries("with"), Mock: f.entries("mock"),
		Limit: f.scalar("limit"), Expect: f.entries("expect"),
	}
}
