package auth

import (
	"path"
	"strings"
	"testing"

	"sluice/engine/fault"
)

func TestPattern(t *testing.T) {
	for _, c := range []struct {
		pattern string
		fits    string
		not     string
	}{
		{"cam", "cam", "cam2 Cam live/cam c"},
		{"/cam", "cam", "live/cam"},
		{"**", "cam live/cam a/b/c/d #", ""},
		{"*", "cam", "live/cam"},
		{"cam-*", "cam- cam-1", "cam cam-1/x xcam-1"},
		{"*-hd", "cam-hd -hd", "cam-hd2 live/cam-hd"},
		{"c*m*", "cm cam cam2 cmmm", "xcam c"},
		{"live/*", "live/cam live/", "live live/a/b"},
		{"live/**", "live live/cam live/a/b", "alive live2/cam"},
		{"**/cam", "cam live/cam a/b/cam", "cam2 live/cam/x"},
		{"a/**/z", "a/z a/b/z a/b/c/z a/z/z", "a az a/b"},
		{"**/x/**", "x a/x x/b a/b/x/c", "a/b"},
		{"vod://kids/**", "vod://kids/a.mp4 vod://kids/b/c.mp4", "vod://kidsa.mp4 vod://adults/a.mp4 vod-live://kids/a.mp4 kids/a.mp4 vod:/kids/a.mp4"},
		{"vod*://kids/*", "vod://kids/a.mp4 vod-live://kids/a.mp4", "vod://kids/b/c.mp4 rtsp://kids/a"},
		{"rtsp://**", "rtsp://cam.example.org/main", "rtsps://cam.example.org/main cam"},
		{"[a]?", "[a]?", "a a1 [a]x"}, // nothing but the star is special
	} {
		p, err := parsePattern(c.pattern)
		if err != nil {
			t.Fatalf("%q: %v", c.pattern, err)
		}
		for _, name := range strings.Fields(c.fits) {
			if !p.match(name) {
				t.Errorf("%q does not match %q", c.pattern, name)
			}
		}
		for _, name := range strings.Fields(c.not) {
			if p.match(name) {
				t.Errorf("%q matches %q", c.pattern, name)
			}
		}
	}
}

func TestBadPattern(t *testing.T) {
	for _, text := range []string{"", "/", "a//b", "a/", "//a", "vod://", "vod:///a", "a/vod://b", "vod:/", "a**", "**a/b", "***", "a\nb", strings.Repeat("a", maxPattern+1)} {
		if _, err := parsePattern(text); fault.CodeOf(err) != fault.InvalidParams {
			t.Errorf("%.20q: got %v", text, err)
		}
	}
}

// A pattern of many stars takes no longer than the product of the lengths, where naive backtracking would not end.
func TestPatternOfStars(t *testing.T) {
	p, err := parsePattern(strings.Repeat("a*", 100) + "b/" + strings.Repeat("**/a/", 100) + "b")
	if err != nil {
		t.Fatal(err)
	}
	if p.match(strings.Repeat("a", 500) + "b/" + strings.Repeat("a/", 500) + "c") {
		t.Error("it matches")
	}
}

func FuzzPattern(f *testing.F) {
	for _, s := range []string{"cam", "live/*", "**", "a/**/z", "c*m*", "**/x/**"} {
		f.Add(s, "live/cam")
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, text, name string) {
		p, err := parsePattern(text)
		if err != nil {
			return
		}
		got := p.match(name)
		// Where single stars are all that is special, package path must agree.
		if strings.ContainsAny(text, `?[\`) || strings.Contains(text, "**") || !validText(text) || !validText(name) {
			return
		}
		want, err := path.Match(strings.TrimPrefix(text, "/"), name)
		if err == nil && want != got {
			t.Errorf("match(%q, %q) = %v, path.Match says %v", text, name, got, want)
		}
	})
}

// validText leaves out what path.Match takes by characters and we by bytes.
func validText(s string) bool { return strings.ToValidUTF8(s, "") == s }
