package spec

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// links reads links:, a list of chains and long forms.
func (w *walker) links(n *yaml.Node) {
	if n.Kind != yaml.SequenceNode {
		w.gap("links")
		w.wrongKind(n, `"links"`, "a list").Advise(`begin every link with "- ", as in "- in -> out"`)
		return
	}
	for _, item := range n.Content {
		before := w.faults
		l := w.link(item)
		if w.faults > before {
			w.gap("links")
			continue
		}
		w.graph.Links = append(w.graph.Links, l)
	}
}

func (w *walker) link(n *yaml.Node) Link {
	l := Link{Pos: w.at(n)}
	switch n.Kind {
	case yaml.ScalarNode:
		if t, ok := w.text(n, "a link"); ok {
			l.Text = t.Text
			l.Hops, _ = w.chain(w.spot(n))
		}
	case yaml.SequenceNode:
		w.wrongKind(n, "a link", "a chain").Advise(`write "- in -> out"; a chain inside brackets must be in quotes`)
	default:
		l.Long = true
		w.longLink(&l, n)
	}
	return l
}

func (w *walker) longLink(l *Link, n *yaml.Node) {
	f, ok := w.fields(n, "a link", []string{"from", "to", "caps", "pad", "queue"})
	if !ok {
		return
	}
	const like = "as in {from: a.src, to: mix.sink_%u}"
	f.require("from", like)
	f.require("to", like)
	l.Hops = w.oneRef(l.Hops, f.get("from"), "from")
	if t := f.text("caps"); strings.TrimSpace(t.Text) == "" && t.Set() {
		w.errorf(t.Pos, CodeBadChain, "caps are empty").Advise("leave the key out")
	} else if t.Set() {
		l.Hops = append(l.Hops, Hop{Pos: t.Pos, Caps: t})
	}
	l.Hops = w.oneRef(l.Hops, f.get("to"), "to")
	l.Pad = f.entries("pad")
	if q := f.get("queue"); q != nil {
		l.Queue = w.queue(q)
	}
}

// oneRef reads from: or to:, which hold one node each.
func (w *walker) oneRef(hops []Hop, n *yaml.Node, key string) []Hop {
	if n == nil {
		return hops
	}
	if _, ok := w.text(n, `"`+key+`"`); !ok {
		return hops
	}
	h, ok := w.ref(w.spot(n))
	if !ok {
		return hops
	}
	return append(hops, h)
}

// ref reads a text that is one node with an optional pad.
func (w *walker) ref(s spot) (Hop, bool) {
	l, ok := w.lex(s, CodeBadChain)
	if !ok {
		return Hop{}, false
	}
	l.skip()
	h, ok := l.ref()
	if l.skip(); ok && !l.done() {
		l.fail(l.i, "%q after the node", l.word()).Advise(`one node here, as in "mix.sink_%%u"`)
		return h, false
	}
	return h, ok
}

// exports reads exports:, a map of names to pads.
func (w *walker) exports(n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		w.gap("exports")
		w.wrongKind(n, `"exports"`, "a map").Advise(`write "name: node.pad", as in "video: enc.src"`)
		return
	}
	before := w.faults
	for _, p := range w.pairs(n, `"exports"`) {
		if w.checkName(p.key, "export") {
			w.export(p)
		}
	}
	if w.faults > before {
		w.gap("exports")
	}
}

func (w *walker) export(p pair) {
	if _, ok := w.text(p.value, `the export "`+p.key.Text+`"`); !ok {
		return
	}
	h, ok := w.ref(w.spot(p.value))
	switch {
	case !ok:
	case h.Pad == "" || h.Key != "" || h.Optional:
		w.errorf(h.Pos, CodeBadChain, "an export is one pad of a node").
			Advise(`write "%s: %s.src", or whatever the pad's name is`, p.key.Text, h.Node)
	default:
		w.graph.Exports = append(w.graph.Exports, Export{Name: p.key, Node: h.Node, Pad: h.Pad, Pos: h.Pos})
	}
}
