package whip

import (
	"strings"
	"testing"

	"sluice/engine/fault"
)

// sdp makes an offer of such sections: "audio sendonly".
func sdp(sections ...string) string {
	var b strings.Builder
	b.WriteString("v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n")
	for _, s := range sections {
		kind, rest, _ := strings.Cut(s, " ")
		port := "9"
		if strings.Contains(rest, "port0") {
			port = "0"
		}
		b.WriteString("m=" + kind + " " + port + " UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\n" +
			"a=ice-ufrag:EsAw\r\na=ice-pwd:bP+XJMM09aR8AiX1jdukzR6Y\r\n")
		for _, a := range strings.Fields(strings.ReplaceAll(rest, "port0", "")) {
			b.WriteString("a=" + a + "\r\n")
		}
	}
	return b.String()
}

func TestOffer(t *testing.T) {
	for _, c := range []struct {
		name  string
		proto protocol
		sdp   string
		code  fault.Code
	}{
		{"a publisher", whip, sdp("audio sendonly", "video sendonly"), ""},
		{"a publisher of sound", whip, sdp("audio sendonly"), ""},
		{"a publisher of both ways", whip, sdp("audio sendrecv", "video sendrecv"), ""},
		{"a publisher that does not say", whip, sdp("audio", "video"), ""},
		{"the direction of all of it", whip, strings.Replace(sdp("audio", "video"), "t=0 0\r\n", "t=0 0\r\na=sendonly\r\n", 1), ""},
		{"a publisher who waits for the bundle", whip, sdp("audio sendonly", "video port0 bundle-only sendonly"), ""},
		{"data beside it", whip, sdp("audio sendonly", "application"), ""},
		{"an inactive section beside it", whip, sdp("audio sendonly", "audio inactive"), ""},
		{"a rejected section beside it", whip, sdp("audio sendonly", "audio port0 sendonly"), ""},
		{"a player", whep, sdp("audio recvonly", "video recvonly"), ""},
		{"a player of both ways", whep, sdp("audio sendrecv"), ""},
		{"a player of two pictures", whep, sdp("video recvonly", "video recvonly"), ""},
		{"line feeds alone", whep, strings.ReplaceAll(sdp("audio recvonly"), "\r", ""), ""},

		{"nothing", whip, "", fault.InvalidRequest},
		{"no SDP", whip, `{"type":"offer"}`, fault.InvalidRequest},
		{"no media", whip, sdp(), fault.InvalidParams},
		{"data alone", whip, sdp("application"), fault.InvalidParams},
		{"inactive media", whip, sdp("audio inactive"), fault.InvalidParams},
		{"rejected media", whip, sdp("audio port0 sendonly"), fault.InvalidParams},
		{"a publisher that plays", whip, sdp("audio recvonly"), fault.InvalidParams},
		{"a publisher that plays, too", whip, sdp("audio sendonly", "video recvonly"), fault.InvalidParams},
		{"a publisher of two pictures", whip, sdp("video sendonly", "video sendonly"), fault.InvalidParams},
		{"a player that publishes", whep, sdp("audio sendonly"), fault.InvalidParams},
		{"half a section", whip, "v=0\r\nm=audio\r\na=sendonly\r\n", fault.InvalidParams},
	} {
		got, err := checkOffer(c.sdp, c.proto)
		if fault.CodeOf(err) != c.code {
			t.Errorf("%s: got %v, want %q", c.name, err, c.code)
		}
		if want := (credentials{"EsAw", "bP+XJMM09aR8AiX1jdukzR6Y"}); err == nil && got != want {
			t.Errorf("%s: got %+v", c.name, got)
		}
	}
}

func FuzzOffer(f *testing.F) {
	f.Add(sdp("audio sendonly", "video port0 bundle-only sendonly"))
	f.Add(sdp("audio recvonly"))
	f.Add("v=0\nm=audio 9\na=sendrecv")
	f.Add("v=0\na=sendonly\nm=\t\t\tvideo 00")
	f.Fuzz(func(t *testing.T, text string) {
		for _, p := range []protocol{whip, whep} {
			_, err := checkOffer(text, p)
			if code := fault.CodeOf(err); code != "" && code != fault.InvalidRequest && code != fault.InvalidParams {
				t.Errorf("%q: %v", text, err)
			}
			if err == nil && !strings.Contains(text, "m=audio") && !strings.Contains(text, "m=video") {
				t.Errorf("%q: taken without media", text)
			}
		}
	})
}
