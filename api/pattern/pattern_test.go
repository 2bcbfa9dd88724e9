package pattern_test

import (
	"strings"
	"testing"

	"sluice/api/pattern"
	"sluice/engine/fault"
)

func TestMatch(t *testing.T) {
	for text, names := range map[string]string{
		"lobby":         "+lobby -lobby/a -lobb -",
		"live/*":        "+live/a +live/ -live -live/a/b -alive/a",
		"live/**":       "+live/a +live/a/b -live",
		"/live/**":      "+live/a",
		"**":            "+a +a/b",
		"*/cam":         "+a/cam -cam -a/b/cam",
		"cam-*-*-x/y":   "+cam-1-2-x/y +cam---x/y -cam--x/y -cam-1-2-x",
		"a*b*c/**":      "+abc/x +aXbXc/x/y -acb/x -ab/x",
		"live/cam*/hi*": "+live/cam/hi +live/cam1/high -live/ca/hi",
	} {
		p, err := pattern.Parse("", text)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range strings.Fields(names) {
			if name := one[1:]; p.Match(name) != (one[0] == '+') {
				t.Errorf("%q and %q: %v", text, name, p.Match(name))
			}
		}
	}
}

func TestBadPatterns(t *testing.T) {
	for _, bad := range []string{"", "a//b", "**/a", "a**", "a/", strings.Repeat("a", 1025)} {
		if _, err := pattern.ParseAll("records.streams", []string{"good", bad}); fault.CodeOf(err) != fault.InvalidParams || !strings.Contains(err.Error(), "records.streams") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	list, err := pattern.ParseAll("", []string{"a", "b/*"})
	if err != nil || !pattern.Any(list, "b/c") || pattern.Any(list, "c") || pattern.Any(nil, "a") {
		t.Error(list, err)
	}
}

// FuzzMatch: what is read matches in a time that is no more than lengths multiplied, and what stars stand for may be anything.
func FuzzMatch(f *testing.F) {
	for _, seed := range [][2]string{{"live/*", "live/a"}, {"a*b*c", "aXbXc"}, {"**", "x"}, {"*a*a*a*a*a*b", strings.Repeat("a", 100)}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, text, name string) {
		p, err := pattern.Parse("", text)
		if err != nil {
			return
		}
		p.Match(name)
		if own := strings.TrimPrefix(text, "/"); !p.Match(own) {
			t.Errorf("%q does not match itself", own)
		}
	})
}
