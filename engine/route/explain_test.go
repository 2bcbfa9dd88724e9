package route

import (
	"strings"
	"testing"
)

func TestExplain(t *testing.T) {
	table, _ := build(t,
		"e /{x...}", "e /{x...} v=1", "e /{x...} v=1|2", "e /{x...} v=1 w=1",
		"e /a/{y}", "e /a/b", "e /{x}/b/c", "e /other", "f /a/b")
	for _, c := range []struct {
		path string
		want []string // graph: why
	}{
		{"/a/b", []string{
			"e /a/b: the most specific path",
			"e /a/{y}: segment 2, {y}, is wider than b",
			"e /{x...} v=1 w=1: segment 1, {x...}, is wider than a; taken if its conditions hold",
			"e /{x...} v=1: the same path, with other conditions; taken if its conditions hold",
			"e /{x...} v=1|2: the same path, with more values allowed; taken if its conditions hold",
			"e /{x...}: the same path without conditions",
		}},
		{"/", []string{
			"e /{x...} v=1 w=1: the most specific path; taken if its conditions hold",
			"e /{x...} v=1: the same path, with other conditions; taken if its conditions hold",
			"e /{x...} v=1|2: the same path, with more values allowed; taken if its conditions hold",
			"e /{x...}: the same path without conditions",
		}},
		{"/..", nil},
		{"", nil},
	} {
		var got []string
		for _, x := range table.Explain("e", c.path) {
			got = append(got, x.Entry.Graph+": "+x.Why)
			if path := x.Entry.Pattern.rebuild(x.Captures); path != c.path {
				t.Errorf("%s: captures rebuild %q", c.path, path)
			}
		}
		if g, w := strings.Join(got, "\n"), strings.Join(c.want, "\n"); g != w {
			t.Errorf("%s: got\n%s\nwant\n%s", c.path, g, w)
		}
	}
	if got := table.Explain("f", "/a/b"); len(got) != 1 || got[0].Why != "the only route that matches" {
		t.Errorf("got %v", got)
	}
	if got := table.Explain("g", "/a/b"); got != nil {
		t.Errorf("unknown event: %v", got)
	}
}

func TestExplainConflict(t *testing.T) {
	table, _ := build(t, "e /a/{y}", "e /{x}/b")
	got := table.Explain("e", "/a/b")
	if len(got) != 2 || got[1].Why != "in conflict with the one above: neither is more specific" {
		t.Errorf("got %v", got)
	}
}
