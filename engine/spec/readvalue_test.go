package spec

import (
	"fmt"
	"strings"
	"testing"
)

// outlineOf writes a value with its places, on one line.
func outlineOf(v Value) string {
	at := fmt.Sprintf("@%d:%d", v.Pos.Line, v.Pos.Col)
	switch v.Kind {
	case Map:
		var parts []string
		for _, e := range v.Entries {
			parts = append(parts, fmt.Sprintf("%s@%d:%d=%s", e.Key.Text, e.Key.Pos.Line, e.Key.Pos.Col, outlineOf(e.Value)))
		}
		return "{" + strings.Join(parts, " ") + "}"
	case List:
		var parts []string
		for _, i := range v.Items {
			parts = append(parts, outlineOf(i))
		}
		return "[" + strings.Join(parts, " ") + "]" + at
	}
	return v.Text + at
}

func TestReadValue(t *testing.T) {
	for _, row := range []struct{ in, want string }{
		{"", "@1:1"},
		{"# nothing yet\n", "@1:1"},
		{"---\n", "@1:1"},
		{"5\n", "5@1:1"},
		{`[{"name": "obs", "may": [1]}]`, "[{name@1:3=obs@1:11 may@1:18=[1@1:26]@1:25}]@1:1"},
		{"web:\n  listen: [\":1\", ':2']\nlog:\n  level: debug\n",
			"{web@1:1={listen@2:3=[:1@2:12 :2@2:18]@2:11} log@3:1={level@4:3=debug@4:10}}"},
		{"\xef\xbb\xbfa: 1\r\nb:\r\n", "{a@1:1=1@1:4 b@2:1=@2:3}"},
	} {
		got, bad := ReadValue("c.yaml", []byte(row.in))
		if len(bad) > 0 || outlineOf(got) != row.want {
			t.Errorf("%q: %s %v; want %s", row.in, outlineOf(got), bad, row.want)
		}
	}
}

func TestReadValueRefuses(t *testing.T) {
	for _, row := range []struct{ in, want string }{
		{"a: 1\na: 2\n", `c.yaml:2:1: error[duplicate_key]: the key "a" is written twice in the file (the first is on line 1)`},
		{"a: 1\n---\nb: 2\n", `c.yaml:2:1: error[yaml_syntax]: a second document begins here (remove the line with ---)`},
		{"a: &x 1\nb: *x\n", `c.yaml:1:4: error[anchor_refused]: a YAML anchor is refused, and 1 more (write the value wherever it is needed)`},
		{"a: !!str 1\n", `c.yaml:1:4: error[tag_refused]: a YAML tag is refused (write the value without it: every key knows its type)`},
		{"a: " + strings.Repeat("[", 40) + strings.Repeat("]", 40) + "\n",
			`c.yaml:1:35: error[too_deep]: values are nested too deeply (is this the right file?)`},
		{strings.Repeat("#", maxBytes+1), `c.yaml:1:1: error[file_too_large]: the file has 1048577 bytes, more than 1048576 (is this the right file?)`},
		{"a: b: c\n", `c.yaml:1:5: error[yaml_syntax]: a ":" is not expected here (put a text that contains ": " in quotes)`},
	} {
		_, bad := ReadValue("c.yaml", []byte(row.in))
		if len(bad) != 1 || bad[0].String() != row.want {
			t.Errorf("%.40q: %v; want %s", row.in, bad, row.want)
		}
	}
}

func FuzzReadValue(f *testing.F) {
	for _, s := range []string{"a: 1\nb: [x, {c: d}]\n", "a:\n- b\n-\n", "? x\n: y\n", "a: |\n  text\n", "a: &b c\n", "---\n---\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		v, bad := ReadValue("c.yaml", data)
		if v.Pos.Line < 1 || v.Pos.Col < 1 {
			t.Errorf("nowhere: %+v", v)
		}
		for _, d := range bad {
			if d.Code == "" || d.Msg == "" || d.Pos.File != "c.yaml" || d.Pos.Line < 1 || d.Pos.Col < 1 {
				t.Errorf("a diagnostic lacks something: %#v", d)
			}
			if strings.Contains(d.Hint, "graph") {
				t.Errorf("a hint speaks of graphs: %s", d)
			}
		}
	})
}
