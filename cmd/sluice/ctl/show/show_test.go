package show

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestSafe(t *testing.T) {
	for text, want := range map[string]string{
		"live/cam": "live/cam", "Größe 日本 😀": "Größe 日本 😀", "": "",
		"\x1b[2J": `\x1b[2J`, "a\nb\tc": `a\nb\tc`, "a\u202eb": `a\u202eb`, "\x7f": `\x7f`, "\u009b31m": `\u009b31m`, "a\xffb": `a\ufffdb`, "x\u200by": `x\u200by`,
	} {
		if got := Safe(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// FuzzSafe: nothing that is shown can do anything to a terminal.
func FuzzSafe(f *testing.F) {
	f.Add("a\x1b]0;title\x07")
	f.Add("\u2066\xc2\x9b")
	f.Fuzz(func(t *testing.T, text string) {
		got := Safe(text)
		if strings.ContainsAny(got, "\x1b\x07\r\n\t\x7f") || strings.ContainsFunc(got, unseen) || !utf8.ValidString(got) || Safe(got) != got {
			t.Errorf("%q: %q", text, got)
		}
	})
}

func TestNumbers(t *testing.T) {
	for got, want := range map[string]string{
		Span(-time.Second): "0s", Span(59 * time.Second): "59s", Span(3*time.Minute + 2*time.Second): "3m02s", Span(2*time.Hour + 5*time.Minute): "2h05m",
		Span(99 * time.Hour): "4d03h", Seconds(61.9): "1m01s",
		Rate(0): "0", Rate(812.4): "812", Rate(64_000): "64k", Rate(1_254_000): "1.25M", Rate(12_340_000): "12.3M", Rate(1.5e16): "15000T",
		Rate(999_900): "1000k", Size(1023): "1023", Size(1536): "1.5K", Size(2.1 * (1 << 20)): "2.1M", Size(300 << 20): "300M",
		Count(9999): "9999", Count(12_345): "12.3k", Or(""): "-", Or("x"): "x", Several([]string{"a", "b"}): "a, b",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func table() *Table {
	t := &Table{Head: []string{"name", "state", "what"}, Bad: []string{"failed"}, Busy: []string{"starting"}}
	t.Add("a", "failed", "something long that does not fit")
	t.Add("日本", "live", "")
	t.Add("c\x1b", "starting", "x\ty")
	return t
}

func TestTable(t *testing.T) {
	for _, row := range []struct {
		name  string
		style Style
		want  string
	}{
		{"elsewhere", Style{}, "a\tfailed\tsomething long that does not fit\n日本\tlive\t\nc\\x1b\tstarting\tx\\ty\n"},
		{"terminal", Style{Terminal: true, Width: 40}, "name   state     what\na      failed    something long that do…\n日本   live\nc\\x1b  starting  x\\ty\n"},
		{"narrow", Style{Terminal: true, Width: 10}, "name   state     what\na      failed    something long that does not fit\n日本   live\nc\\x1b  starting  x\\ty\n"},
		{
			"colours", Style{Terminal: true, Colour: true},
			"\x1b[1mname\x1b[0m   \x1b[1mstate\x1b[0m     \x1b[1mwhat\x1b[0m\na      \x1b[31mfailed\x1b[0m    something long that does not fit\n" +
				"日本   live\nc\\x1b  \x1b[33mstarting\x1b[0m  x\\ty\n",
		},
	} {
		var b strings.Builder
		if err := table().Write(&b, row.style); err != nil || b.String() != row.want {
			t.Errorf("%s: %v\n%q, want\n%q", row.name, err, &b, row.want)
		}
	}
}

func TestPage(t *testing.T) {
	p := &Page{Title: "cam"}
	p.Field("state", "%s", "live")
	p.Field("fault", "%s", "")
	p.Field("publications", "%d", 3)
	p.Section("Why")
	p.Line("because of %q", "\x1b")
	p.Table("None", &Table{Head: []string{"x"}})
	p.Table("Rows", &Table{Head: []string{"a", "b"}, Rows: [][]string{{"1", "2"}}})
	const want = "cam\n  state         live\n  publications  3\n\nWhy\n  because of \"\\x1b\"\n\nRows\n  a  b\n  1  2\n"
	var b strings.Builder
	if err := p.Write(&b, Style{}); err != nil || b.String() != want {
		t.Errorf("%v\n%s", err, &b)
	}
	b.Reset()
	if err := p.Write(&b, Style{Colour: true}); err != nil || !strings.HasPrefix(b.String(), "\x1b[1mcam\x1b[0m\n") {
		t.Errorf("%v\n%s", err, &b)
	}
}

func TestForms(t *testing.T) {
	v := map[string]any{"a": 1, "b": []string{"x <y>", "no", "1"}, "c": map[string]any{"d": "two\nlines\n"}, "e": []int{}}
	var j, y strings.Builder
	if err := JSON(&j, v); err != nil || !strings.Contains(j.String(), `"x <y>"`) {
		t.Errorf("%v %s", err, &j)
	}
	const want = "a: 1\nb:\n  - x <y>\n  - \"no\"\n  - \"1\"\nc:\n  d: |\n    two\n    lines\ne: []\n"
	if err := YAML(&y, v); err != nil || y.String() != want {
		t.Errorf("%v\n%s", err, &y)
	}
}
