package exact

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
)

// thing is what texts are read into.
type thing struct {
	Name  string         `json:"name"`
	Count int            `json:"count,omitempty"`
	Of    *thing         `json:"of"`
	Any   map[string]any `json:"any"`
	Own   own            `json:"own"`
	Not   string         `json:"-"`
}

// own reads itself.
type own struct{ text string }

func (o *own) UnmarshalJSON(b []byte) error { o.text = string(b); return nil }

func TestUnmarshal(t *testing.T) {
	for _, row := range []struct{ text, pointer, detail, hint string }{
		{text: `{"name":"x","count":3,"of":{"name":"y"},"any":{"Name":1,"name":2,"a/b":{}},"own":{"Any":1}}`},
		{text: " {}\n"},
		{text: `{"name":"é \ud83d\ude00"}`},
		{"{", "", "it is not JSON: it breaks off in line 1", "close"},
		{"{\n \"name\": 'x'}", "", `it is not JSON: '\'' in line 2, column 10 does not belong there`, "double quotes"},
		{"{\"name\": \"é\", x}", "", `it is not JSON: 'x' in line 1, column 15`, "double quotes"},
		{`{} {}`, "", `it is not JSON: '{' in line 1, column 4`, ""},
		{`{"count": 01}`, "", `'1' in line 1, column 12`, "zeros"},
		{"", "", "it breaks off in line 1", ""},
		{"\"\xff\"", "", "it is not UTF-8", ""},
		{"\x1f\x8b", "", "it is not UTF-8", ""},
		{`{"name":"x","name":"y"}`, "/name", `"name" is there twice`, "leave"},
		{`{"any":{"a/b~":[1,{"x":1,"x":2}]}}`, "/any/a~1b~0/1/x", `"x" is there twice`, "leave"},
		{`{"name":"x","n\u0061me":"y"}`, "/name", `"name" is there twice`, "leave"},
		{`{"Name":"x"}`, "/Name", `there is no "Name" here`, `did you mean "name"? Capitals matter`},
		{`{"of":{"COUNT":1}}`, "/of/COUNT", `there is no "COUNT" here`, `did you mean "count"?`},
		{`{"Not":"x"}`, "/Not", `there is no "Not" here`, ""},
		{`{"any":{"x":[1e999]}}`, "/any/x/0", "the number 1e999 is too large", "below"},
		{`{"of":{"count":"many"}}`, "/of/count", "a string is not wanted here", ""},
		{`{"count":1.5}`, "/count", "a number is not wanted here", ""},
		{`[1]`, "", "an array is not wanted here", ""},
		{strings.Repeat("[", 200) + strings.Repeat("]", 200), "", "it is nested deeper than 100 levels", "few"},
		{strings.Repeat("[", 20000) + strings.Repeat("]", 20000), "", "it is nested deeper than 100 levels", "few"},
		{`{"` + strings.Repeat("n", 1000) + `":1}`, "/" + strings.Repeat("n", 64) + "…", "there is no", ""},
	} {
		var v thing
		err := Unmarshal([]byte(row.text), &v)
		if row.detail == "" {
			var want thing
			if err != nil || json.Unmarshal([]byte(row.text), &want) != nil || !reflect.DeepEqual(v, want) {
				t.Errorf("%s: %+v %v", row.text, v, err)
			}
			continue
		}
		f, ok := errors.AsType[*Flaw](err)
		if !ok || f.Pointer != row.pointer || !strings.Contains(f.Detail, row.detail) || !strings.Contains(f.Hint, row.hint) {
			t.Errorf("%.60s: %v", row.text, err)
			continue
		}
		if again, ok := Parse(err.Error()); !ok || *again != *f {
			t.Errorf("%v is not had back: %v", err, again)
		}
	}
	for _, text := range []string{"", "expected string", `["a","b"]`, `["a","b",3]`, "[1,2,3]"} {
		if f, ok := Parse(text); ok {
			t.Errorf("%s is %v", text, f)
		}
	}
}

func FuzzUnmarshal(f *testing.F) {
	for _, seed := range []string{`{"name":"x"}`, `{"a":[1,{"b":null}]}`, `{"a":1,"a":2}`, "[1e999]", "{", "\xff", `{"Name":1}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var got, want any
		err := Unmarshal(data, &got)
		if lenient := json.Unmarshal(data, &want); err == nil && (lenient != nil || !reflect.DeepEqual(got, want)) {
			t.Errorf("%q: %v, and with encoding/json %v %v", data, got, want, lenient)
		}
		if err == nil {
			return
		}
		flaw, ok := errors.AsType[*Flaw](err)
		if !ok || flaw.Detail == "" || strings.Contains(flaw.Detail, "json:") {
			t.Errorf("%q: %v", data, err)
		}
		if again, ok := Parse(err.Error()); !ok || again.Detail != flaw.Detail {
			t.Errorf("%q: %v is not had back", data, err)
		}
	})
}
