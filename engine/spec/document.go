package spec

import "gopkg.in/yaml.v3"

// topKeys are the keys of a graph in the order in which Format writes them.
func topKeys() []string {
	return []string{"graph", "name", "about", "labels", "params", "route", "nodes", "links", "exports", "policy", "tests"}
}

// document reads one YAML document into a graph; nil if it is not a map.
func (w *walker) document(doc *yaml.Node) *Graph {
	root := doc.Content[0]
	w.graph = &Graph{Pos: w.at(root)}
	f, ok := w.fields(root, "a graph", topKeys())
	if !ok {
		return nil
	}
	w.version(f)
	if w.graph.Document = f.text("name"); f.get("name") != nil && !w.graph.Document.Set() {
		w.gap("name")
	}
	w.graph.About = f.about()
	w.labels(f.get("labels"))
	sections := []struct {
		key  string
		read func(*yaml.Node)
	}{
		{"params", w.params},
		{"route", w.routes},
		{"nodes", w.nodes},
		{"links", w.links},
		{"exports", w.exports},
		{"policy", w.policy},
		{"tests", w.tests},
	}
	for _, s := range sections {
		// A section may be empty, so that everything in it can be commented out.
		if n := f.get(s.key); n != nil && !empty(n) {
			s.read(n)
		}
	}
	w.graph.Gaps = append(w.graph.Gaps, f.strays...)
	return w.graph
}

func (w *walker) version(f fields) {
	const version = "v1"
	if f.require("graph", `begin the file with "graph: v1"`) == nil {
		return
	}
	t := f.text("graph")
	if t.Set() && t.Text != version {
		w.errorf(t.Pos, CodeBadVersion, "version %q is unknown", short(t.Text)).Advise(`this sluice reads "graph: v1"`)
	}
	w.graph.Version = t
}

// first checks that a document begins with graph:, so that a reader and a tool know at once what it is.
func (w *walker) first(doc *yaml.Node) {
	root := doc.Content[0]
	for i := 2; i+1 < len(root.Content); i += 2 {
		if k := root.Content[i]; k.Kind == yaml.ScalarNode && k.Value == "graph" {
			w.errorf(w.at(k), CodeBadVersion, `"graph: v1" must be the first key`).Advise(`move it up, or let "sluice fmt" do it`)
			return
		}
	}
}

// labels reads labels:, a map of texts and numbers.
func (w *walker) labels(n *yaml.Node) {
	if n == nil || empty(n) {
		return
	}
	before := w.faults
	if n.Kind != yaml.MappingNode {
		w.wrongKind(n, `"labels"`, "a map").Advise(`write "key: value"`)
	} else {
		for _, p := range w.pairs(n, `"labels"`) {
			if _, ok := w.text(p.value, `the label "`+short(p.key.Text)+`"`); ok {
				w.graph.Labels = append(w.graph.Labels, Entry{p.key, w.value(p.value, `"labels"`)})
			}
		}
	}
	if w.faults > before {
		w.gap("labels")
	}
}
