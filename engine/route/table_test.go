package route

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"sluice/engine/spec"
)

// ent reads "event /path var=a|b var=c" as a route of a graph.
func ent(t testing.TB, graph, text string) Entry {
	t.Helper()
	words := strings.Fields(text)
	e := Entry{Event: words[0], Graph: graph, Pos: spec.Pos{File: graph + ".yaml", Line: 1, Col: 1}}
	for _, w := range words[1:] {
		if name, values, ok := strings.Cut(w, "="); ok {
			e.Where = append(e.Where, Condition{Name: name, Values: strings.Split(values, "|")})
		} else {
			e.Pattern = mustParse(t, w)
		}
	}
	return e
}

// build makes a table of entries whose graphs are called by their text.
func build(t testing.TB, texts ...string) (*Table, []Conflict) {
	t.Helper()
	var list []Entry
	for _, text := range texts {
		list = append(list, ent(t, text, text))
	}
	return Build(list)
}

func TestTableMatch(t *testing.T) {
	table, conflicts := build(t,
		"rtmp.publish /{stream...}",
		"rtmp.publish /live/{stream}",
		"rtmp.publish /live/special",
		"rtmp.publish /live/{stream} app=a",
		"rtmp.publish /live/{stream} app=a|b",
		"rtmp.publish /live/{stream} app=a user=u",
		"rtmp.publish /{x}/y/z",
		"rtmp.play /only",
		"stream.wanted /cam/{id}",
		"stream.wanted /{name...} scheme=rtsp",
		"stream.wanted /{name...}",
	)
	for _, c := range conflicts {
		t.Error(c)
	}
	for _, c := range []struct {
		event, path string
		vars        Variables
		want        string
	}{
		{"rtmp.publish", "/cam", nil, "rtmp.publish /{stream...}"},
		{"rtmp.publish", "/", nil, "rtmp.publish /{stream...}"},
		{"rtmp.publish", "/live/x", nil, "rtmp.publish /live/{stream}"},
		{"rtmp.publish", "/live/special", Variables{"app": "a"}, "rtmp.publish /live/special"}, // the path decides first
		{"rtmp.publish", "/live/x", Variables{"app": "a"}, "rtmp.publish /live/{stream} app=a"},
		{"rtmp.publish", "/live/x", Variables{"app": "b"}, "rtmp.publish /live/{stream} app=a|b"},
		{"rtmp.publish", "/live/x", Variables{"app": "a", "user": "u"}, "rtmp.publish /live/{stream} app=a user=u"},
		{"rtmp.publish", "/live/x", Variables{"user": "u"}, "rtmp.publish /live/{stream}"},
		{"rtmp.publish", "/live/y/z", nil, "rtmp.publish /{x}/y/z"},       // back from /live/{stream}
		{"rtmp.publish", "/live/y/z/a", nil, "rtmp.publish /{stream...}"}, // and further back
		{"rtmp.publish", "", nil, ""},
		{"rtmp.publish", "/a/../b", nil, ""},
		{"rtmp.play", "/only", nil, "rtmp.play /only"},
		{"rtmp.play", "/other", nil, ""},
		{"rtsp.play", "/only", nil, ""},
		{"stream.wanted", "/cam/1", Variables{"scheme": "rtsp"}, "stream.wanted /cam/{id}"},
		{"stream.wanted", "/rtsp://h/c", Variables{"scheme": "rtsp"}, "stream.wanted /{name...} scheme=rtsp"},
		{"stream.wanted", "/x", Variables{"scheme": "vod"}, "stream.wanted /{name...}"},
	} {
		m, ok := table.Match(c.event, c.path, c.vars)
		if got := name(m); got != c.want || ok != (c.want != "") {
			t.Errorf("%s %s %v: got %q, want %q", c.event, c.path, c.vars, got, c.want)
		}
	}
	m, _ := table.Match("rtmp.publish", "/live/y/z", nil)
	if x, _ := m.Captures.Value("x"); x != "live" || m.Captures.Len() != 1 {
		t.Errorf("captures after going back: %v", m.Captures)
	}
}

func name(m Match) string {
	if m.Entry == nil {
		return ""
	}
	return m.Entry.Graph
}

func TestTableIsACopy(t *testing.T) {
	list := []Entry{ent(t, "g", "e /x app=b|a")}
	table, _ := Build(list)
	list[0].Graph, list[0].Where[0].Values[0] = "changed", "changed"
	if m, ok := table.Match("e", "/x", Variables{"app": "b"}); !ok || m.Entry.Graph != "g" {
		t.Errorf("the table changed with its input: %v", m.Entry)
	}
	table.All()[0] = nil
	if table.All()[0] == nil {
		t.Error("the table changed with its output")
	}
}

func TestEvery(t *testing.T) {
	table, conflicts := build(t, "boot", "boot app=x", "boot /one", "start")
	if len(conflicts) != 0 {
		t.Errorf("routes without a path conflict: %v", conflicts)
	}
	if got := graphs(table.Every("boot", nil)); !slices.Equal(got, []string{"boot"}) {
		t.Errorf("without variables: %q", got)
	}
	if got := graphs(table.Every("boot", Variables{"app": "x"})); !slices.Equal(got, []string{"boot app=x", "boot"}) {
		t.Errorf("with variables: %q", got)
	}
	if m, ok := table.Match("boot", "/one", nil); !ok || m.Entry.Graph != "boot /one" {
		t.Errorf("the route with a path: %v", m.Entry)
	}
}

func graphs(list []*Entry) []string {
	var out []string
	for _, e := range list {
		out = append(out, e.Graph)
	}
	return out
}

func TestAllOrder(t *testing.T) {
	want := []string{
		"a.b /x/y", "a.b /x/{y}", "a.b /x/{y...}", "a.b /{x}", "a.b /{x...} p=1 q=1", "a.b /{x...} p=1", "a.b /{x...} p=1|2",
		"a.b /{x...}", "b.a",
	}
	shuffled := slices.Clone(want)
	slices.Reverse(shuffled)
	table, _ := build(t, shuffled...)
	if got := graphs(table.All()); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// A table made so that each prefix of the path has both a literal and a capture, and every way ends one step short:
// the search may not look at more positions than the table has, whatever the path.
func TestAdversarialTable(t *testing.T) {
	const depth = 9
	var list []Entry
	for bits := range 1 << depth {
		p := ""
		for i := range depth {
			if bits>>i&1 == 1 && strings.Count(p, "{") < MaxCaptures {
				p += fmt.Sprintf("/{c%d}", i)
			} else {
				p += "/a"
			}
		}
		list = append(list, ent(t, p, "e "+p+"/x"))
	}
	table, _ := Build(list)
	path := strings.Repeat("/a", depth) + "/y"
	if m, ok := table.Match("e", path, nil); ok {
		t.Fatalf("matched %v", m.Entry)
	}
	visits, positions := 0, count(table.trees["e"])
	table.trees["e"].each(path, func(*leaf) { visits++ })
	if visits > positions {
		t.Errorf("%d leaves visited in a table of %d positions", visits, positions)
	}
	if m, ok := table.Match("e", strings.Repeat("/a", depth)+"/x", nil); !ok || m.Captures.Len() != 0 {
		t.Errorf("the literal path went to %v", m.Entry)
	}
}

func count(n *node) int {
	sum := 1
	n.children(func(c *node) bool { sum += count(c); return true })
	return sum
}

func BenchmarkMatch1000(b *testing.B) {
	var list []Entry
	events := []string{"rtmp.publish", "rtmp.play", "ws.publish", "stream.wanted", "hls.play"}
	for i := range 1000 {
		event := events[i%len(events)]
		shape := []string{"%s /site%d/{stream...}", "%s /site%d/{room}/cam", "%s /by/{tenant}/room%d/{x}", "%s /{name...} app=app%d"}[i/5%4]
		list = append(list, ent(b, fmt.Sprint("g", i), fmt.Sprintf(shape, event, i)))
	}
	for _, e := range events {
		list = append(list, ent(b, e, e+" /{name...}"))
	}
	table, conflicts := Build(list)
	if len(conflicts) > 0 {
		b.Fatal(conflicts[0])
	}
	vars := Variables{"app": "app15", "user": "u", "addr": "192.0.2.1", "query": ""}
	for _, c := range []struct{ name, event, path, want string }{
		{"literal", "rtmp.publish", "/site500/a/b/c", "g500"},
		{"captures", "rtmp.publish", "/by/acme/room510/7", "g510"},
		{"where", "rtmp.publish", "/nowhere/in/particular", "g15"},
		{"none", "sip.invite", "/bob", ""},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if m, _ := table.Match(c.event, c.path, vars); name(m) != c.want {
					b.Fatal(m.Entry)
				}
			}
		})
	}
}

func BenchmarkBuild10000(b *testing.B) {
	var list []Entry
	for i := range 10000 {
		shape := []string{"e /site%d/{stream...}", "e /by/{tenant}/room%d/{x}", "e /{name...} app=app%d"}[i%3]
		list = append(list, ent(b, fmt.Sprint("g", i), fmt.Sprintf(shape, i)))
	}
	for b.Loop() {
		if _, conflicts := Build(list); len(conflicts) > 0 {
			b.Fatal(conflicts[0])
		}
	}
}

func TestMatchDoesNotAllocate(t *testing.T) {
	table, _ := build(t, "e /a/{b}/{c...} app=x", "e /{x...}")
	vars := Variables{"app": "x"}
	n := testing.AllocsPerRun(100, func() {
		if m, ok := table.Match("e", "/a/b/c/d", vars); !ok || m.Captures.Len() != 2 {
			t.Fatal("no match")
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}
