package login

import (
	"net/netip"
	"strings"
	"testing"
	"time"
)

// opaque reads the challenge of a description.
func opaque(t *testing.T, about string) string {
	t.Helper()
	_, c, found := strings.Cut(about, "&opaque=")
	if !found {
		t.Fatalf("%q", about)
	}
	return c
}

func TestChallenges(t *testing.T) {
	here, there := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	d := New()
	at := time.Unix(1_000_000, 0)
	d.now = func() time.Time { return at }
	about := d.Second("me", "salt", here)
	if !strings.HasPrefix(about, "[ AccessManager.Reject ] : [ authmod=adobe ] : ?reason=needauth&user=me&salt=salt&challenge=") {
		t.Error(about)
	}
	c := opaque(t, about)
	if len(c) > 23 {
		t.Errorf("%q is too long", c)
	}
	if other := opaque(t, d.Second("me", "salt", here)); other == c {
		t.Error("the same challenge twice")
	}
	for name, bad := range map[string]bool{
		"another user":    d.Good(c, "you", here),
		"another address": d.Good(c, "me", there),
		"another desk":    New().Good(c, "me", here),
		"a changed one":   d.Good("B"+c[1:], "me", here),
		"a cut one":       d.Good(c[:len(c)-1], "me", here),
		"none":            d.Good("", "me", here) || d.Good("-", "me", here),
	} {
		if bad {
			t.Errorf("%s is good", name)
		}
	}
	at = at.Add(fresh - time.Second)
	if !d.Good(c, "me", here) {
		t.Error("it is not good")
	}
	if !d.Take(c) || d.Take(c) || d.Good(c, "me", here) {
		t.Error("it is good twice")
	}
	old := opaque(t, d.Second("me", "salt", here))
	at = at.Add(fresh)
	if d.Good(old, "me", here) {
		t.Error("it is good for ever")
	}
	d.Take(old)
	at = at.Add(time.Second)
	if d.Take(opaque(t, d.Second("me", "salt", here))); len(d.used) != 1 {
		t.Errorf("%d are remembered", len(d.used))
	}
}

func TestDescriptionsAreOurs(t *testing.T) {
	d := New()
	about := d.Second("a&salt=mine ?reason=x\n[x]", "salt", netip.Addr{})
	if strings.Count(about, "salt=") != 2 || strings.Count(about, "&salt=") != 1 || strings.Count(about, "?") != 1 || strings.Contains(about, "\n") {
		t.Error(about)
	}
	if w := Wrong(strings.Repeat("x", 1000)); len(w) > 400 {
		t.Errorf("%d bytes", len(w))
	}
}
