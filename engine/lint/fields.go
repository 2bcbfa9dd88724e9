package lint

import (
	"strings"

	"sluice/engine/element"
	"sluice/engine/spec"
)

// fields checks what a node sets on its element. Nothing is said about an element that does not exist, but the
// references in its settings count as used.
func (g *graph) fields(n *node) {
	if n.elem == nil {
		for _, e := range n.Set {
			g.references(e.Value)
		}
		return
	}
	for _, e := range n.Set {
		g.field(n, e)
	}
	for _, f := range n.elem.Fields {
		if f.Required && !f.ReadOnly && !isSet(n.Set, f.Name) {
			g.at(place(n.Element, n.Pos), "missing_field", "%s needs %q", n.called(), f.Name).Hint = f.About
		}
	}
}

func isSet(list []spec.Entry, key string) bool {
	for _, e := range list {
		if e.Key.Text == key {
			return true
		}
	}
	return false
}

func (g *graph) field(n *node, e spec.Entry) {
	name := e.Key.Text
	f, ok := n.elem.Field(name)
	switch {
	case !ok:
		g.noField(n, e.Key)
		g.references(e.Value)
	case f.ReadOnly:
		g.at(e.Key.Pos, "read_only_field", "%q of %s can only be read", name, n.called()).Advise("remove it")
		g.references(e.Value)
	case f.Constraint.Type == "":
		g.references(e.Value)
	default:
		g.value(e.Value, f.Constraint, setting{what: `"` + name + `" of ` + n.called(), code: "bad_field_value", field: name})
	}
}

// noField reports an unknown field, with the near one or, for gst-launch's child syntax, where such things go here.
func (g *graph) noField(n *node, key spec.Text) {
	d := g.at(key.Pos, "unknown_field", "%s has no setting %q", n.called(), short(key.Text))
	names := make([]string, 0, len(n.elem.Fields))
	for _, f := range n.elem.Fields {
		if !f.ReadOnly {
			names = append(names, f.Name)
		}
	}
	found, ok := g.suggest(key.Text, names)
	switch pad, rest, child := strings.Cut(key.Text, "::"); {
	case child:
		d.Advise(`what belongs to a pad goes on its link: {from: …, to: %s.%s, pad: {%s: …}}`, n.Name.Text, pad, rest)
	case key.Text == "name" && !element.Own(n.elem.Name):
		d.Advise("the element takes its name from the node; remove it")
	case ok:
		d.Advise("did you mean %q?", found)
	case len(names) == 0:
		d.Advise("it has none")
	case len(names) <= 12:
		d.Advise("it has %s", listed(names, 12))
	default:
		d.Advise(`"sluice elements %s" lists what it has`, n.elem.Name)
	}
}
