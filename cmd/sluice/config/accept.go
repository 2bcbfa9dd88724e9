package config

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"sluice/engine/fault"
	"sluice/engine/spec"
	"sluice/engine/value"
)

// The codes of the diagnostics that Load gives beside those of package spec.
const (
	CodeBadValue   = "bad_value"   // a value that its key does not take
	CodeConflict   = "conflict"    // keys that cannot be set together, or not without each other
	CodeUnusedName = "unused_name" // an environment variable that is probably misspelt
)

// put sets a key to what is written. What is wrong with it is reported, and then the key stays as it was.
func (l *loader) put(k Key, v spec.Value, origin string) {
	before := l.errors
	got := l.accept(k, k.Name, v)
	if l.errors > before {
		return
	}
	l.given[k.Name] = v
	l.set[k.Name] = Setting{Key: k, Value: got, Origin: origin}
}

// accept makes what is written a value of the key's type. name is the key's full name.
func (l *loader) accept(k Key, name string, v spec.Value) any {
	switch {
	case k.Many:
		return l.list(k, name, v)
	case k.Fields != nil:
		return l.record(k, name, v)
	case k.Type.Type == value.List && v.Kind == spec.List:
		out := make([]any, 0, len(v.Items))
		for i, item := range v.Items {
			if got, ok := l.one(k, *k.Type.Item, fmt.Sprintf("%s[%d]", name, i), item); ok {
				out = append(out, got)
			}
		}
		return out
	case k.Type.Type == value.List: // one by itself, or several with commas
		return l.words(k, name, v)
	}
	got, _ := l.one(k, k.Type, name, v)
	return got
}

// list reads a list of records.
func (l *loader) list(k Key, name string, v spec.Value) any {
	if v.Kind != spec.List {
		l.errorf(v.Pos, spec.CodeWrongKind, "%q must be a list, this is %s", name, kindOf(v)).
			Advise(`write "- %s: …"`, k.Fields[0].Name)
		return nil
	}
	out := make([]any, 0, len(v.Items))
	for i, item := range v.Items {
		out = append(out, l.record(k, fmt.Sprintf("%s[%d]", name, i), item))
	}
	return out
}

// record reads a map with the keys of a record.
func (l *loader) record(k Key, name string, v spec.Value) any {
	if v.Kind != spec.Map {
		l.errorf(v.Pos, spec.CodeWrongKind, "%q must be a map, this is %s", name, kindOf(v)).
			Advise("its keys are %s", strings.Join(fieldNames(k), ", "))
		return nil
	}
	out := map[string]any{}
	for _, e := range v.Entries {
		f, ok := field(k, e.Key.Text)
		if !ok {
			d := l.errorf(e.Key.Pos, spec.CodeUnknownKey, "%q has no key %q", name, short(e.Key.Text))
			if near, ok := spec.Nearest(e.Key.Text, fieldNames(k)); ok {
				d.Advise("did you mean %q?", near)
			} else {
				d.Advise("its keys are %s", strings.Join(fieldNames(k), ", "))
			}
			continue
		}
		if e.Value.Kind != spec.Null {
			out[f.Name] = l.accept(f, name+"."+f.Name, e.Value)
		}
	}
	return out
}

func field(k Key, name string) (Key, bool) {
	for _, f := range k.Fields {
		if f.Name == name {
			return f, true
		}
	}
	return Key{}, false
}

func fieldNames(k Key) []string {
	var out []string
	for _, f := range k.Fields {
		out = append(out, f.Name)
	}
	return out
}

// words reads a list that is written as one text.
func (l *loader) words(k Key, name string, v spec.Value) any {
	switch v.Kind {
	case spec.Map, spec.Null:
		l.bad(k, v.Pos, name, wrong(`write "- item", or [item, item]`, "must be a list, this is %s", kindOf(v)))
		return nil
	}
	got, err := value.Constraint{Type: value.List, Item: &value.Constraint{Type: value.String}}.Parse(v.Text)
	if err != nil {
		l.bad(k, v.Pos, name, err)
		return nil
	}
	items, _ := got.([]any)
	for i, item := range items {
		if one, ok := l.one(k, *k.Type.Item, name, spec.Value{Kind: spec.String, Text: value.Text(item), Pos: v.Pos}); ok {
			items[i] = one
		}
	}
	return items
}

// one reads one scalar.
func (l *loader) one(k Key, c value.Constraint, name string, v spec.Value) (any, bool) {
	got, err := c.Accept(literal(v))
	if err == nil && k.check != nil {
		text, _ := value.Revealed(got) // of secrets, what is wrong does not say what they are
		err = k.check(text)
	}
	if err != nil {
		l.bad(k, v.Pos, name, err)
		return nil, false
	}
	if c.Type == value.File {
		got = l.absolute(value.Text(got))
	}
	return got, true
}

// bad reports a value that its key does not take.
func (l *loader) bad(k Key, pos spec.Pos, name string, err error) {
	f, ok := errors.AsType[*fault.Fault](err)
	if !ok {
		l.errorf(pos, CodeBadValue, "%q: %v", name, err)
		return
	}
	colon := ":"
	if verb, _, _ := strings.Cut(f.Msg, " "); slices.Contains([]string{"is", "has", "holds", "must"}, verb) {
		colon = "" // it goes on about the key
	}
	d := l.errorf(pos, CodeBadValue, "%q%s %s", name, colon, f.Msg)
	d.Hint = f.Hint
	if better := k.example(); better != "" && strings.HasPrefix(f.Hint, "write for example ") {
		d.Advise("write for example %s", better)
	}
}

// example is a value that makes sense for the key, "" if none is known.
func (k Key) example() string {
	if k.Type.Type == value.List || k.Type.Type == value.Bool {
		return k.Example
	}
	return cmp.Or(k.Example, value.Text(k.Default))
}

// literal is what YAML makes of a value.
func literal(v spec.Value) any {
	switch v.Kind {
	case spec.Null:
		return nil
	case spec.Bool:
		return strings.EqualFold(v.Text, "true")
	case spec.Int, spec.Float:
		if json.Valid([]byte(v.Text)) {
			return json.Number(v.Text)
		}
	case spec.List:
		return []any{}
	case spec.Map:
		return map[string]any{}
	case spec.String:
	}
	return v.Text
}
