package spec

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// fields is a map whose keys the language knows.
type fields struct {
	w      *walker
	pos    Pos
	what   string
	list   []pair
	strays []string // known keys that an unknown key probably meant
	unsure bool     // a key could not be read, and may be any
}

// fields reads a map with known keys and reports unknown ones. It tells whether the value is a map at all.
func (w *walker) fields(n *yaml.Node, what string, known []string) (fields, bool) {
	f := fields{w: w, pos: w.at(n), what: what}
	if n.Kind != yaml.MappingNode {
		w.wrongKind(n, what, "a map").Advise("its keys are %s", strings.Join(known, ", "))
		return f, false
	}
	before := w.faults
	list := w.pairs(n, what)
	f.unsure = w.faults > before
	for _, p := range list {
		if slices.Contains(known, p.key.Text) {
			f.list = append(f.list, p)
			continue
		}
		d := w.errorf(p.key.Pos, CodeUnknownKey, "%s has no key %q", what, short(p.key.Text))
		if near, ok := Nearest(p.key.Text, known); ok {
			d.Advise("did you mean %q?", near)
			f.strays = append(f.strays, near)
		} else {
			d.Advise("its keys are %s", strings.Join(known, ", "))
		}
	}
	return f, true
}

// get finds the value of a key; nil if the key is not there.
func (f fields) get(key string) *yaml.Node {
	for _, p := range f.list {
		if p.key.Text == key {
			return p.value
		}
	}
	return nil
}

// keyPos is the place of a key that is there.
func (f fields) keyPos(key string) Pos {
	for _, p := range f.list {
		if p.key.Text == key {
			return p.key.Pos
		}
	}
	return f.pos
}

// require reports a key that is not there, unless it is there misspelt, which was reported.
func (f fields) require(key, hint string) *yaml.Node {
	n := f.get(key)
	if n == nil && !f.unsure && !slices.Contains(f.strays, key) {
		f.w.errorf(f.pos, CodeMissingKey, "%s needs the key %q", f.what, key).Hint = hint
	}
	return n
}

// text reads a key that must be text if it is there.
func (f fields) text(key string) Text {
	n := f.get(key)
	if n == nil {
		return Text{}
	}
	t, _ := f.w.text(n, `"`+key+`"`)
	return t
}

// about reads the key that describes something: a text without the line feed that a block scalar ends with.
func (f fields) about() Text {
	t := f.text("about")
	t.Text = strings.TrimSpace(t.Text)
	return t
}

// scalar reads a key that must be a single value if it is there.
func (f fields) scalar(key string) Value {
	n := f.get(key)
	switch {
	case n == nil:
		return Value{}
	case n.Kind != yaml.ScalarNode:
		f.w.wrongKind(n, `"`+key+`"`, "a single value")
		return Value{}
	case empty(n):
		f.w.errorf(f.keyPos(key), CodeWrongKind, "%q is empty", key).Advise("write a value, or leave the key out")
		return Value{}
	}
	return f.w.value(n, key)
}

// entries reads a key that must be a map if it is there.
func (f fields) entries(key string) []Entry {
	n := f.get(key)
	if n == nil {
		return nil
	}
	return f.w.entries(n, `"`+key+`"`)
}

// choice reads a key that must be one of a few words if it is there.
func (f fields) choice(key string, words ...string) Text {
	t := f.text(key)
	if !t.Set() || slices.Contains(words, t.Text) {
		return t
	}
	d := f.w.errorf(t.Pos, CodeBadChoice, "%q is not a word for %q", short(t.Text), key)
	if near, ok := Nearest(t.Text, words); ok {
		d.Advise("did you mean %q?", near)
	} else {
		d.Advise("it is one of %s", strings.Join(words, ", "))
	}
	return Text{}
}

// short cuts a text for a message.
func short(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
