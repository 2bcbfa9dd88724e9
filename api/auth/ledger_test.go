package auth

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestClip: long names are cut between letters.
func TestClip(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"ann", "ann"},
		{strings.Repeat("x", 128), strings.Repeat("x", 128)},
		{strings.Repeat("x", 129), strings.Repeat("x", 128) + "…"},
		{"x" + strings.Repeat("é", 64), "x" + strings.Repeat("é", 63) + "…"},
	} {
		if got := clip(c.text); got != c.want || !utf8.ValidString(got) {
			t.Errorf("%q: %q", c.text, got)
		}
	}
}
