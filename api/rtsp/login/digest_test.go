package login

import (
	"context"
	"net/netip"
	"strings"
	"testing"

	"github.com/bluenviron/gortsplib/v5/pkg/base"
	"github.com/bluenviron/gortsplib/v5/pkg/headers"

	"sluice/api/auth"
)

// RFC 2069 2.4 has an example, but for another realm, so this is computed: MD5 of "cam:sluice:secret" and so on.
func TestProves(t *testing.T) {
	const ha1 = "7fa13cb0cd6d5e0e3c5b3b7b0e1d1d7a"
	u, err := base.ParseURL("rtsp://h/live/cam/trackID=0?x=1")
	if err != nil {
		t.Fatal(err)
	}
	sha := headers.AuthAlgorithmSHA256
	good := func(uri string) headers.Authorization {
		return headers.Authorization{
			Realm: "sluice", Nonce: "n", URI: uri, Response: sum5(ha1 + ":n:" + sum5("DESCRIBE:"+uri)),
		}
	}
	for _, uri := range []string{"rtsp://h/live/cam/trackID=0?x=1", "rtsp://h/live/cam", "rtsp://h/live/cam/", "/live/cam/trackID=0?x=1"} {
		if h := good(uri); !proves(&h, ha1, "DESCRIBE", u) {
			t.Errorf("%s is not taken", uri)
		}
	}
	for uri, want := range map[string]bool{
		"": false, "/": false, "rtsp://h": false, "rtsp://h/": false, "rtsp://h/live/ca": false, "/live/ca": false, "rtsp://h/live": true,
		"rtsp://h/live/cam/trackID=0": true, "rtsp://h/live/cam/trackID=": false, "rtsp://other/live/cam": false, "live/cam": false,
		"rtsps://h/live/cam": false, "/live/cam": true,
	} {
		if h := good(uri); proves(&h, ha1, "DESCRIBE", u) != want {
			t.Errorf("%q: %t", uri, !want)
		}
	}
	for name, change := range map[string]func(h *headers.Authorization){
		"another stream":    func(h *headers.Authorization) { *h = good("rtsp://h/other") },
		"another realm":     func(h *headers.Authorization) { h.Realm = "ipcam" },
		"another algorithm": func(h *headers.Authorization) { h.Algorithm = &sha },
		"another answer":    func(h *headers.Authorization) { h.Response = strings.Repeat("0", 32) },
		"no answer":         func(h *headers.Authorization) { h.Response = "" },
	} {
		h := good("rtsp://h/live/cam")
		change(&h)
		if proves(&h, ha1, "DESCRIBE", u) {
			t.Errorf("%s is taken", name)
		}
	}
	h := good("rtsp://h/live/cam")
	if proves(&h, ha1, "ANNOUNCE", u) || proves(&h, ha1, "DESCRIBE", nil) || proves(&h, "other", "DESCRIBE", u) {
		t.Error("what is of another request is taken")
	}
}

func TestNonces(t *testing.T) {
	n, other := newNonces(), newNonces()
	const a, b = "192.0.2.1:1000", "192.0.2.1:1001"
	text := n.make(a)
	if !n.good(text, a) {
		t.Error("it is not known again")
	}
	old := "5f000000-" + n.sum("5f000000", a)
	for _, bad := range []string{"", "-", "x-y", text + "0", old} {
		if n.good(bad, a) {
			t.Errorf("%q is taken", bad)
		}
	}
	if n.good(text, b) || other.good(text, a) {
		t.Error("it is taken elsewhere")
	}
}

// digests are users of whom one can log in by Digest.
type digests struct{}

func (digests) Authorise(context.Context, auth.Request) (string, error) { return "", nil }
func (digests) Digests() bool                                           { return true }

// A client that shows the nonce of another connection is told so, and one that shows the right one and a wrong answer is not.
func TestStale(t *testing.T) {
	d := New(digests{})
	for name, row := range map[string]struct {
		header string
		stale  bool
	}{
		"nothing":            {"", false},
		"a password":         {"Basic eDp5", false},
		"another connection": {digest(d.nonces.make("192.0.2.1:1")), true},
		"this connection":    {digest(d.nonces.make("192.0.2.1:2")), false},
	} {
		r := &base.Response{Header: base.Header{}}
		d.Challenge(r, Request{&base.Request{Header: base.Header{"Authorization": base.HeaderValue{row.header}}}, netip.Addr{}, "192.0.2.1:2"})
		if got := r.Header["WWW-Authenticate"]; len(got) != 2 || strings.Contains(got[0], `stale="TRUE"`) != row.stale {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func digest(nonce string) string {
	return `Digest username="x", realm="sluice", nonce="` + nonce + `", uri="/", response="0"`
}
