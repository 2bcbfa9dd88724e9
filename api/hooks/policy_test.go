package hooks

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func TestReadPolicies(t *testing.T) {
	for _, c := range []struct {
		text  string
		wrong []string
	}{
		{`{}`, nil},
		{`null`, nil},
		{``, nil},
		{`{"connect":{"restOnError":"FAIL","restPolicy":"OVERWRITE","restOverwrite":"a,b"}}`, nil},
		{`{"connect":{"restOnError":"fail","restPolicy":null}}`, nil},
		{`{"connect":{"restOnError":"NEVER"}}`, []string{"connect"}},
		{`{"connect":{"restPolicy":"SOMETIMES"}}`, []string{"connect"}},
		{`{"connect":{"restOverwrite":["a"]}}`, []string{"connect"}},
		{`{"conect":{}}`, []string{"conect"}},
		{`[]`, []string{"restClientConfig"}},
		{`"x"`, []string{"restClientConfig"}},
	} {
		if _, wrong := readPolicies(json.RawMessage(c.text)); !slices.Equal(wrong, c.wrong) {
			t.Errorf("%s: %q", c.text, wrong)
		}
	}
	long := `{"connect":{"restOverwrite":"` + strings.Repeat("a,", 10_000) + `"}}`
	if p, wrong := readPolicies(json.RawMessage(long)); len(p["connect"].fields) != maxFields || len(wrong) != 1 {
		t.Errorf("%d fields, %q", len(p["connect"].fields), wrong)
	}
}

// FuzzReadPolicies: whatever a back end says of itself, it is bounded, and only what it may say is believed.
func FuzzReadPolicies(f *testing.F) {
	for _, seed := range []string{
		`{"connect":{"clientExclude":"a","restExclude":"b","restOnError":"FAIL","restPolicy":"OVERWRITE","restOverwrite":"c,d"}}`,
		`{"StreamStatusEvent":{"restPolicy":"DISABLE"},"x":5}`, `[`, `{"a":{"restOnError":{}}}`, `null`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		all, wrong := readPolicies(text)
		if len(all) > maxPolicies || len(wrong) > len(all)+1 {
			t.Fatalf("%d methods, %d wrong", len(all), len(wrong))
		}
		for _, p := range all {
			for _, list := range [][]string{p.hidden, p.withheld, p.fields} {
				if len(list) > maxFields || slices.ContainsFunc(list, func(s string) bool { return s == "" || strings.Contains(s, ",") }) {
					t.Fatalf("%q", list)
				}
			}
			if p.waits() && p.off {
				t.Fatal("waits for what is off")
			}
		}
	})
}

// FuzzOverwrite: an answer changes the fields that it may, and those keep their types.
func FuzzOverwrite(f *testing.F) {
	f.Add(`{"name":"cam","width":5,"custom":null}`, `{"name":"door","sdp":"x","custom":{}}`, "name,custom")
	f.Add(`{"name":"cam"}`, `{"name":[1]}`, "name")
	f.Fuzz(func(t *testing.T, was, said, fields string) {
		var body, answer Object
		if json.Unmarshal([]byte(was), &body) != nil || json.Unmarshal([]byte(said), &answer) != nil || body == nil {
			return
		}
		list, _ := word(fields).split()
		out, err := overwrite(body, answer, list)
		if err != nil {
			return
		}
		for name, now := range out {
			before, had := body[name]
			switch {
			case string(before) == string(now):
			case !slices.Contains(list, name):
				t.Fatalf("%q was changed", name)
			case had && kindOf(before) != kindOf(now) && kindOf(before) != "null" && kindOf(now) != "null":
				t.Fatalf("%q is %s, and was %s", name, now, before)
			}
		}
		if len(out) < len(body) {
			t.Fatal("something is gone")
		}
	})
}
