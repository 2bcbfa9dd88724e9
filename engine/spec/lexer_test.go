package spec

import (
	"fmt"
	"strings"
	"testing"
)

// lexCase is a text and what is read from it, or after "!" a part of the error.
type lexCase struct{ in, want string }

func chainCases() []lexCase {
	return []lexCase{
		{"a->b", "a | b"},
		{" in  ->\tout ", "in | out"},
		{"demux.audio? -> adec -> [audio/x-raw,rate=48000] -> mux.audio_%u", "demux.audio? | adec | [audio/x-raw,rate=48000] | mux.audio_%u"},
		{"sound.minus[seat]? -> seat.ear", "sound.minus[seat]? | seat.ear"},
		{"a? -> b", "a? | b"},
		{"a.x-y->b.send_rtp_src_0", "a.x-y | b.send_rtp_src_0"},
		{"a -> [ video/x-raw(memory:NVMM), width = [1, 1920] ] -> b", "a | [video/x-raw(memory:NVMM),width=[1,1920]] | b"},
		{`a -> [x/y,s="]\"["] -> [z] -> b`, `a | [x/y,s="]\"["] | [z] | b`},
		{"", "!ends where a node is expected"},
		{"a", "!two nodes"},
		{"a -> ", "!ends where a node is expected"},
		{"a -> -> b", `!"->" is not a node`},
		{"a --> b", `!"-->" where`},
		{"a → b", "!write \"->\""},
		{"a b", `!"b" where`},
		{"a ! b", "!gst-launch"},
		{"1a -> b", `!"1a" is not a node`},
		{"a. -> b", "!pad's name is missing"},
		{"a.b[ -> c", "!needs a node's name"},
		{"a.b[1] -> c", "!needs a node's name"},
		{"a.b[c -> d", "!needs a node's name"},
		{"[x] -> a", "!begins with a node"},
		{"a -> [x]", "!ends with a node"},
		{"a -> [] -> b", "!caps are empty"},
		{"a -> [x -> b", "!not closed"},
		{`a -> [x,s="] -> b`, "!not closed"},
		{`a -> [x\`, "!not closed"},
		{`a -> ["\`, "!not closed"},
	}
}

func nodeTextCases() []lexCase {
	return []lexCase{
		{"fakesink", "fakesink"},
		{" 3gppmux\n faststart=true ", "3gppmux faststart:bool=true"},
		{"rtmp.in", "rtmp.in"},
		{"x264enc bitrate=2000 tune=zerolatency ip-factor=1.4", "x264enc bitrate:int=2000 tune:text=zerolatency ip-factor:float=1.4"},
		{`textoverlay text="Sans 32" a="5" b="" c=~`, `textoverlay text:text=Sans 32 a:text=5 b:text= c:null=~`},
		{`a b="say \"hi\" \\ \d"`, `a b:text=say "hi" \ \d`},
		{`a b=c\d`, `a b:text=c\d`},
		{"capsfilter caps=video/x-raw,width=1", "capsfilter caps:text=video/x-raw,width=1"},
		{"a text::color=0xff text.x=-1", "a text::color:int=0xff text.x:int=-1"},
		{"a b=$(x)/y", "a b:text=$(x)/y"},
		{"", `!"" is not the name of an element`},
		{"-a", `!"-a" is not the name of an element`},
		{"a=b", "!element key=value"},
		{"filesrc ! fakesink", "!joins elements in gst-launch"},
		{"filesrc! x", "!elements are joined under"},
		{"a b", `!"b" is not "key=value"`},
		{"a b = c", `!"b" is not "key=value"`},
		{"a b= c", `!"b" has no value`},
		{"a b=", `!"b" has no value`},
		{"a =b", `!"=b" is not "key=value"`},
		{"a b='c d'", "!single quotes"},
		{`a b=c"d"`, "!a quote inside a value"},
		{`a b="c`, "!not closed"},
		{`a b="c\`, "!not closed"},
		{`a b="c\"`, "!not closed"},
		{`a b="c"d`, "!after the closing quote"},
		{"a b=1 b=2", `!"b" is set twice`},
	}
}

func routeCases() []lexCase {
	return []lexCase{
		{"boot", "boot"},
		{"rest.start mixer", "rest.start mixer"},
		{"  rtmp.publish   /{stream...} ", "rtmp.publish /{stream...}"},
		{"", "!not an event"},
		{"rtmp. /x", "!not an event"},
		{"RTMP.publish /x", "!not an event"},
		{"/x", "!not an event"},
		{"a /b c", `!"c" after the route's path`},
	}
}

// checkLexer compares what read gives with the cases; a case with an error may give anything beside it.
func checkLexer(t *testing.T, cases []lexCase, read func(w *walker, s spot) string) {
	t.Helper()
	for _, c := range cases {
		w := new(walker)
		got := read(w, spot{text: c.in, pos: Pos{"f", 1, 1}})
		part, bad := strings.CutPrefix(c.want, "!")
		switch list := w.diagnostics(); {
		case bad && (len(list) != 1 || !strings.Contains(list[0].String(), part)):
			t.Errorf("%q: diagnostics %v, want one with %q", c.in, list, part)
		case !bad && (len(list) > 0 || got != c.want):
			t.Errorf("%q is read %q, want %q; %v", c.in, got, c.want, list)
		}
	}
}

func TestChain(t *testing.T) {
	checkLexer(t, chainCases(), func(w *walker, s spot) string {
		hops, ok := w.chain(s)
		if ok != (w.errors == 0) {
			t.Errorf("%q: ok is %v with %d errors", s.text, ok, w.errors)
		}
		return strings.ReplaceAll(chainText(hops), " -> ", " | ")
	})
}

func TestNodeText(t *testing.T) {
	names := map[Kind]string{Null: "null", Bool: "bool", Int: "int", Float: "float", String: "text"}
	checkLexer(t, nodeTextCases(), func(w *walker, s spot) string {
		element, set := w.nodeText(s)
		out := element.Text
		for _, e := range set {
			out += fmt.Sprintf(" %s:%s=%s", e.Key.Text, names[e.Value.Kind], e.Value.Text)
		}
		return out
	})
}

func TestRouteText(t *testing.T) {
	checkLexer(t, routeCases(), func(w *walker, s spot) string {
		r, _ := w.routeText(s)
		return strings.TrimSpace(r.Event.Text + " " + r.Path.Text)
	})
}

func TestKinds(t *testing.T) {
	cases := map[Kind]string{
		Null:  "~ null Null NULL",
		Bool:  "true True TRUE false False FALSE",
		Int:   "0 -1 +12 0755 0o17 0xFf 12345678901234567890",
		Float: "1.5 -.5 5. 1e3 1E-3 +1.e+2 .inf -.Inf +.INF .nan 0e0",
		String: "a - + . .. 1..2 ..5 1.. 0o8 0o 0x 0xg 1_000 0b1 1e e1 1e+ --1 +-1 -- .e1 1.2.3 " +
			"2s 64k 30/1 12:30 2024-01-01 .infx on NO tRUE nan inf 1x /",
	}
	for want, texts := range cases {
		for _, text := range strings.Fields(texts) {
			if got := plainKind(text); got != want {
				t.Errorf("%q is of kind %d, want %d", text, got, want)
			}
		}
	}
}

func TestNearest(t *testing.T) {
	words := []string{"element", "set", "use", "with", "each", "lazy", "on_error", "fallback", "queue", "about"}
	cases := map[string]string{
		"elment": "element", "Element": "element", "elements": "element", "sett": "set", "ste": "set", "lzay": "lazy", "onerror": "on_error",
		"on-error": "on_error", "fall": "fallback", "que": "queue", "queu": "queue", "abuot": "about", "wiht": "with",
		"xyz": "", "": "", "set": "", "bitrate": "", strings.Repeat("e", 100): "",
	}
	for word, want := range cases {
		if got, ok := Nearest(word, words); got != want || ok != (want != "") {
			t.Errorf("near %q is %q, %v; want %q", word, got, ok, want)
		}
	}
	if got, ok := Nearest("a", []string{"b", strings.Repeat("a", 100)}); ok {
		t.Errorf("a word of one letter is near %q", got)
	}
}
