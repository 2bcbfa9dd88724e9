package whip

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestAccepts(t *testing.T) {
	for _, c := range []struct {
		accept []string
		want   bool
	}{
		{nil, true},
		{[]string{"*/*"}, true},
		{[]string{"application/sdp"}, true},
		{[]string{"application/*"}, true},
		{[]string{"text/html, application/sdp;q=0.1"}, true},
		{[]string{"text/html", "application/sdp"}, true},
		{[]string{"Application/SDP"}, true},
		{[]string{"text/html,*/*;q=0.8"}, true},
		{[]string{"text/html"}, false},
		{[]string{"application/json"}, false},
		{[]string{"application/sdp;q=0"}, false},
		{[]string{"*/*, application/sdp;q=0"}, false},
		{[]string{"application/sdp;q=0.0, */*"}, false},
		{[]string{"application/*;q=0, application/sdp"}, true},
		{[]string{""}, false},
	} {
		r := httptest.NewRequest(http.MethodPost, "/cam/whip", nil)
		r.Header["Accept"] = c.accept
		if got := accepts(r, typeSDP) == nil; got != c.want {
			t.Errorf("%q: got %v", c.accept, got)
		}
	}
}

func TestHasType(t *testing.T) {
	for text, want := range map[string]bool{
		"application/sdp":                 true,
		"application/sdp; charset=utf-8":  true,
		"Application/SDP":                 true,
		"":                                false,
		"application/json":                false,
		"application/sdp, text/plain":     false,
		"application/trickle-ice-sdpfrag": false,
	} {
		r := httptest.NewRequest(http.MethodPost, "/cam/whip", nil)
		r.Header.Set("Content-Type", text)
		if got := hasType(r, typeSDP) == nil; got != want {
			t.Errorf("%q: got %v", text, got)
		}
	}
}

func TestLink(t *testing.T) {
	for _, c := range []struct {
		server ICEServer
		want   string
	}{
		{ICEServer{URL: "stun:stun.example.net"}, `<stun:stun.example.net>; rel="ice-server"`},
		{
			ICEServer{URL: "turn:turn.example.net?transport=udp", Username: "user", Credential: `my"Pass\word`},
			`<turn:turn.example.net?transport=udp>; rel="ice-server"; username="user"; credential="my\"Pass\\word"; credential-type="password"`,
		},
	} {
		if got := c.server.link(); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}
