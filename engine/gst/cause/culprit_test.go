package cause_test

import (
	"strings"
	"testing"

	"sluice/engine/gst/cause"
)

// Whom a stream is blamed on that nobody could agree on: "a>b" says that b was told a format by a, "a-b" that it was not.
func TestCulprit(t *testing.T) {
	for _, c := range []struct{ name, ways, want string }{
		{"nothing behind it", "", "src"},
		{"told nothing", "src-a a-sink", "src"},
		{"a row", "src>a a>b b-sink", "b"},
		{"the first way of two", "src>a src>b a-c b>sink", "a"},
		{"the second way of two", "src>a src>b a>sink b-c", "b"},
		{"behind a tee", "src>tee tee>a tee-b a>sink b-sink", "b"},
		{"a muxer that waits", "src>a src>b a>mux b>p p-mux mux-sink", "p"},
		{"nobody but a muxer that waits", "src>mux other-mux mux-sink", "mux"},
		{"a muxer that has all", "src>a src>b a>mux b>mux mux-sink", "mux"},
		{"all agreed", "src>a a>sink", "src"},
		{"a circle", "src>a a>b b>a b-sink", "src"},
	} {
		ways := map[string][]cause.Way[string]{}
		for _, text := range strings.Fields(c.ways) {
			from, to, told := strings.Cut(text, ">")
			if !told {
				from, to, _ = strings.Cut(text, "-")
			}
			ways[from] = append(ways[from], cause.Way[string]{To: to, Told: told})
		}
		if got := cause.Culprit("src", ways, func(e string) bool { return e == "tee" }); got != c.want {
			t.Errorf("%s: %q is blamed, not %q", c.name, got, c.want)
		}
	}
}

func TestDetail(t *testing.T) {
	for debug, want := range map[string]string{
		"": "", "a.c(1): f ()": "",
		"a.c(1): f ():\nFailed to connect to host 'h:1': Connection refused": ": Failed to connect to host 'h:1': Connection refused",
		"a.c(1): f ():\nFailed to connect. (Generic error).\nmore":           ": Failed to connect. (Generic error)",
		"a.c(1): f ():\nstreaming stopped, reason error (-5)":                "",
		"a.c(1): f ():\ndomain g-resolver-error-quark, code 0":               "",
	} {
		if got := cause.Detail(debug); got != want {
			t.Errorf("%q: %q, want %q", debug, got, want)
		}
	}
}

func TestWanted(t *testing.T) {
	for text, want := range map[string]string{
		`missing-plugin, type=(string)decoder, detail=(GstCaps)audio/x-mulaw, name=(string)"Mu-Law\ decoder";`:                "audio/x-mulaw",
		`missing-plugin, type=(string)decoder, detail=(GstCaps)"video/x-unknown\,\ codec-id\=\(string\)V_X", name=(string)x;`: "video/x-unknown",
		`missing-plugin, type=(string)element, detail=(string)x264enc, name=(string)x;`:                                       "",
	} {
		if got := cause.Wanted(text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
