package sdp

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"sluice/engine/fault"
	"sluice/engine/media"
)

func TestParseFragment(t *testing.T) {
	const one = "1387637174 1 udp 2122260223 192.0.2.1 61764 typ host"
	for text, want := range map[string]Remote{
		"candidate:" + one:   {Candidates: []string{one}},
		"a=candidate:" + one: {Candidates: []string{one}},
		"a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=candidate:" + one +
			"\r\na=end-of-candidates\r\n": {Ufrag: "EsAw", Pwd: "P2uYro0UCOQ4zxjKXaWCBui1", Candidates: []string{one}},
		"a=end-of-candidates\n": {},
		"":                      {},
	} {
		got, err := ParseFragment(text)
		if err != nil || got.Ufrag != want.Ufrag || got.Pwd != want.Pwd || !slices.Equal(got.Candidates, want.Candidates) {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"hello", "a=ice-ufrag:x", "a=ice-pwd:a b", "{\"candidate\":\"\"}", strings.Repeat("a=x\n", 5000)} {
		if got, err := ParseFragment(text); !errors.Is(err, fault.InvalidRequest) {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}

func TestFragment(t *testing.T) {
	o := parse(t, small)
	opus, _ := o.Sections[0].Receive([]media.Codec{media.Opus})
	l := local()
	l.Lite = true
	text := o.Fragment([]Choice{{Section: 0, Codecs: []Codec{opus}}}, l)
	const want = "a=ice-lite\r\na=ice-ufrag:ours\r\na=ice-pwd:abcdefghijklmnopqrstuvwx\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n" +
		"a=candidate:1 1 udp 2130706431 192.0.2.1 31000 typ host\r\na=end-of-candidates\r\n"
	if text != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
	r, err := ParseFragment(text)
	if err != nil || r.Ufrag != l.Ufrag || r.Pwd != l.Pwd || !r.Lite || len(r.Candidates) != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}

func FuzzParseFragment(f *testing.F) {
	f.Add("a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\na=candidate:1 1 udp 1 192.0.2.1 1 typ host\r\n")
	f.Add("candidate:1 1 udp 1 192.0.2.1 1 typ host")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ParseFragment(text)
		if err != nil {
			return
		}
		if len(r.Candidates) > maxCandidates || r.Ufrag != "" && !credential(r.Ufrag) {
			t.Errorf("%+v", r)
		}
	})
}
