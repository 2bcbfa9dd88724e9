package spec

import (
	"gopkg.in/yaml.v3"
)

// outline is a value as Format sees it: its text or entries, how it was written, and the comments around everything in it.
type outline struct {
	kind    yaml.Kind
	text    string // of a scalar
	quoted  bool   // the scalar is a String and may need quotes; others are written as they are
	flow    bool   // written in brackets
	entries []*entry
}

// entry is a key with its value, or an item of a list.
type entry struct {
	key    *yaml.Node // nil for an item
	value  *outline
	up     *entry // the entry in whose value this one is; nil at the top
	offset int    // where it begins
	start  int    // where its value begins
	pos    Pos    // of the key, or of an item's "-"
	flow   bool   // inside brackets
	gap    bool   // a blank line is above it and its comments
	head   []string
	side   string
	foot   []string // below its value, as deep as that; "" is a blank line here and in head
}

// page is one document of a file.
type page struct {
	root  *outline
	order []*entry              // all entries in the order of the file
	owner map[*yaml.Node]*entry // of values in brackets
	foot  []string
}

func (s *source) page(doc *yaml.Node) *page {
	p := &page{owner: make(map[*yaml.Node]*entry)}
	p.root = s.outline(p, doc.Content[0], nil)
	return p
}

func (s *source) outline(p *page, n *yaml.Node, up *entry) *outline {
	o := &outline{kind: n.Kind, flow: n.Style&yaml.FlowStyle != 0}
	if n.Kind == yaml.ScalarNode {
		o.text, o.quoted = n.Value, scalarKind(n) == String
		return o
	}
	if o.flow {
		p.owner[n] = up
	}
	step := 1
	if n.Kind == yaml.MappingNode {
		step = 2
	}
	for i := 0; i+step <= len(n.Content); i += step {
		value := n.Content[i+step-1]
		e := &entry{up: up, flow: o.flow || up != nil && up.flow}
		if step == 2 {
			e.key = n.Content[i]
			e.pos = Pos{s.file, e.key.Line, e.key.Column}
			e.offset = s.offset(e.pos.Line, e.pos.Col)
		}
		e.start = s.offset(value.Line, value.Column)
		if step == 1 {
			e.pos, e.offset = Pos{s.file, value.Line, value.Column}, e.start
			if !o.flow {
				e.pos.Col = n.Column
			}
		}
		p.order = append(p.order, e)
		e.value = s.outline(p, value, e)
		o.entries = append(o.entries, e)
	}
	return o
}

// null tells whether nothing is written for the value.
func (o *outline) null() bool { return o.kind == yaml.ScalarNode && o.text == "" && !o.quoted }

// inBlock tells whether the value is a map or list with something in it that is not in brackets.
func (o *outline) inBlock() bool { return len(o.entries) > 0 && !o.flow }

// find gives the entry of a key.
func (o *outline) find(key string) *entry {
	for _, e := range o.entries {
		if e.key != nil && e.key.Value == key {
			return e
		}
	}
	return nil
}

// commented tells whether there is a comment anywhere inside the value.
func (o *outline) commented() bool {
	for _, e := range o.entries {
		if len(e.head) > 0 || e.side != "" || len(e.foot) > 0 || e.value.commented() {
			return true
		}
	}
	return false
}
