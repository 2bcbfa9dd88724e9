package draw

import (
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"sluice/engine/plan"
)

// read writes chains as "a>b>c".
func read(list []chain) string {
	var out []string
	for _, c := range list {
		text := place(c[0].From)
		for _, l := range c {
			text += ">" + l.To.Of
		}
		out = append(out, text)
	}
	return strings.Join(out, " ")
}

func TestReadingOrder(t *testing.T) {
	for _, c := range []struct{ elements, links, want string }{
		{"a b c", "a>b b>c", "a>b>c"},
		{"a b c d", "b>d a>b b>c", "a>b>d b>c"},
		{"a b m c", "a>m b>m m>c", "a>m>c b>m"},
		{"a d x y z", "a>d d.video>x x>z d.audio>y y>z", "a>d d.video>x>z d.audio>y>z"},
		{"a b c", "a>b b>c c>a", "a>b>c>a"},
		{"a", "a>a", "a>a"},
		{"s a b", "a>b b>a s>a", "s>a>b>a"},
		{"", "x>y", "x>y"},
		{"a b c", "a>b b>c a>b", "a>b>c a>b"},
	} {
		var elements []plan.Element
		for name := range strings.FieldsSeq(c.elements) {
			elements = append(elements, plan.Element{Name: name})
		}
		var links []*plan.Link
		for text := range strings.FieldsSeq(c.links) {
			from, to, _ := strings.Cut(text, ">")
			links = append(links, &plan.Link{From: pad(from), To: pad(to)})
		}
		if got := read(chains(elements, links)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.links, got, c.want)
		}
	}
}

// Every link is in one chain, whatever the links.
func TestChainsHoldEveryLinkOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "elements")
		elements := make([]plan.Element, n)
		for i := range elements {
			elements[i].Name = strconv.Itoa(i)
		}
		end := rapid.Custom(func(t *rapid.T) plan.Pad {
			return plan.Pad{Of: strconv.Itoa(rapid.IntRange(0, n).Draw(t, "of")), Name: rapid.SampledFrom([]string{"", "", "src"}).Draw(t, "pad")}
		})
		links := make([]*plan.Link, rapid.IntRange(0, 30).Draw(t, "links"))
		for i := range links {
			links[i] = &plan.Link{From: end.Draw(t, "from"), To: end.Draw(t, "to")}
		}
		seen := map[*plan.Link]int{}
		for _, c := range chains(elements, links) {
			for i, l := range c {
				seen[l]++
				if i > 0 && (c[i-1].To.Of != l.From.Of || l.From.Name != "") {
					t.Fatalf("%v does not go on from %v", l, c[i-1])
				}
			}
		}
		for _, l := range links {
			if seen[l] != 1 {
				t.Fatalf("%v is in %d chains", l, seen[l])
			}
		}
	})
}
