package auth

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
)

func TestOfHTTP(t *testing.T) {
	remote := netip.MustParseAddr("192.0.2.7")
	for _, c := range []struct {
		header, target string
		want           Request
	}{
		{"", "/", Request{Remote: remote}},
		{"Bearer abc", "/", Request{Remote: remote, Token: "abc"}},
		{"bearer  abc ", "/", Request{Remote: remote, Token: "abc"}},
		{"Bearer Bearer abc", "/", Request{Remote: remote, Token: "abc"}}, // typed into OBS's field, which adds it
		{"BEARER bearer abc", "/", Request{Remote: remote, Token: "abc"}},
		{"Bearer", "/", Request{Remote: remote}},
		{"Bearer ", "/?token=abc", Request{Remote: remote, Token: "abc"}},
		{"Bearerabc", "/", Request{Remote: remote}},
		{"", "/?token=abc", Request{Remote: remote, Token: "abc"}},
		{"Bearer abc", "/?key=s3cret&x=1", Request{Remote: remote, Token: "abc", Key: "s3cret"}},
		{"", "/?token=Bearer%20abc", Request{Remote: remote, Token: "abc"}},
		{"Bearer head", "/?token=query", Request{Remote: remote, Token: "head"}},
		{"Basic Ym9iOnM6ZQ==", "/", Request{Remote: remote, User: "bob", Password: "s:e"}},
		{"Basic Ym9iOnM6ZQ==", "/?token=abc", Request{Remote: remote, Token: "abc"}},
		{"Basic !", "/", Request{Remote: remote}},
		{"Digest abc", "/", Request{Remote: remote}},
	} {
		r := httptest.NewRequest(http.MethodPost, c.target, nil)
		r.RemoteAddr = "[::ffff:192.0.2.7]:1234"
		if c.header != "" {
			r.Header.Set("Authorization", c.header)
		}
		_, c.want.Query, _ = strings.Cut(c.target, "?")
		if got := OfHTTP(r); got != c.want {
			t.Errorf("%q %q: got %+v, want %+v", c.header, c.target, got, c.want)
		}
	}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.RemoteAddr = "@" // of a Unix socket
	if got := OfHTTP(r); got.Remote.IsValid() {
		t.Errorf("got %v", got.Remote)
	}
}

func FuzzBearer(f *testing.F) {
	for _, s := range []string{"Bearer abc", "Bearer Bearer x", "Basic x", "bearer", " Bearer\tx"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, header string) {
		got := bearer(header)
		if !strings.Contains(header, got) || strings.TrimSpace(got) != got {
			t.Errorf("%q: got %q", header, got)
		}
	})
}
