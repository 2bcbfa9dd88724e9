// Package exact reads JSON as RFC 8259 and RFC 7493 have it, where encoding/json is lenient: names are taken as they are written, none
// comes twice, and all text is UTF-8. What is wrong is said in the API's words, with a JSON pointer to it. The package knows no resource;
// whether values are right is for who asked for them.
package exact

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"unicode/utf8"

	"sluice/engine/spec"
)

// Flaw is what is wrong with a text.
type Flaw struct {
	Pointer string // to what is wrong (RFC 6901); "" is the text as a whole
	Detail  string
	Hint    string
}

// Error is a JSON array of the fields: some who pass errors on keep nothing but their texts. Parse has the flaw back.
func (f *Flaw) Error() string {
	text, _ := json.Marshal([]string{f.Pointer, f.Detail, f.Hint}) // strings can be marshalled
	return string(text)
}

// Parse gives the flaw whose error text is given; false if it is none.
func Parse(text string) (*Flaw, bool) {
	var parts []string
	err := json.Unmarshal([]byte(text), &parts)
	if err == nil && len(parts) == 3 {
		return &Flaw{parts[0], parts[1], parts[2]}, true
	}
	return nil, false
}

// Unmarshal is json.Unmarshal for one exact text. Its errors are Flaws.
func Unmarshal(data []byte, v any) error {
	if err := check(data); err != nil {
		return err
	}
	var tree any
	if err := json.Unmarshal(data, &tree); err != nil {
		return mistyped(err)
	}
	if err := named(tree, reflect.TypeOf(v), ""); err != nil {
		return err
	}
	if err := json.Unmarshal(data, v); err != nil {
		return mistyped(err)
	}
	return nil
}

// check looks at the text alone.
func check(data []byte) error {
	if !utf8.Valid(data) {
		return &Flaw{Detail: "it is not UTF-8", Hint: "JSON is sent in UTF-8 (RFC 8259 8.1)"}
	}
	var whole json.RawMessage
	if err := json.Unmarshal(data, &whole); err != nil {
		return malformed(data, err)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return walk(d, "", 0)
}

// malformed says where a text stops being JSON.
func malformed(data []byte, err error) error {
	e, ok := errors.AsType[*json.SyntaxError](err)
	if !ok {
		return &Flaw{Detail: "it is not JSON"}
	}
	at := min(max(int(e.Offset)-1, 0), len(data))
	before := data[:at]
	line := 1 + bytes.Count(before, []byte("\n"))
	column := 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
	if strings.Contains(e.Error(), "unexpected end") {
		return &Flaw{
			Detail: fmt.Sprintf("it is not JSON: it breaks off in line %d", line), Hint: "close what was opened: quotes, brackets, braces",
		}
	}
	if strings.Contains(e.Error(), "max depth") {
		return tooDeep()
	}
	r, _ := utf8.DecodeRune(data[at:])
	return &Flaw{
		Detail: fmt.Sprintf("it is not JSON: %q in line %d, column %d does not belong there", r, line, column),
		Hint:   "names and texts stand in double quotes, commas only between items, and numbers have no sign + and no zeros before them",
	}
}

// deepest is how far values may be nested.
const deepest = 100

func tooDeep() error {
	detail := fmt.Sprintf("it is nested deeper than %d levels", deepest)
	return &Flaw{Detail: detail, Hint: "nothing here needs more than a few"}
}

// walk reads one value of a text that is JSON.
func walk(d *json.Decoder, pointer string, depth int) error {
	if depth > deepest {
		return tooDeep() // the pointer would be as long
	}
	t, err := d.Token()
	if err != nil {
		return &Flaw{Pointer: pointer, Detail: "it is not JSON"}
	}
	switch t := t.(type) {
	case json.Number:
		if _, err := t.Float64(); err != nil {
			return &Flaw{Pointer: pointer, Detail: fmt.Sprintf("the number %.20s is too large", t), Hint: "write one below 1e308"}
		}
	case json.Delim:
		seen := map[string]bool{}
		for n := 0; d.More(); n++ {
			at := fmt.Sprintf("%s/%d", pointer, n)
			if t == '{' {
				name := next(d)
				if at = pointer + "/" + escape(name); seen[name] {
					return &Flaw{Pointer: at, Detail: fmt.Sprintf("%q is there twice", short(name)), Hint: "leave one of them out"}
				}
				seen[name] = true
			}
			if err := walk(d, at, depth+1); err != nil {
				return err
			}
		}
		if _, err := d.Token(); err != nil && !errors.Is(err, io.EOF) {
			return &Flaw{Pointer: pointer, Detail: "it is not JSON"}
		}
	}
	return nil
}

// next reads a name.
func next(d *json.Decoder) string {
	t, _ := d.Token()
	name, _ := t.(string) // the text is JSON
	return name
}

// named refuses names that a type has in another spelling: encoding/json would take them for it.
func named(tree any, t reflect.Type, pointer string) error {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	object, ok := tree.(map[string]any)
	if !ok || t == nil || t.Kind() != reflect.Struct || reflect.PointerTo(t).Implements(reflect.TypeFor[json.Unmarshaler]()) {
		return nil
	}
	fields := fieldsOf(t)
	var names []string
	for name := range fields {
		names = append(names, name)
	}
	for name, value := range object {
		at := pointer + "/" + escape(name)
		of, ok := fields[name]
		if !ok {
			f := &Flaw{Pointer: at, Detail: fmt.Sprintf("there is no %q here", short(name))}
			if near, ok := spec.Nearest(name, names); ok {
				f.Hint = fmt.Sprintf("did you mean %q? Capitals matter", near)
			}
			return f
		}
		if err := named(value, of, at); err != nil {
			return err
		}
	}
	return nil
}

// fieldsOf are the fields of a struct by their names in JSON. Embedded ones are none of those that are read here.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	out := map[string]reflect.Type{}
	for f := range t.Fields() {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
			out[name] = f.Type
		}
	}
	return out
}

// mistyped says which value has the wrong type.
func mistyped(err error) error {
	if f, ok := errors.AsType[*Flaw](err); ok {
		return f
	}
	e, ok := errors.AsType[*json.UnmarshalTypeError](err)
	if !ok {
		return &Flaw{Detail: "it cannot be read"}
	}
	f := &Flaw{Detail: fmt.Sprintf("%s is not wanted here", kind(e.Value))}
	if e.Field != "" {
		f.Pointer = "/" + strings.ReplaceAll(e.Field, ".", "/")
	}
	return f
}

// kind is a kind of value, without the value that encoding/json may give with it.
func kind(value string) string {
	word, _, _ := strings.Cut(value, " ")
	if word == "array" || word == "object" {
		return "an " + word
	}
	return "a " + word
}

// escape writes a name as a part of a JSON pointer (RFC 6901 3).
func escape(name string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(short(name))
}

// short cuts a name that is too long for a message.
func short(name string) string {
	const most = 64
	if utf8.RuneCountInString(name) <= most {
		return name
	}
	return string([]rune(name)[:most]) + "…"
}
