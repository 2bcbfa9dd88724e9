package whip

import (
	"strings"
	"testing"

	"sluice/engine/fault"
)

const (
	frag = "a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\n"
	cand = "a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0 ufrag EsAw network-id 1\r\n"
)

func TestFragment(t *testing.T) {
	for _, c := range []struct {
		name, text, ufrag string
		candidates        int
	}{
		{"RFC 9725's example", "a=group:BUNDLE 0 1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n" + frag + cand + cand + "a=end-of-candidates\r\n", "EsAw", 2},
		{"credentials in front", frag + "m=audio 9 RTP/AVP 0\r\na=mid:0\r\n" + cand, "EsAw", 1},
		{"repeated for each section", frag + "m=audio 9 RTP/AVP 0\r\n" + cand + frag + "m=video 9 RTP/AVP 0\r\n" + cand, "EsAw", 2},
		{"line feeds alone", strings.ReplaceAll(frag+cand, "\r", ""), "EsAw", 1},
		{"no credentials", "m=audio 9 RTP/AVP 0\r\na=mid:0\r\n" + cand, "", 1},
		{"a ufrag alone", "a=ice-ufrag:EsAw\r\n" + cand, "EsAw", 1},
		{"nothing more to come", frag + "a=end-of-candidates", "EsAw", 0},
		{"attributes that nobody knows", "a=ice-options:trickle ice2\r\na=ice-pacing:50\r\na=x-new:1\r\na=ice-lite\r\n" + frag, "EsAw", 0},
		{"a whole SDP", "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\n" + frag, "EsAw", 0},
		{"nothing", "", "", 0},
	} {
		f, err := parseFragment(c.text)
		if err != nil || f.ufrag != c.ufrag || f.candidates != c.candidates {
			t.Errorf("%s: got %+v, %v", c.name, f, err)
		}
	}
}

func TestBadFragment(t *testing.T) {
	for name, text := range map[string]string{
		"JSON":                    `{"candidate":"candidate:1"}`,
		"a bare candidate":        "candidate:1 1 udp 1 192.0.2.1 1 typ host",
		"a capital":               "A=ice-ufrag:EsAw",
		"a blank in front":        " a=ice-ufrag:EsAw",
		"half a candidate":        frag + "a=candidate:1 1 udp 2122260223 192.0.2.1 61764\r\n",
		"a short ufrag":           "a=ice-ufrag:EsA\r\n",
		"a long ufrag":            "a=ice-ufrag:" + strings.Repeat("a", 257),
		"a ufrag of other letter": "a=ice-ufrag:EsAw%\r\n",
		"a short password":        "a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCB\r\n",
		"two ufrags":              frag + "a=ice-ufrag:EsAx\r\n",
		"two passwords":           frag + "a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui2\r\n",
		"a password alone":        "a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\n",
		"zeros":                   "\x00\x00\x00",
	} {
		_, err := parseFragment(text)
		if fault.CodeOf(err) != fault.InvalidRequest {
			t.Errorf("%s: got %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), "P2uYro") {
			t.Errorf("%s: the error tells the password: %v", name, err)
		}
	}
}

func TestRestarts(t *testing.T) {
	now := credentials{"EsAw", "P2uYro0UCOQ4zxjKXaWCBui1"}
	for _, c := range []struct {
		name string
		f    credentials
		want bool
	}{
		{"the same", now, false},
		{"none", credentials{}, false},
		{"the ufrag alone", credentials{"EsAw", ""}, false},
		{"another ufrag", credentials{"EsAx", now.password}, true},
		{"another ufrag alone", credentials{"EsAx", ""}, true},
		{"another password", credentials{"EsAw", "Q2uYro0UCOQ4zxjKXaWCBui1"}, true},
	} {
		if got := (fragment{credentials: c.f}).restarts(now); got != c.want {
			t.Errorf("%s: got %v", c.name, got)
		}
	}
}

func FuzzFragment(f *testing.F) {
	f.Add(frag + cand)
	f.Add("v=0\r\n" + frag)
	f.Add("a=candidate:")
	f.Add("a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1")
	f.Fuzz(func(t *testing.T, text string) {
		g, err := parseFragment(text)
		if err != nil {
			if fault.CodeOf(err) != fault.InvalidRequest {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		if g.ufrag != "" && !iceText(g.ufrag, 4) || g.password != "" && !iceText(g.password, 22) || g.candidates > strings.Count(text, "\n")+1 {
			t.Errorf("%q: got %+v", text, g)
		}
		// What a client sends twice says the same.
		again, err := parseFragment(text + "\n" + text)
		if err != nil || again.credentials != g.credentials || again.candidates != 2*g.candidates {
			t.Errorf("%q twice: got %+v and %+v, %v", text, g, again, err)
		}
	})
}
