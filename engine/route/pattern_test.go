package route

import (
	"maps"
	"strings"
	"testing"
)

func mustParse(t testing.TB, text string) Pattern {
	t.Helper()
	p, err := ParsePattern(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPatternMatch(t *testing.T) {
	type captures map[string]string
	for _, c := range []struct {
		pattern, path string
		want          captures // nil: no match
	}{
		{"/a", "/a", captures{}},
		{"/a", "/b", nil},
		{"/a", "/a/", nil},
		{"/a", "a", nil},
		{"/a", "", nil},
		{"/{x}", "/a", captures{"x": "a"}},
		{"/{x}", "/", nil},
		{"/{x}", "/a/b", nil},
		{"/{x}/b", "//b", nil},
		{"/{x...}", "/a/b/", captures{"x": "a/b/"}},
		{"/{x...}", "/", captures{"x": ""}},
		{"/a/{x...}", "/a/", captures{"x": ""}},
		{"/a/{x...}", "/a", nil}, // ServeMux redirects here, which is no match either
		{"/a/{x...}", "/ab/c", nil},
		{"/{x...}", "/rtsp://h:554/c?q", captures{"x": "rtsp://h:554/c?q"}}, // a name that is an address
		{"/{x}/{y}/c", "/a/b/c", captures{"x": "a", "y": "b"}},
		{"/{x}", "/..", nil},
		{"/{x...}", "/a/../b", nil},
		{"/{x...}", "/a/./b", nil},
		{"/{x...}", "/a/..", nil},
		{"/{x...}", "/a/.b/..c/...", captures{"x": "a/.b/..c/..."}},
		{"/{x...}", "/" + strings.Repeat("a", MaxPath), nil},
	} {
		got, ok := mustParse(t, c.pattern).Match(c.path)
		if ok != (c.want != nil) {
			t.Errorf("%s on %.40q: match is %v", c.pattern, c.path, ok)
			continue
		}
		if all := maps.Collect(got.All()); ok && (!maps.Equal(all, c.want) || got.Len() != len(c.want)) {
			t.Errorf("%s on %q: got %v", c.pattern, c.path, all)
		}
	}
}

func TestRooted(t *testing.T) {
	for text, want := range map[string]bool{"/a": true, "/a/{x...}": true, "/{x...}": false, "/{x}/a": false} {
		if got := mustParse(t, text).Rooted(); got != want {
			t.Errorf("%s: %t", text, got)
		}
	}
	if (Pattern{}).Rooted() {
		t.Error("no path is")
	}
}

func TestCaptures(t *testing.T) {
	c, _ := mustParse(t, "/{a}/{b}").Match("/1/2")
	if v, ok := c.Value("b"); !ok || v != "2" {
		t.Errorf("b is %q, %v", v, ok)
	}
	if v, ok := c.Value("c"); ok {
		t.Errorf("c is %q", v)
	}
	for name := range c.All() {
		if name == "b" {
			t.Error("the iteration went on after break")
		}
		break
	}
	if _, ok := (Pattern{}).Match("/"); ok {
		t.Error("the zero pattern matched")
	}
}

func TestCompare(t *testing.T) {
	for _, c := range []struct {
		p, q string
		want Relation
	}{
		{"/a", "/a", Equivalent},
		{"/{x}", "/{y}", Equivalent},
		{"/a/{x...}", "/a/{y...}", Equivalent},
		{"/a", "/b", Disjoint},
		{"/a", "/a/b", Disjoint},
		{"/a", "/a/{x...}", Disjoint},
		{"/{x}", "/{x}/{y...}", Disjoint},
		{"/a/{x}", "/b/{x}", Disjoint},
		{"/{x}/a", "/{x}/b", Disjoint},
		{"/a", "/{x}", MoreSpecific},
		{"/a", "/{x...}", MoreSpecific},
		{"/{x}", "/{x...}", MoreSpecific},
		{"/{x}/{y}", "/{x...}", MoreSpecific},
		{"/{x}/{y...}", "/{x...}", MoreSpecific},
		{"/a/{x}", "/{x}/{y}", MoreSpecific},
		{"/a/{x}", "/{y}/b", Overlaps},
		{"/a/{x...}", "/{y}/b", Overlaps},
		{"/{x}/b/{y...}", "/a/{x...}", Overlaps},
		{"/{x}/b/{y...}", "/a/{x}", Disjoint},
	} {
		p, q := mustParse(t, c.p), mustParse(t, c.q)
		if got := Compare(p, q); got != c.want {
			t.Errorf("%s to %s: %s, want %s", c.p, c.q, got, c.want)
		}
		if got := Compare(q, p); got != c.want.Inverse() {
			t.Errorf("%s to %s: %s, want %s", c.q, c.p, got, c.want.Inverse())
		}
	}
}
