package spec

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// shorten writes every item in its short form if it has one, and every short form in the same way.
func (p *page) shorten() {
	forms := map[string]func(*outline) (string, bool){
		"params": shortParam,
		"route":  shortRoute,
		"nodes":  shortNode,
		"links":  shortLink,
	}
	for _, section := range p.root.entries {
		section.value.flow = false
		if section.key.Value == "about" {
			section.value.text = strings.TrimSpace(section.value.text)
		}
		form := forms[section.key.Value]
		if form == nil {
			continue
		}
		for _, e := range section.value.entries {
			if e.value.commented() {
				continue
			}
			if text, ok := form(e.value); ok {
				e.value = &outline{kind: yaml.ScalarNode, text: text, quoted: true}
			}
		}
	}
}

// only tells whether the value is a map that has no keys but these.
func (o *outline) only(keys ...string) bool {
	if o.kind != yaml.MappingNode {
		return false
	}
	found := 0
	for _, k := range keys {
		if o.find(k) != nil {
			found++
		}
	}
	return found == len(o.entries)
}

// scalarOf gives the text of a key that holds a single value; "" if it is not there.
func (o *outline) scalarOf(key string) string {
	if e := o.find(key); e != nil {
		return e.value.text
	}
	return ""
}

// kindOf is the kind of a scalar.
func (o *outline) kindOf() Kind {
	if o.quoted {
		return String
	}
	return plainKind(o.text)
}

func shortParam(o *outline) (string, bool) { return o.scalarOf("type"), o.only("type") }

func shortRoute(o *outline) (string, bool) {
	event, path := o.scalarOf("event"), o.scalarOf("path")
	if o.kind == yaml.ScalarNode {
		return strings.Join(strings.Fields(o.text), " "), true
	}
	text := strings.TrimSpace(event + " " + path)
	r, ok := new(walker).routeText(spot{text: text})
	return text, o.only("event", "path") && ok && r.Event.Text == event && r.Path.Text == path
}

func shortNode(o *outline) (string, bool) {
	w := new(walker)
	if o.kind == yaml.ScalarNode {
		element, set := w.nodeText(spot{text: o.text})
		return nodeText(element.Text, set), true
	}
	if !o.only("element", "set") {
		return "", false
	}
	element, set := o.scalarOf("element"), []Entry(nil)
	if s := o.find("set"); s != nil {
		for _, e := range s.value.entries {
			if e.value.kind != yaml.ScalarNode || !oneLine(e.value.text) {
				return "", false
			}
			v := Value{Kind: e.value.kindOf(), Text: e.value.text}
			if e.value.null() {
				v.Text = "null"
			}
			set = append(set, Entry{Text{Text: e.key.Value}, v})
		}
	}
	text := nodeText(element, set)
	again, properties := w.nodeText(spot{text: text})
	return text, w.faults == 0 && again.Text == element && sameEntries(properties, set)
}

// sameEntries compares single values without their places.
func sameEntries(a, b []Entry) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Key.Text != b[i].Key.Text || a[i].Value.Kind != b[i].Value.Kind || a[i].Value.Text != b[i].Value.Text {
			return false
		}
	}
	return true
}

// nodeText writes a node's short form.
func nodeText(element string, set []Entry) string {
	var b strings.Builder
	b.WriteString(element)
	for _, e := range set {
		b.WriteString(" " + e.Key.Text + "=")
		text := e.Value.Text
		if e.Value.Kind == String && (text == "" || text[0] == '\'' || strings.ContainsAny(text, " \t\n\"") || plainKind(text) != String) {
			text = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
		}
		b.WriteString(text)
	}
	return b.String()
}

func shortLink(o *outline) (string, bool) {
	w := new(walker)
	if o.kind == yaml.ScalarNode {
		hops, ok := w.chain(spot{text: o.text})
		return chainText(hops), ok
	}
	if !o.only("from", "to", "caps") {
		return "", false
	}
	from, _ := w.ref(spot{text: o.scalarOf("from")})
	to, _ := w.ref(spot{text: o.scalarOf("to")})
	hops := []Hop{from, to}
	caps := tight(o.scalarOf("caps"))
	if caps != "" {
		hops = []Hop{from, {Caps: Text{Text: caps}}, to}
	}
	text := chainText(hops)
	again, ok := w.chain(spot{text: text})
	return text, ok && oneLine(text) && len(again) == len(hops) && (caps == "" || again[1].Caps.Text == caps)
}

// chainText writes a link's short form.
func chainText(hops []Hop) string {
	var b strings.Builder
	for i, h := range hops {
		if i > 0 {
			b.WriteString(" -> ")
		}
		if h.Node == "" {
			b.WriteString("[" + tight(h.Caps.Text) + "]")
			continue
		}
		b.WriteString(h.Node)
		if h.Pad != "" {
			b.WriteString("." + h.Pad)
		}
		if h.Key != "" {
			b.WriteString("[" + h.Key + "]")
		}
		if h.Optional {
			b.WriteByte('?')
		}
	}
	return b.String()
}
