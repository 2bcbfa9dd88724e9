package config

import (
	"path/filepath"
	"strings"

	"sluice/engine/spec"
)

// file reads the file.
func (l *loader) file(name string, text []byte) {
	root, bad := spec.ReadValue(name, text)
	l.report.Add(bad...)
	if name != EnvText {
		l.folder = filepath.Dir(name)
	}
	if root.Kind == spec.Null {
		return
	}
	if root.Kind != spec.Map {
		l.errorf(root.Pos, spec.CodeWrongKind, "the configuration must be a map, this is %s", kindOf(root)).
			Advise(`write "key: value"`)
		return
	}
	l.section("", root)
}

// section reads a map of keys and sections. An empty one is as if it were not there, so that everything in it can be commented
// out.
func (l *loader) section(prefix string, v spec.Value) {
	for _, e := range v.Entries {
		name := prefix + e.Key.Text
		if k, ok := l.key(name); ok {
			if e.Value.Kind != spec.Null {
				l.put(k, e.Value, origin(e.Key.Pos))
			}
			continue
		}
		switch {
		case !l.isSection(name):
			l.stranger(prefix, e.Key)
		case e.Value.Kind == spec.Map:
			l.section(name+".", e.Value)
		case e.Value.Kind != spec.Null:
			l.errorf(e.Value.Pos, spec.CodeWrongKind, "%q must be a map, this is %s", name, kindOf(e.Value)).
				Advise("its keys are %s", strings.Join(l.children(name+"."), ", "))
		}
	}
}

func (l *loader) key(name string) (Key, bool) {
	for _, k := range l.keys {
		if k.Name == name {
			return k, true
		}
	}
	return Key{}, false
}

func (l *loader) isSection(name string) bool { return len(l.children(name+".")) > 0 }

// children lists the keys and sections right below a prefix.
func (l *loader) children(prefix string) []string {
	var out []string
	for _, k := range l.keys {
		rest, ok := strings.CutPrefix(k.Name, prefix)
		if !ok {
			continue
		}
		child, _, _ := strings.Cut(rest, ".")
		if len(out) == 0 || out[len(out)-1] != child {
			out = append(out, child)
		}
	}
	return out
}

// stranger reports a key that there is not: what it was meant to be, if that can be guessed, here or in another section.
func (l *loader) stranger(prefix string, key spec.Text) {
	where := "the configuration"
	if prefix != "" {
		where = `"` + strings.TrimSuffix(prefix, ".") + `"`
	}
	d := l.errorf(key.Pos, spec.CodeUnknownKey, "%s has no key %q", where, short(key.Text))
	known := l.children(prefix)
	if near, ok := spec.Nearest(key.Text, known); ok {
		d.Advise("did you mean %q?", near)
		return
	}
	for _, k := range l.keys {
		if k.Name == key.Text || strings.HasSuffix(k.Name, "."+key.Text) {
			d.Advise("did you mean %q?", k.Name)
			return
		}
	}
	d.Advise("its keys are %s", strings.Join(known, ", "))
}

// short cuts off what nobody would read.
func short(text string) string {
	const most = 60
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}

// kindOf says what a value is, for messages.
func kindOf(v spec.Value) string {
	switch v.Kind {
	case spec.Null:
		return "empty"
	case spec.Bool:
		return "true or false"
	case spec.Int, spec.Float:
		return "a number"
	case spec.List:
		return "a list"
	case spec.Map:
		return "a map"
	default:
		return "text"
	}
}
