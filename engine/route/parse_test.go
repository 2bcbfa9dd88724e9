package route

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestParsePattern(t *testing.T) {
	for text, names := range map[string][]string{
		"/live":                                 {},
		"/{stream...}":                          {"stream"},
		"/cam/{id}":                             {"id"},
		"/{a}/x/{b_2}/{c...}":                   {"a", "b_2", "c"},
		"/.well-known/{x}":                      {"x"}, // only "." and ".." themselves are refused
		"/näme/日本":                              {},
		"/" + strings.Repeat("a", MaxPattern-1): {},
		strings.Repeat("/a", MaxSegments):       {},
	} {
		p, err := ParsePattern(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if p.String() != text || p.IsZero() || !slices.Equal(p.Names(), names) {
			t.Errorf("%q: got %q with captures %q", text, p, p.Names())
		}
	}
}

func TestParsePatternErrors(t *testing.T) {
	for _, c := range []struct {
		text   string
		offset int
		msg    string
	}{
		{"", 0, `begins with "/"`},
		{"mixer", 0, `begins with "/"`},
		{"/", 1, "names nothing"},
		{"/a/", 3, "empty segment"},
		{"/a//b", 3, "empty segment"},
		{"/./a", 1, `"."`},
		{"/a/..", 3, `".."`},
		{"/a b", 2, "white space"},
		{"/a\x00", 2, "control"},
		{"/a\xff", 2, "control"},
		{"/a{x}", 2, "inside a segment"},
		{"/}x", 1, "inside a segment"},
		{"/{x}y", 5, `ends with "}"`},
		{"/{x", 3, `ends with "}"`},
		{"/{}", 2, "cannot name"},
		{"/{...}", 2, "cannot name"},
		{"/{X}", 2, "cannot name"},
		{"/{1a}", 2, "cannot name"},
		{"/{_a}", 2, "cannot name"},
		{"/{$}", 2, "cannot name"},
		{"/{{x}}", 2, "cannot name"},
		{"/{x..}", 2, "cannot name"},
		{"/{x}/{x}", 6, "two captures"},
		{"/{x}/{x...}", 6, "two captures"},
		{"/{x...}/y", 7, "must be last"},
		{"/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}", 33, "more than 8 captures"},
		{strings.Repeat("/a", MaxSegments+1), 2*MaxSegments + 1, "more than 32 segments"},
		{"/" + strings.Repeat("a", MaxPattern), MaxPattern, "longer than"},
	} {
		_, err := ParsePattern(c.text)
		var pe *PatternError
		if !errors.As(err, &pe) {
			t.Errorf("%.40q: no error", c.text)
			continue
		}
		if pe.Offset != c.offset || !strings.Contains(err.Error(), c.msg) {
			t.Errorf("%.40q: got offset %d, %v; want offset %d and %q", c.text, pe.Offset, err, c.offset, c.msg)
		}
	}
}

func FuzzPattern(f *testing.F) {
	for _, s := range []string{
		"", "/", "/a", "/{x}", "/{x...}", "/a/{b}/{c...}", "/{x...}/y", "/{x}/{x}", "/..", "//", "/{", "/}", "/a{b}", "/\xff", "/{日}",
	} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, text, path string) {
		p, err := ParsePattern(text)
		if err != nil {
			var pe *PatternError
			if !errors.As(err, &pe) || pe.Offset < 0 || pe.Offset > len(text) {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		if again, err := ParsePattern(p.String()); err != nil || Compare(p, again) != Equivalent {
			t.Fatalf("%q does not read back: %v", text, err)
		}
		example := commonPath(p, p)
		c, ok := p.Match(example)
		if !ok && len(example) <= MaxPath {
			t.Fatalf("%q does not match its example %q", text, example)
		}
		if c.Len() != len(p.Names()) && ok {
			t.Fatalf("%q took %d captures", text, c.Len())
		}
		if c, ok := p.Match(path); ok && p.rebuild(c) != path {
			t.Fatalf("%q took %v from %q", text, c, path)
		}
	})
}

// rebuild puts captures back into the pattern, which must give the path they were taken from.
func (p Pattern) rebuild(c Captures) string {
	var b strings.Builder
	for _, s := range p.segments {
		text := s.text
		if s.kind != literal {
			text, _ = c.Value(s.text)
		}
		b.WriteString("/" + text)
	}
	return b.String()
}
