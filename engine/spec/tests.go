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
	f, ok := w.fields(n, "a test", []string{"name", "with", "given", "want", "mock", "limit", "expect"})
	if !ok {
		return Test{}
	}
	f.require("name", "say in a few words what must hold")
	return Test{
		Pos: f.pos, Name: f.text("name"), With: f.entries("with"), Given: f.entries("given"), Want: f.entries("want"),
		Mock: w.mocks(f.get("mock")), Limit: f.scalar("limit"), Expect: f.entries("expect"),
	}
}

// mocks reads a map from the names of nodes to the elements that replace them.
func (w *walker) mocks(n *yaml.Node) []Node {
	if n == nil {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		w.wrongKind(n, `"mock"`, "a map").Advise(`write the node's name and the element in its place, as in "in: videotestsrc"`)
		return nil
	}
	var out []Node
	for _, p := range w.pairs(n, `"mock"`) {
		before := w.faults
		m := Node{Name: p.key, Pos: w.at(p.value)}
		what := `what replaces "` + short(p.key.Text) + `"`
		if p.value.Kind == yaml.ScalarNode {
			if _, ok := w.text(p.value, what); ok {
				m.Element, m.Set = w.nodeText(w.spot(p.value))
			}
		} else if f, ok := w.fields(p.value, what, []string{"element", "set"}); ok {
			f.require("element", "as in {element: videotestsrc, set: {num-buffers: 50}}")
			m.Element, m.Set = f.text("element"), f.entries("set")
			w.checkElement(m.Element)
		}
		if w.faults == before {
			out = append(out, m)
		}
	}
	return out
}
