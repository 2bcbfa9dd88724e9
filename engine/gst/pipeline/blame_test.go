//go:build cgo && !nogst

package pipeline

import (
	"strings"
	"testing"

	"sluice/engine/plan"
)

// Whom a stream is blamed on that nobody could agree on: "a>b" says that b was told a format by a, "a-b" that it was not.
func TestCulprit(t *testing.T) {
	for _, c := range []struct{ name, ways, want string }{
		{"nothing behind it", "", "src"},
		{"told nothing", "src-a a-sink", "src"},
		{"a row", "src>a a>b b-sink", "b"},
		{"the first way of two", "src>a src>b a-c b>sink", "a"},
		{"the second way of two", "src>a src>b a>sink b-c", "b"},
		{"behind a tee", "src>tee tee>a tee-b a>sink b-sink", "b"},
		{"a muxer that waits", "src>a src>b a>mux b>p p-mux mux-sink", "p"},
		{"nobody but a muxer that waits", "src>mux other-mux mux-sink", "mux"},
		{"a muxer that has all", "src>a src>b a>mux b>mux mux-sink", "mux"},
		{"all agreed", "src>a a>sink", "src"},
		{"a circle", "src>a a>b b>a b-sink", "src"},
	} {
		all, ways := map[string]*elem{}, map[*elem][]way{}
		named := func(name string) *elem {
			if all[name] == nil {
				all[name] = &elem{Element: plan.Element{Name: name}}
				if name == "tee" {
					all[name].Role = plan.RoleTee
				}
			}
			return all[name]
		}
		for _, text := range strings.Fields(c.ways) {
			from, to, told := strings.Cut(text, ">")
			if !told {
				from, to, _ = strings.Cut(text, "-")
			}
			ways[named(from)] = append(ways[named(from)], way{named(to), told})
		}
		if got := culprit(named("src"), ways); got.Name != c.want {
			t.Errorf("%s: %q is blamed, not %q", c.name, got.Name, c.want)
		}
	}
}
