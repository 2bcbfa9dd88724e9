package dialog

import (
	"bytes"
	"testing"

	"github.com/emiago/sipgo/sip"
)

func TestFragment(t *testing.T) {
	for text, want := range map[string]int{
		"SIP/2.0 200 OK\r\n": 200, "SIP/2.0 100": 100, "\r\nsip/2.0 486 Busy Here\r\nX: y": 486, "SIP/2.0 99 x": 0, "SIP/2.0 700 x": 0,
		"SIP/2.0 OK": 0, "": 0, "HTTP/1.1 200 OK": 0,
	} {
		if got, _ := fragment([]byte(text)); got != want {
			t.Errorf("%q is %d, want %d", text, got, want)
		}
	}
}

func FuzzFragment(f *testing.F) {
	f.Add([]byte("SIP/2.0 200 OK\r\n"))
	f.Add([]byte("SIP/2.0 180\n"))
	f.Fuzz(func(t *testing.T, body []byte) {
		code, reason := fragment(body)
		if code != 0 && (code < 100 || code > 699) || bytes.ContainsAny([]byte(reason), "\n") {
			t.Errorf("%d %q", code, reason)
		}
	})
}

// bodied is a request with a body.
func bodied(kind string, body []byte) *sip.Request {
	r := sip.NewRequest(sip.INVITE, sip.Uri{Host: "h"})
	c := sip.ContentTypeHeader(kind)
	r.AppendHeader(&c)
	r.SetBody(body)
	return r
}

func TestBody(t *testing.T) {
	const mixed = "--b\r\nContent-Type: image/png\r\n\r\nx\r\n--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n\r\n--b--\r\n"
	for _, c := range []struct {
		kind, body, want string
		ok               bool
	}{
		{"application/sdp", "v=0", "v=0", true},
		{"Application/SDP; charset=utf-8", "v=0", "v=0", true},
		{"text/plain", "v=0", "", false},
		{"application/sdp", "", "", true},
		{"multipart/mixed;boundary=b", mixed, "v=0\r\n", true},
		{"multipart/mixed", mixed, "", false},
		{"multipart/mixed;boundary=c", mixed, "", false},
	} {
		if got, ok := bodyOf(bodied(c.kind, []byte(c.body))); string(got) != c.want || ok != c.ok {
			t.Errorf("%s %q: %q, %v", c.kind, c.body, got, ok)
		}
	}
}

func FuzzBody(f *testing.F) {
	f.Add("application/sdp", []byte("v=0"))
	f.Add("multipart/mixed;boundary=b", []byte("--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--b--"))
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		if got, ok := bodyOf(bodied(kind, body)); !ok && got != nil {
			t.Errorf("%q", got)
		}
	})
}
