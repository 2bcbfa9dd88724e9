package spec

import (
	"gopkg.in/yaml.v3"
)

func nodeKeys() []string {
	return []string{"element", "set", "use", "with", "each", "lazy", "on_error", "fallback", "queue", "about"}
}

// nodes reads nodes:, a map of names to elements and fragments.
func (w *walker) nodes(n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		w.gap("nodes")
		w.wrongKind(n, `"nodes"`, "a map").Advise(`write "name: element", as in "venc: x264enc bitrate=2000"`)
		return
	}
	before := w.faults
	list := w.pairs(n, `"nodes"`)
	if w.faults > before {
		w.gap("nodes")
	}
	for _, p := range list {
		if w.checkName(p.key, "node") {
			w.node(p)
			continue
		}
		w.gap("nodes")
	}
}

// node reads one node; one with an error is only remembered by name.
func (w *walker) node(p pair) {
	before := w.faults
	n := Node{Name: p.key, Pos: w.at(p.value)}
	what := `the node "` + p.key.Text + `"`
	if p.value.Kind == yaml.ScalarNode {
		if _, ok := w.text(p.value, what); ok {
			n.Element, n.Set = w.nodeText(w.spot(p.value))
		}
	} else if f, ok := w.fields(p.value, what, nodeKeys()); ok {
		w.longNode(&n, f)
	}
	if w.faults > before {
		w.graph.Broken = append(w.graph.Broken, p.key.Text)
		return
	}
	w.graph.Nodes = append(w.graph.Nodes, n)
}

func (w *walker) longNode(n *Node, f fields) {
	w.identity(n, f)
	n.Set, n.With = f.entries("set"), f.entries("with")
	if v := f.get("each"); v != nil {
		n.Each = w.each(v)
	}
	n.Lazy = f.scalar("lazy")
	n.OnError = f.choice("on_error", "fail", "drop", "restart")
	if v := f.get("fallback"); v != nil {
		n.Fallback = w.fallback(v)
	}
	if v := f.get("queue"); v != nil {
		n.Queue = w.queue(v)
	}
	n.About = f.about()
}

// identity reads what the node is: an element with set:, or a fragment with with: and each:.
func (w *walker) identity(n *Node, f fields) {
	n.Element, n.Use = f.text("element"), f.text("use")
	switch element, use := f.get("element") != nil, f.get("use") != nil; {
	case element && use:
		w.errorf(f.keyPos("use"), CodeBadNode, `%s has both "element" and "use"`, f.what).Advise("a node is an element or a fragment")
	case element:
		f.onlyWith("use", "with", "each")
	case use:
		f.onlyWith("element", "set")
	case len(f.strays) == 0 && !f.unsure:
		w.errorf(f.pos, CodeMissingKey, `%s needs "element" or "use"`, f.what).Advise("as in {element: x264enc, set: {bitrate: 2000}}")
	}
	w.checkElement(n.Element)
	if n.Use.Set() && !isGraphName(n.Use.Text) {
		w.errorf(n.Use.Pos, CodeBadName, "%q is not the name of a graph", short(n.Use.Text)).
			Advise(`it is the fragment's path without ".yaml", as in "fragments/seat"`)
	}
}

// checkElement reports a text that cannot name an element.
func (w *walker) checkElement(name Text) {
	if name.Set() && !isElement(name.Text) {
		w.errorf(name.Pos, CodeBadNode, "%q is not the name of an element", short(name.Text)).
			Advise(`properties go under "set:", or write the whole node as "element key=value"`)
	}
}

// onlyWith reports keys that make sense only beside another one.
func (f fields) onlyWith(owner string, keys ...string) {
	for _, k := range keys {
		if f.get(k) != nil {
			f.w.errorf(f.keyPos(k), CodeBadNode, "%s has %q without %q", f.what, k, owner).
				Advise(`"set" goes with "element", "with" and "each" with "use"`)
		}
	}
}

// each reads a list parameter, a list, or {key, max}.
func (w *walker) each(n *yaml.Node) *Each {
	e := &Each{Pos: w.at(n)}
	if n.Kind != yaml.MappingNode {
		if empty(n) {
			w.wrongKind(n, `"each"`, "a list or {key, max}").Advise("as in $guests, or {key: guest, max: 16}")
			return e
		}
		e.List = w.value(n, `"each"`)
		return e
	}
	f, _ := w.fields(n, `"each"`, []string{"key", "max"})
	f.require("key", "as in {key: guest, max: 16}")
	e.Key, e.Max = f.text("key"), f.scalar("max")
	if e.Key.Set() {
		w.checkName(e.Key, "key")
	}
	return e
}

func (w *walker) fallback(n *yaml.Node) *Fallback {
	b := &Fallback{Pos: w.at(n)}
	if f, ok := w.fields(n, `"fallback"`, []string{"node", "after", "keep"}); ok {
		f.require("node", "as in {node: slate, after: 3s}")
		f.require("after", "as in {node: slate, after: 3s}")
		b.Node, b.After, b.Keep = f.text("node"), f.scalar("after"), f.scalar("keep")
	}
	return b
}

func (w *walker) queue(n *yaml.Node) *Queue {
	q := &Queue{Pos: w.at(n)}
	if f, ok := w.fields(n, `"queue"`, []string{"time", "buffers", "drop"}); ok {
		q.Time, q.Buffers = f.scalar("time"), f.scalar("buffers")
		q.Drop = f.choice("drop", "oldest", "newest", "never")
	}
	return q
}
