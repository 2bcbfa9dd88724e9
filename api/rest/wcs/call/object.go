package call

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"unicode/utf8"

	"sluice/engine/fault"
)

// MaxBody is how many bytes a request may have.
const MaxBody = 256 << 10

// Object is a JSON object whose members are read one by one, by their names. What they say wrong is gathered, for Err to tell. A
// member that is null is one that is not there. It is for one goroutine. The zero Object has no members.
type Object struct {
	members map[string]any
	at      string // "/encoder"
	wrong   *flaws
}

// flaws are shared by an object and those in it.
type flaws struct{ list []error }

// Decode reads the body of a request; an empty one has no members. What is no JSON object is fault.InvalidRequest.
func Decode(body []byte) (Object, error) {
	o := Object{wrong: &flaws{}}
	switch {
	case len(body) > MaxBody:
		return o, fault.New(fault.InvalidRequest, "", "the body is longer than %d bytes", MaxBody)
	case len(bytes.TrimSpace(body)) == 0:
		return o, nil
	case !utf8.Valid(body):
		return o, fault.New(fault.InvalidRequest, "", "the body is not UTF-8").Advise("JSON is sent in UTF-8 (RFC 8259 8.1)")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var whole any
	if err := d.Decode(&whole); err != nil || d.More() {
		return o, fault.New(fault.InvalidRequest, "", "the body is not JSON")
	}
	if whole == nil {
		return o, nil
	}
	members, ok := whole.(map[string]any)
	if !ok {
		return o, fault.New(fault.InvalidRequest, "", "the body is %s, not an object", kind(whole))
	}
	o.members = members
	return o, nil
}

// Has tells whether there is a member.
func (o Object) Has(name string) bool { return o.members[name] != nil }

// Value is a member as it is, for who passes it on: what encoding/json makes of it, with json.Number for numbers. Nil if it is not there.
func (o Object) Value(name string) any { return o.members[name] }

// Names are those of all members, in order.
func (o Object) Names() []string {
	var out []string
	for name, v := range o.members {
		if v != nil {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// Text is a member as text; a number or a boolean is as it is written. "" if it is not there.
func (o Object) Text(name string) string {
	switch v := o.members[name].(type) {
	case nil:
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	default:
		o.Wrong(name, "it is %s, not text", kind(v))
	}
	return ""
}

// Need is Text of a member that has to be there.
func (o Object) Need(name string) string {
	text := o.Text(name)
	if text == "" {
		switch o.members[name].(type) {
		case nil, string:
			o.Wrong(name, "it is missing")
		}
	}
	return text
}

// Flag is a member that is true or false, also as text; both are false if it is not there.
func (o Object) Flag(name string) (is, given bool) {
	switch v := o.members[name].(type) {
	case nil:
		return false, false
	case bool:
		return v, true
	case string:
		switch v {
		case "":
			return false, false
		case "true", "TRUE", "True":
			return true, true
		case "false", "FALSE", "False":
			return false, true
		}
		o.Wrong(name, "%.40q is not true or false", v)
	default:
		o.Wrong(name, "it is %s, not true or false", kind(v))
	}
	return false, false
}

// Object is a member that is an object; it has no members if it is not there.
func (o Object) Object(name string) Object {
	in := Object{at: o.at + "/" + name, wrong: o.wrong}
	switch v := o.members[name].(type) {
	case nil:
	case map[string]any:
		in.members = v
	default:
		o.Wrong(name, "it is %s, not an object", kind(v))
	}
	return in
}

// Texts is a member that is a list of texts, or one.
func (o Object) Texts(name string) []string {
	list, ok := o.members[name].([]any)
	if !ok {
		if text := o.Text(name); text != "" {
			return []string{text}
		}
		return nil
	}
	var out []string
	for i, v := range list {
		one := Object{members: map[string]any{strconv.Itoa(i): v}, at: o.at + "/" + name, wrong: o.wrong}
		out = append(out, one.Text(strconv.Itoa(i)))
	}
	return out
}

// Wrong says what is wrong with a member.
func (o Object) Wrong(name, format string, args ...any) {
	if o.wrong != nil {
		o.wrong.list = append(o.wrong.list, fault.New(fault.InvalidParams, o.at+"/"+name, format, args...))
	}
}

// Err is all that was wrong with the members that were read, here and in objects of this one: faults of fault.InvalidParams, each with a
// JSON pointer as its place, joined.
func (o Object) Err() error {
	if o.wrong == nil {
		return nil
	}
	return errors.Join(o.wrong.list...)
}

// kind says what a value is.
func kind(v any) string {
	switch v.(type) {
	case string:
		return "text"
	case json.Number:
		return "a number"
	case bool:
		return "a boolean"
	case []any:
		return "a list"
	}
	return "an object"
}
