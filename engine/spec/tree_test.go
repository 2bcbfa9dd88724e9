package spec

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// everything is a graph that uses every key of the language.
const everything = `graph: v1
about: "All of it."
labels: {team: live, floor: 3}
params:
  stream: string
  width: {type: int, default: 1280, min: 320}
route:
  - rtmp.publish /{stream...}
  - {event: ws.play, path: "/{x}", where: {app: live}, with: {width: 640}, share: $stream}
nodes:
  in: "rtmp.in  name=\"a b\" n=5"
  seat:
    use: fragments/seat
    with: {stream: $stream}
    each: {key: guest, max: $seats}
    on_error: drop
    about: Guests.
  copies: {use: fragments/seat, each: $guests}
  out:
    element: stream.out
    set: {name: cam, list: [1, 2.5, true, ~, "5"]}
    lazy: 15s
    fallback: {node: slate, after: 3s}
    queue: {time: 1s, buffers: 2, drop: oldest}
links:
  - 'in.video? -> [video/x-raw,width=1] -> out.sink_%u'
  - {from: "sound.minus[seat]", to: out, caps: "x/y", pad: {xpos: 0}, queue: {time: 500ms}}
exports: {ear: out.sink}
policy: {restart: {when: error, backoff: 1s..30s}, end: never}
tests:
  - {name: ends, with: {stream: a}, mock: {in: videotestsrc pattern=red}, given: {a: h264}, want: {b: [vp8]}, limit: 20s, expect: {end: eos}}
`

func parseOne(t *testing.T, text string) *Graph {
	t.Helper()
	graphs, diags := Parse("f.yaml", "live/all", []byte(text))
	if len(diags) > 0 || len(graphs) != 1 {
		t.Fatalf("%d graphs, %v", len(graphs), diags)
	}
	return graphs[0]
}

func TestTree(t *testing.T) {
	g := parseOne(t, everything)
	seat, _ := g.Node("seat")
	copies, _ := g.Node("copies")
	out, _ := g.Node("out")
	in, _ := g.Node("in")
	list, _ := Value{Entries: out.Set}.Get("list")
	checks := []struct{ what, got, want any }{
		{"name", g.Name, "live/all"},
		{"version", g.Version, Text{"v1", at(1, 8)}},
		{"about", g.About, Text{"All of it.", at(2, 8)}},
		{"label", g.Labels[1], Entry{Text{"floor", at(3, 22)}, Value{Kind: Int, Text: "3", Pos: at(3, 29)}}},
		{"short parameter", g.Params[0].Body, Value{Kind: String, Text: "string", Pos: at(5, 11)}},
		{"long parameter", g.Params[1].Body.Entries[1], Entry{Text{"default", at(6, 22)}, Value{Kind: Int, Text: "1280", Pos: at(6, 31)}}},
		{"route", g.Routes[0], Route{Pos: at(8, 5), Event: Text{"rtmp.publish", at(8, 5)}, Path: Text{"/{stream...}", at(8, 18)}}},
		{"long route's path", g.Routes[1].Path, Text{"/{x}", at(9, 28)}},
		{"long route's where", g.Routes[1].Where[0].Value.Text, "live"},
		{"long route's with", g.Routes[1].With[0].Value.Text, "640"},
		{"long route's share", g.Routes[1].Share.Text, "$stream"},
		{"short node's element", in.Element, Text{"rtmp.in", at(11, 8)}},
		{"short node's property", in.Set[0], Entry{Text{"name", at(11, 17)}, Value{Kind: String, Text: "a b", Pos: at(11, 22)}}},
		{"property behind an escape", in.Set[1], Entry{Text{"n", at(11, 30)}, Value{Kind: Int, Text: "5", Pos: at(11, 32)}}},
		{"use", seat.Use, Text{"fragments/seat", at(13, 10)}},
		{"with", seat.With[0].Value.Text, "$stream"},
		{"each", *seat.Each, Each{Pos: at(15, 11), Key: Text{"guest", at(15, 17)}, Max: Value{Kind: String, Text: "$seats", Pos: at(15, 29)}}},
		{"each of a list", copies.Each.List, Value{Kind: String, Text: "$guests", Pos: at(18, 39)}},
		{"on_error", seat.OnError.Text, "drop"},
		{"node's about", seat.About.Text, "Guests."},
		{"kinds", kindsOf(list.Items), []Kind{Int, Float, Bool, Null, String}},
		{"lazy", out.Lazy.Text, "15s"},
		{"fallback", out.Fallback.Node.Text + " " + out.Fallback.After.Text, "slate 3s"},
		{"queue", out.Queue.Time.Text + " " + out.Queue.Buffers.Text + " " + out.Queue.Drop.Text, "1s 2 oldest"},
		{"link's text", g.Links[0].Text, "in.video? -> [video/x-raw,width=1] -> out.sink_%u"},
		{"hops", g.Links[0].Hops, []Hop{
			{Pos: at(26, 6), Node: "in", Pad: "video", Optional: true},
			{Pos: at(26, 19), Caps: Text{"video/x-raw,width=1", at(26, 20)}},
			{Pos: at(26, 44), Node: "out", Pad: "sink_%u"},
		}},
		{"long link", g.Links[1].Long, true},
		{"long link's hops", g.Links[1].Hops, []Hop{
			{Pos: at(27, 13), Node: "sound", Pad: "minus", Key: "seat"},
			{Pos: at(27, 48), Caps: Text{"x/y", at(27, 48)}},
			{Pos: at(27, 37), Node: "out"},
		}},
		{"long link's pad", g.Links[1].Pad[0].Key.Text, "xpos"},
		{"long link's queue", g.Links[1].Queue.Time.Text, "500ms"},
		{"export", g.Exports[0], Export{Name: Text{"ear", at(28, 11)}, Node: "out", Pad: "sink", Pos: at(28, 16)}},
		{"fragment", g.Fragment(), true},
		{"policy", g.Policy[0].Value.Entries[1].Value.Text, "1s..30s"},
		{"test", []string{g.Tests[0].Name.Text, g.Tests[0].With[0].Key.Text, g.Tests[0].Mock[0].Name.Text,
			g.Tests[0].Mock[0].Element.Text, g.Tests[0].Mock[0].Set[0].Value.Text, g.Tests[0].Given[0].Value.Text,
			g.Tests[0].Want[0].Value.Items[0].Text, g.Tests[0].Limit.Text, g.Tests[0].Expect[0].Key.Text},
			[]string{"ends", "stream", "in", "videotestsrc", "red", "h264", "vp8", "20s", "end"}},
	}
	for _, c := range checks {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("%s: got %+v, want %+v", c.what, c.got, c.want)
		}
	}
	if _, ok := g.Node("nobody"); ok {
		t.Error("found a node that is not there")
	}
	if out.About.Set() || seat.Lazy.Set() || !out.Lazy.Set() || !out.Element.Set() {
		t.Error("what is written and what is not is confused")
	}
}

func at(line, col int) Pos { return Pos{"f.yaml", line, col} }

func kindsOf(list []Value) (kinds []Kind) {
	for _, v := range list {
		kinds = append(kinds, v.Kind)
	}
	return kinds
}

// TestPlaces looks every text of the examples up in its file.
func TestPlaces(t *testing.T) {
	files := examples(t)
	files["everything"] = []byte(everything)
	for name, data := range files {
		graphs, diags := Parse("f", "live/f", data)
		if len(diags) > 0 {
			t.Errorf("%s: %v", name, diags)
		}
		lines := strings.Split(string(data), "\n")
		found := 0
		for _, g := range graphs {
			g.Document = Text{}
			eachText(reflect.ValueOf(*g), func(text Text) {
				found++
				rest := strings.TrimLeft(string([]rune(lines[text.Pos.Line-1])[text.Pos.Col-1:]), `"'\`)
				if !strings.HasPrefix(rest, text.Text) {
					t.Errorf("%s: %q is not at %v: %q", name, text.Text, text.Pos, rest)
				}
			})
		}
		if found < 10 {
			t.Errorf("%s: only %d texts", name, found)
		}
	}
}

// eachText calls f for every text and scalar of a tree that is written somewhere.
func eachText(v reflect.Value, f func(Text)) {
	switch x := v.Interface().(type) {
	case Text:
		if x.Set() {
			f(x)
		}
		return
	case Value:
		if x.Kind != List && x.Kind != Map && x.Set() {
			f(Text{x.Text, x.Pos})
		}
	case Hop:
		if x.Node != "" {
			f(Text{x.Node, x.Pos})
		}
	case Link:
		x.Text = ""
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			eachText(v.Elem(), f)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			eachText(v.Field(i), f)
		}
	case reflect.Slice:
		for i := range v.Len() {
			eachText(v.Index(i), f)
		}
	}
}

// TestLeftOut checks what lint needs to keep quiet about the follow-ons of an error.
func TestLeftOut(t *testing.T) {
	graphs, diags := Parse("f", "live/f", []byte(head+`
params: {a: int, b: [x]}
route: [A b]
nodes: {good: x, bad: "x y", worse: {element: a, use: b}, Wrong: x}
links: [good -> bad, good bad]
exports: {v: good}
policy: {end: never, start: [x]}
tests: [x]
labels: {a: [x]}
`))
	g := graphs[0]
	kept := []int{len(g.Nodes), len(g.Links), len(g.Params), len(g.Policy), len(g.Routes), len(g.Exports), len(g.Tests), len(g.Labels)}
	if len(diags) != 10 || !slices.Equal(kept, []int{1, 1, 1, 1, 0, 0, 0, 0}) {
		t.Errorf("tree %+v, %d diagnostics %v", g, len(diags), diags)
	}
	if !slices.Equal(g.Broken, []string{"bad", "worse"}) {
		t.Errorf("broken nodes are %q", g.Broken)
	}
	for _, section := range topKeys()[3:] {
		if !g.Gap(section) {
			t.Errorf("no gap in %q", section)
		}
	}
	if g.Gap("about") {
		t.Error("a gap where nothing is wrong")
	}
	graphs, _ = Parse("f", "live/f", []byte(head+"nodes: {bad: x y}\nnoeds: {a: b}\nlinsk: []\n"))
	if g := graphs[0]; !slices.Equal(g.Gaps, []string{"nodes", "links"}) {
		t.Errorf("gaps are %q", g.Gaps)
	}
}

func TestNames(t *testing.T) {
	names := func(file, text string) (list []string) {
		graphs, _ := Parse("f", file, []byte(text))
		for _, g := range graphs {
			list = append(list, g.Name)
		}
		return list
	}
	two := head + "name: publish\n---\n" + head + "name: play\n"
	for _, c := range []struct{ file, text, want string }{
		{"live/webrtc", two, "live/publish live/play"},
		{"a/b/c", two, "a/b/publish a/b/play"},
		{"webrtc", two, "publish play"},
		{"live/rtmp", head, "live/rtmp"},
	} {
		if got := strings.Join(names(c.file, c.text), " "); got != c.want {
			t.Errorf("%s has the graphs %q, want %q", c.file, got, c.want)
		}
	}
	for _, bad := range []string{"", "Live/x", "a//b", "/a", "a/", "a b", "ü", "-a"} {
		if _, diags := Parse("f", bad, []byte(head)); len(diags) != 1 || diags[0].Code != CodeBadName {
			t.Errorf("the name %q gives %v", bad, diags)
		}
	}
}

func TestIgnores(t *testing.T) {
	graphs, diags := Parse("f", "live/f", []byte(`# lint:ignore top_code of the file
graph: v1
name: a
# lint:ignore one because  of this

# another comment
links:
  -  # lint:ignore two why not
    a -> b   # lint:ignore three it is so
  - c -> d
labels:
  a: "# lint:ignore no text"
  b: |
    # lint:ignore no text
---
# lint:ignore four in the second
graph: v1
name: b
# lint:ignore five at the end
`))
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	want := [][]Ignore{
		{{at(1, 1), 2, "top_code", "of the file"}, {at(4, 1), 7, "one", "because of this"},
			{at(8, 6), 9, "two", "why not"}, {at(9, 14), 9, "three", "it is so"}},
		{{at(16, 1), 17, "four", "in the second"}, {at(19, 1), 20, "five", "at the end"}},
	}
	for i, g := range graphs {
		for j := range g.Ignores {
			g.Ignores[j].Pos.File = "f.yaml"
		}
		if !reflect.DeepEqual(g.Ignores, want[i]) {
			t.Errorf("graph %d: got %v, want %v", i, g.Ignores, want[i])
		}
	}
}
