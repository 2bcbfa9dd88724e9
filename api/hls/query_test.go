package hls

import (
	"net/url"
	"strings"
	"testing"

	"sluice/engine/fault"
)

func TestQueryIsBounded(t *testing.T) {
	if _, err := parseQuery(strings.Repeat("a", 4096)); err != nil {
		t.Error(err)
	}
	if _, err := parseQuery(strings.Repeat("a", 4097)); fault.CodeOf(err) != fault.InvalidRequest {
		t.Errorf("too long: %v", err)
	}
}

// TestQueryIsOnePiece: what every request has to pay for.
func TestQueryIsOnePiece(t *testing.T) {
	raw := "session=0123456789&_HLS_msn=12&_HLS_part=3"
	if n := testing.AllocsPerRun(100, func() { _, _ = parseQuery(raw) }); n > 1 {
		t.Errorf("%v pieces of memory", n)
	}
}

// FuzzQuery holds what is read against net/url.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{
		"", "a=1&b=2&a=3", "a", "=1", "a=%41&%62=+", "a=%", "a;b", "&&a=1&", "session=x&_HLS_msn=1&_HLS_part=2&token=a%26b",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		want, wrong := url.ParseQuery(raw)
		got, err := parseQuery(raw)
		if len(raw) > 4096 {
			return
		}
		if (err == nil) != (wrong == nil) {
			t.Fatalf("%v, and net/url says %v", err, wrong)
		}
		if err != nil {
			return
		}
		for name, values := range want {
			if !got.Has(name) || got.Get(name) != values[0] {
				t.Errorf("%q is %q, want %q", name, got.Get(name), values[0])
			}
		}
		for _, p := range got {
			if !want.Has(p.name) {
				t.Errorf("there is no %q", p.name)
			}
		}
	})
}
